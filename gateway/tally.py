"""Counting that costs the event loop an addition: numbers collect here and reach prometheus-client when flushed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from prometheus_client import Counter, Histogram
from prometheus_client.samples import Exemplar

Labels = tuple[str | int, ...]
OTHER = "_other"
MAX_SERIES = 5_000
"""What one family may grow to. Label values come from closed lists; an upstream can still answer with any status."""


class Tally:
    """One counter family, counted from one thread in whole numbers of ``unit``.

    Beyond ``max_series`` what is new counts under ``_other`` in every label, and in ``overflow``.
    """

    __slots__ = ("_family", "_known", "_max_series", "_overflow", "_pending", "_unit")

    def __init__(self, family: Counter, overflow: Counter, unit: float = 1, max_series: int = MAX_SERIES) -> None:
        self._family, self._overflow, self._unit, self._max_series = family, overflow, unit, max_series
        self._known: set[Labels] = set()
        self._pending: defaultdict[Labels, int] = defaultdict(int)

    def add(self, labels: Labels, amount: int = 1) -> None:
        """Count; ``labels`` in the family's order."""
        self._pending[labels] += amount

    def flush(self) -> None:
        """Hand over what was counted since the last time."""
        pending, self._pending = self._pending, defaultdict(int)
        for labels, amount in pending.items():
            self._family.labels(*self._within(labels)).inc(amount * self._unit)

    def _within(self, labels: Labels) -> Labels:
        if labels not in self._known:
            if len(self._known) >= self._max_series:
                self._overflow.inc()
                return (OTHER,) * len(labels)
            self._known.add(labels)
        return labels


class Spread:
    """One child of a histogram family with these ``bounds``, observed from one thread."""

    __slots__ = ("_bounds", "_counts", "_histogram", "_newest", "_sum")

    def __init__(self, histogram: Histogram, bounds: Sequence[float]) -> None:
        self._histogram, self._bounds = histogram, bounds
        self._counts, self._sum = [0] * (len(bounds) + 1), 0.0
        self._newest: dict[int, tuple[str, float]] = {}

    def observe(self, amount: float, exchange_id: str | None = None) -> None:
        """Count a value into the first bucket whose bound it does not pass; the bucket's newest exchange is its exemplar."""
        place = bisect_left(self._bounds, amount)
        self._counts[place] += 1
        self._sum += amount
        if exchange_id is not None:
            self._newest[place] = exchange_id, amount

    def flush(self, now: float) -> None:
        """Hand over what was observed since the last time; ``now`` in Unix seconds is the exemplars' time.

        prometheus-client's own ``observe`` takes values one by one only.
        """
        if not any(self._counts):
            return
        for place, count in enumerate(self._counts):
            if count:
                bucket = self._histogram._buckets[place]
                bucket.inc(count)
                if (newest := self._newest.get(place)) is not None:
                    bucket.set_exemplar(Exemplar({"exchange_id": newest[0]}, newest[1], now))
        self._histogram._sum.inc(self._sum)
        self._counts, self._sum = [0] * len(self._counts), 0.0
        self._newest.clear()
