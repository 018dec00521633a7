from pathlib import Path

import pytest

from gateway.settings import Budget
from monitors import budget
from monitors.rates import Rate
from monitors.store import Store, open_store

DAY = 86_400_000
RATE = Rate(1e-6, 1e-6, known=False)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(None, tmp_path)


def test_a_minute_has_so_many_replays_and_no_more() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    for _ in range(30):
        assert pace.wait_seconds("d", 2) == 0
        pace.take("d", 2)

    assert pace.wait_seconds("d", 2) == pytest.approx(2.0)
    clock.now += 2
    assert pace.wait_seconds("d", 2) == 0


def test_idle_time_saves_up_one_minute_at_most() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    clock.now += 3600
    pace.take("d", 60)

    assert pace.wait_seconds("d", 1) == pytest.approx(1.0)


def test_all_arms_fit_even_a_very_small_pace() -> None:
    pace = budget.Pace(1, Clock())

    assert pace.wait_seconds("d", 3) == 0
    pace.take("d", 3)
    assert pace.wait_seconds("d", 3) == pytest.approx(180)


def test_a_429_pauses_its_own_deployment_and_halves_the_rate_afterwards() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    pace.slow_down("d", 7)

    assert pace.wait_seconds("d", 2) == pytest.approx(7)
    assert pace.wait_seconds("other", 2) == 0
    clock.now += 7
    assert pace.wait_seconds("d", 2) == 0
    pace.take("d", 2)
    assert pace.wait_seconds("d", 2) == pytest.approx(4), "two replays at half of one a second"


def test_the_rate_recovers() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    pace.slow_down("d", 0)
    for _ in range(100):
        clock.now += 60
        assert pace.wait_seconds("d", 2) == 0
        pace.take("d", 2)

    assert pace.wait_seconds("d", 2) == 0


def test_a_day_has_so_many_tokens_and_what_was_not_used_comes_back(store: Store) -> None:
    limits = Budget(tokens_per_day=1_000, usd_per_day=100)
    first = store.write(budget.reserve, limits, RATE, 800, 0)
    assert first is not None
    assert store.write(budget.reserve, limits, RATE, 300, 1) is None

    store.write(budget.settle, RATE, first, 100, 0.0001)

    assert store.write(budget.reserve, limits, RATE, 300, 2) is not None
    assert store.read(budget.left_share, limits, 3) == pytest.approx(0.6)
    store.close()


def test_money_limits_where_tokens_do_not(store: Store) -> None:
    limits = Budget(tokens_per_day=10_000_000, usd_per_day=1.0)
    dear = Rate(2e-6, 10e-6, known=True)

    first = store.write(budget.reserve, limits, dear, 100_000, 0)
    assert first is not None
    assert store.write(budget.reserve, limits, RATE, 1, 0) is None

    store.write(budget.settle, dear, first, 50_000, 0.1)
    assert store.read(budget.left_share, limits, 1) == pytest.approx(0.9), "what it cost in the end"
    store.close()


def test_the_budget_is_new_each_utc_day_and_outlives_a_restart(tmp_path: Path) -> None:
    limits = Budget(tokens_per_day=1_000)
    store = open_store(None, tmp_path)
    assert store.write(budget.reserve, limits, RATE, 1_000, DAY - 1) is not None
    store.close()

    store = open_store(None, tmp_path)
    assert store.write(budget.reserve, limits, RATE, 1, DAY - 1) is None
    assert store.write(budget.reserve, limits, RATE, 1_000, DAY) is not None
    store.close()


def test_the_worst_case_is_the_longest_reply_that_the_request_allows() -> None:
    assert budget.worst_case_tokens({"max_tokens": 50}, 300) == 150
    assert budget.worst_case_tokens({"max_completion_tokens": 70, "max_tokens": 50}, 0) == 70
    assert budget.worst_case_tokens({}, 0) == budget.DEFAULT_REPLY_TOKENS
    assert budget.worst_case_tokens({"max_tokens": "many"}, 0) == budget.DEFAULT_REPLY_TOKENS


def test_further_429s_within_a_pause_prolong_it_and_do_not_halve_the_rate_again() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    pace.slow_down("d", 7)
    pace.slow_down("d", 2)
    pace.slow_down("d", 10)

    assert pace.wait_seconds("d", 2) == pytest.approx(10)
    clock.now += 10
    pace.take("d", 2)
    assert pace.wait_seconds("d", 2) == pytest.approx(4), "two replays at half of one a second"


def test_replays_given_back_are_there_for_the_next() -> None:
    clock = Clock()
    pace = budget.Pace(60, clock)
    pace.slow_down("d", 0)
    clock.now += 1
    pace.take("d", 2)
    pace.give_back("d", 2)

    assert pace.wait_seconds("d", 60) == 0
    pace.give_back("d", 60)
    assert pace.wait_seconds("d", 60) == 0
    pace.take("d", 60)
    assert pace.wait_seconds("e", 1) == pytest.approx(1), "a minute's worth is the most there can be"
