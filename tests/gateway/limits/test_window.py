from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gateway.limits.window import Window

NOW = 1_800_000_000


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), max_size=60), st.integers(0, 260))
def test_the_total_is_what_happened_within_the_last_minute(events: Sequence[tuple[int, int]], now: int) -> None:
    window = Window()
    for second, count in sorted(events):
        window.add(NOW + second, count)
    now = max([now, *(second for second, _ in events)])
    assert window.total(NOW + now) == sum(count for second, count in events if now - 60 <= second)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=60), st.integers(1, 100))
def test_it_says_when_there_is_room_again(events: Sequence[tuple[int, int]], limit: int) -> None:
    window = Window()
    for second, count in sorted(events):
        window.add(NOW + second, count)
    now = NOW + 60
    window.total(now)
    wait = window.frees(limit)
    if wait:
        assert window.total(now + wait - 1) >= limit
    assert window.total(now + wait) < limit


def test_what_others_report_late_still_counts_and_what_is_older_does_not() -> None:
    window = Window()
    window.add(NOW, 1)
    window.add(NOW - 2, 10)
    window.add(NOW - 61, 100)
    assert window.total(NOW) == 11
    assert window.total(NOW + 59) == 1


def test_a_clock_set_back_a_little_loses_nothing_and_by_an_hour_starts_anew() -> None:
    window = Window()
    window.add(NOW, 5)
    assert window.total(NOW - 30) == 5
    assert window.total(NOW - 3600) == 0
    window.add(NOW - 3600, 2)
    assert window.total(NOW - 3600) == 2
