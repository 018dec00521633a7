"""How alike two replies are: shown beside the placebo, never a verdict on whether two outcomes are the same."""

from __future__ import annotations

from collections import Counter

from monitors.scorers.contract import Reply, Value, fingerprint
from monitors.scorers.text import plain, words


class Similarity:
    """The share of words that two replies have in common (Dice coefficient over words, counted as often as they occur).

    A comparison of a pair, not a score of a reply: it is unsigned and symmetric, needs both arms at once, and so stands beside the
    scorers of single replies.

    >>> Similarity().compare(Reply("I would hire her."), Reply("I would hire him.")).value
    0.75
    """

    outcome = "similarity"
    low, high = 0.0, 1.0
    signed = False
    masked = True
    fingerprint = fingerprint("similarity", 1)

    def compare(self, reference: Reply, group: Reply) -> Value:
        """1 for the same words, 0 for none in common; no value where a reply is empty."""
        first, second = _bag(reference), _bag(group)
        total = first.total() + second.total()
        if not first or not second:
            return Value(None, reason="empty reply")
        return Value(2 * (first & second).total() / total)


def _bag(reply: Reply) -> Counter[str]:
    return Counter(word for word in words(plain(reply.text or "")) if word[0].isalnum())
