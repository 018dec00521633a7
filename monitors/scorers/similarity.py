"""How alike two replies are: shown beside the placebo, never a verdict on whether two outcomes are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitors.scorers.contract import Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.text import plain, words


class Similarity:
    """The share of words that two replies have in common (Dice coefficient over words, counted as often as they occur).

    A reversed decision can leave nearly every word in place, so this says how much two replies differ, never whether they decide alike.

    >>> Similarity().compare([(Reply("I would hire her."), Reply("I would hire him."))])[0].value
    0.75
    """

    outcome = "similarity"
    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = False
    binary = False
    masked = True
    place: Place = "monitor"
    fingerprint = fingerprint("similarity", 1)

    def compare(self, pairs: Sequence[tuple[Reply, Reply]]) -> list[Value]:
        """1 for the same words, 0 for none in common; no value where a reply is empty."""
        return [_alike(_bag(reference), _bag(group)) for reference, group in pairs]


def _alike(first: Counter[str], second: Counter[str]) -> Value:
    if not first or not second:
        return Value(None, reason="empty reply")
    return Value(2 * (first & second).total() / (first.total() + second.total()))


def _bag(reply: Reply) -> Counter[str]:
    return Counter(word for word in words(plain(reply.text or "")) if word[0].isalnum())
