"""Counting that costs the event loop an addition: numbers collect here and reach prometheus-client when flushed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from prometheus_client import Counter, Histogram

Labels = tuple[str | int, ...]


class Tally:
    """One counter family, counted from one thread in whole numbers of ``unit``."""

    __slots__ = ("_family", "_pending", "_unit")

    def __init__(self, family: Counter, unit: float = 1) -> None:
        self._family, self._unit = family, unit
        self._pending: defaultdict[Labels, int] = defaultdict(int)

    def add(self, labels: Labels, amount: int = 1) -> None:
        """Count; ``labels`` in the family's order."""
        self._pending[labels] += amount

    def flush(self) -> None:
        """Hand over what was counted since the last time."""
        pending, self._pending = self._pending, defaultdict(int)
        for labels, amount in pending.items():
            self._family.labels(*labels).inc(amount * self._unit)


class Spread:
    """One child of a histogram family with these ``bounds``, observed from one thread."""

    __slots__ = ("_bounds", "_counts", "_histogram", "_sum")

    def __init__(self, histogram: Histogram, bounds: Sequence[float]) -> None:
        self._histogram, self._bounds = histogram, bounds
        self._counts, self._sum = [0] * (len(bounds) + 1), 0.0

    def observe(self, amount: float) -> None:
        """Count a value into the first bucket whose bound it does not pass."""
        self._counts[bisect_left(self._bounds, amount)] += 1
        self._sum += amount

    def flush(self) -> None:
        """Hand over what was observed since the last time; ``observe`` of prometheus-client takes values one by one only."""
        if not any(self._counts):
            return
        for bucket, count in zip(self._histogram._buckets, self._counts, strict=True):
            if count:
                bucket.inc(count)
        self._histogram._sum.inc(self._sum)
        self._counts, self._sum = [0] * len(self._counts), 0.0
