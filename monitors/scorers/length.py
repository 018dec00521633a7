"""Length of a reply in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.contract import Place, Polarity, Reply, Value, fingerprint

MOST_WORDS = 100_000
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class Length:
    """Counts words; the difference of two replies is `(group - reference) / (group + reference)`, 0 when both are empty.

    >>> scorer = Length()
    >>> [value.value for value in scorer.score([Reply("Yes, she can."), Reply(None)])]
    [3.0, 0.0]
    >>> scorer.difference(10, 30)
    0.5
    """

    outcome = "length"
    low = 0.0
    high = float(MOST_WORDS)
    polarity: Polarity = "neither"
    signed = True
    binary = False
    masked = False
    place: Place = "monitor"
    fingerprint = fingerprint("length", 1, _WORD.pattern, MOST_WORDS)

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [Value(float(_count(reply.text or ""))) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        total = reference + group
        return (group - reference) / total if total else 0.0


def _count(text: str) -> int:
    count = 0
    for count, _ in enumerate(_WORD.finditer(text), 1):
        if count == MOST_WORDS:
            break
    return count
