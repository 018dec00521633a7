"""A scorer that does what a test says."""

from collections.abc import Callable, Sequence

from monitors.scorers import Place, Polarity, Reply, Value
from monitors.scoring.configured import Entry


class Scripted:
    """Values from 0 to 1, as ``scored`` gives them for a batch."""

    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = True
    binary = False
    masked = False

    def __init__(
        self, scored: Callable[[Sequence[Reply]], list[Value]], outcome: str = "scripted", *, place: Place = "monitor", version: str = "p"
    ) -> None:
        self._scored, self.outcome, self.place, self.fingerprint = scored, outcome, place, version

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return self._scored(replies)

    def difference(self, reference: float, group: float) -> float:
        return group - reference


def entry(scored: Callable[[Sequence[Reply]], list[Value]], outcome: str = "scripted", place: Place = "monitor") -> Entry:
    """Such a scorer as it stands in a configuration."""
    return Entry(outcome, {}, Scripted(scored, outcome, place=place))


def halves(replies: Sequence[Reply]) -> list[Value]:
    """0.5 for every reply."""
    return [Value(0.5)] * len(replies)
