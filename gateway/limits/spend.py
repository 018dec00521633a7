"""Money spent in the UTC day and month that run."""

from datetime import UTC, date, datetime

DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


def day_of(second: int) -> int:
    """The UTC day of a Unix time, as days since 1970."""
    return second // DAY_SECONDS


def first_of_month(day: int) -> int:
    """The first day of a day's month."""
    return date.fromordinal(_EPOCH + day).replace(day=1).toordinal() - _EPOCH


def first_of_next_month(day: int) -> int:
    """The first day of the month after."""
    return first_of_month(first_of_month(day) + 31)


def begins(day: int) -> str:
    """The moment at which a day begins, ISO 8601."""
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Spend:
    """Sums in nano-dollars; what belongs to days or months before is not kept."""

    __slots__ = ("_day", "_month_begins", "_this_month", "_today")

    def __init__(self) -> None:
        self._day = self._month_begins = self._today = self._this_month = 0

    def add(self, day: int, nano_usd: int) -> None:
        """Count what was spent on a day, today or before."""
        self._turn(day)
        if day == self._day:
            self._today += nano_usd
        if day >= self._month_begins:
            self._this_month += nano_usd

    def today(self, day: int) -> int:
        """Spent on the day that is today."""
        self._turn(day)
        return self._today

    def this_month(self, day: int) -> int:
        """Spent in the month of the day that is today."""
        self._turn(day)
        return self._this_month

    def _turn(self, day: int) -> None:
        if day > self._day:
            self._day, self._today = day, 0
            if (begins := first_of_month(day)) > self._month_begins:
                self._month_begins, self._this_month = begins, 0
