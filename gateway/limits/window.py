"""A count over the last sixty seconds."""

SECONDS = 60
_SLOTS = SECONDS + 1  # sixty whole seconds and the one that runs


class Window:
    """One slot a second. Times are whole Unix seconds; what is older than a minute counts no more."""

    __slots__ = ("_now", "_slots", "_total")

    def __init__(self) -> None:
        self._slots = [0] * _SLOTS
        self._total = self._now = 0

    def add(self, second: int, count: int) -> None:
        """Count something that happened at ``second``, now or before."""
        if second > self._now:
            self.total(second)
        if second > self._now - _SLOTS:
            self._slots[second % _SLOTS] += count
            self._total += count

    def total(self, now: int) -> int:
        """The count as of ``now``. A clock set back by more than a minute starts the window anew."""
        if not 0 <= self._now - now < _SLOTS:
            self._move(now)
        return self._total

    def frees(self, limit: int) -> int:
        """In how many seconds the count falls below ``limit``, as of the last ``total``; 0 where it is."""
        left = self._total
        for second in range(self._now - SECONDS, self._now + 1):
            if left < limit:
                return max(0, second - 1 + _SLOTS - self._now)
            left -= self._slots[second % _SLOTS]
        return _SLOTS

    def _move(self, now: int) -> None:
        if 0 < now - self._now < _SLOTS:
            for second in range(self._now + 1, now + 1):
                self._total -= self._slots[second % _SLOTS]
                self._slots[second % _SLOTS] = 0
        else:
            self._slots = [0] * _SLOTS
            self._total = 0
        self._now = now
