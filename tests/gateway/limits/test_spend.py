from datetime import UTC, datetime

import pytest

from gateway.limits.spend import Spend, begins, day_of, first_of_month, first_of_next_month


def day(text: str) -> int:
    return day_of(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


@pytest.mark.parametrize(
    ("text", "first", "following"),
    [("2026-11-24", "2026-11-01", "2026-12-01"), ("2028-02-29", "2028-02-01", "2028-03-01"), ("2026-12-31", "2026-12-01", "2027-01-01")],
)
def test_months_begin_on_their_first_day(text: str, first: str, following: str) -> None:
    assert (first_of_month(day(text)), first_of_next_month(day(text))) == (day(first), day(following))
    assert begins(day(text)) == f"{text}T00:00:00Z"


def test_a_day_ends_at_midnight_utc() -> None:
    assert day_of(int(datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC).timestamp())) == day("2026-11-24")
    assert day_of(int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())) == day("2026-11-25")


def test_day_and_month_are_summed_apart_and_begin_anew() -> None:
    spend = Spend()
    spend.add(day("2026-11-23"), 5)
    spend.add(day("2026-11-24"), 7)
    assert (spend.today(day("2026-11-24")), spend.this_month(day("2026-11-24"))) == (7, 12)
    assert (spend.today(day("2026-11-25")), spend.this_month(day("2026-11-25"))) == (0, 12)
    assert (spend.today(day("2026-12-01")), spend.this_month(day("2026-12-01"))) == (0, 0)


def test_what_is_reported_late_goes_to_its_own_day_and_month() -> None:
    spend = Spend()
    spend.add(day("2026-12-01"), 1)
    spend.add(day("2026-11-30"), 100)
    spend.add(day("2026-12-02"), 2)
    spend.add(day("2026-12-01"), 10)
    assert (spend.today(day("2026-12-02")), spend.this_month(day("2026-12-02"))) == (2, 13)
