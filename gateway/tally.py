"""Counting that costs the event loop an addition: numbers collect in a dict and reach prometheus-client when flushed."""

from prometheus_client import Counter

Labels = tuple[str, ...]


class Tally:
    """One counter family, counted from one thread in whole numbers of ``unit``."""

    __slots__ = ("_family", "_pending", "_unit")

    def __init__(self, family: Counter, unit: float = 1) -> None:
        self._family, self._unit = family, unit
        self._pending: dict[Labels, int] = {}

    def add(self, labels: Labels, amount: int = 1) -> None:
        """Count; ``labels`` in the family's order."""
        self._pending[labels] = self._pending.get(labels, 0) + amount

    def flush(self) -> None:
        """Hand over what was counted since the last time."""
        pending, self._pending = self._pending, {}
        for labels, amount in pending.items():
            self._family.labels(*labels).inc(amount * self._unit)
