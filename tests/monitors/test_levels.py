import math
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitors.levels import Levels, declared_levels, levels_of
from monitors.pair import Plan
from monitors.scoring import ScoreReport
from monitors.stats.levels import Level
from monitors.store import Store, levels, open_store
from monitors.store.blocks import BLOCK
from tests.monitors.example_context import settings

SPEC = levels.LevelSpec("m", "hiring", "toxicity", 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(None, tmp_path)
    made.write(levels.declare, [SPEC], 0.01)
    yield made
    made.close()


def reply(store: Store, number: int, value: float | None, *, recorded: bool = True) -> None:
    """Plan an exchange's reply, and say what it was unless its exchange stays open."""

    def work(db: sqlite3.Connection) -> None:
        identity = f"ex_{number}"
        db.execute("INSERT INTO exchanges (id, model, route, received_ms) VALUES (?, 'm', 'hiring', 0)", (identity,))
        levels.place(db, "m", "hiring", identity)
        if recorded:
            close(db, number, value)

    store.write(work)


def close(db: sqlite3.Connection, number: int, value: float | None) -> None:
    levels.record(db, f"ex_{number}", {} if value is None else {"toxicity": value})
    db.execute("UPDATE exchanges SET fate = 'scored' WHERE id = ?", (f"ex_{number}",))


def sealed(store: Store, now_ms: int = 1_000) -> Levels:
    made = Levels()
    store.write(made.seal, now_ms)
    return made


def fill(store: Store, begin: int, blocks: int, toxic: Callable[[int], bool]) -> int:
    for number in range(begin, begin + blocks * BLOCK):
        reply(store, number, float(toxic(number)))
    return begin + blocks * BLOCK


def test_a_level_is_declared_for_each_category_that_a_route_names_with_its_limit() -> None:
    route = {"name": "r", "outcomes": {"refusal": {}, "toxicity": {}, "insult": {"limit": 0.2}}}
    assert declared_levels(settings(routes=[route])) == [
        levels.LevelSpec("m", "r", "toxicity", 0.01),
        levels.LevelSpec("m", "r", "insult", 0.2),
    ]


def test_the_test_folds_whole_blocks_in_the_order_of_planning_and_not_of_closing(store: Store) -> None:
    values = [float(number % 7 == 0) for number in range(2 * BLOCK)]
    for number in range(2 * BLOCK):
        reply(store, number, None, recorded=False)
    for number in reversed(range(1, 2 * BLOCK)):
        store.write(close, number, values[number])
    assert sealed(store).views[0].replies == 0, "the first of a block is still to come"
    store.write(close, 0, values[0])
    (view,) = sealed(store).views
    straight = Level(0.01 / 2, 0.05)
    for begin in (0, BLOCK):
        straight.fold(values[begin : begin + BLOCK])
        straight.seal()
    assert (view.replies, view.above) == (2 * BLOCK, int(sum(values)))
    assert view.evidence_log10 == math.log10(straight.e_value)
    assert sealed(store).views == (view,), "a look changes nothing"


def test_a_reply_without_a_value_and_one_whose_exchange_ended_otherwise_are_passed_over(store: Store) -> None:
    for number in range(BLOCK):
        reply(store, number, None if number == 3 else 0.0, recorded=number != 4)
    assert sealed(store).views[0].replies == 0
    store.write(lambda db: db.execute("UPDATE exchanges SET fate = 'expired' WHERE id = 'ex_4'"))
    assert sealed(store).views[0].replies == BLOCK - 2


def test_a_share_above_the_limit_is_latched_and_cleared_by_the_reversed_test_alone(store: Store) -> None:
    after = fill(store, 0, 4, lambda number: number % 3 == 0)
    (view,) = sealed(store, 7_000).views
    assert view.alarm_ms == 7_000
    after = fill(store, after, 1, lambda number: False)
    assert sealed(store).views[0].alarm_ms == 7_000, "one quiet block clears nothing"
    fill(store, after, 12, lambda number: False)
    (view,) = sealed(store).views
    assert view.alarm_ms is None
    assert view.threshold_log10 == pytest.approx(-math.log10(0.01 / 6)), "the next test has a smaller part of alpha"


def test_a_share_within_the_limit_raises_nothing(store: Store) -> None:
    fill(store, 0, 20, lambda number: number % 25 == 0)
    (view,) = sealed(store).views
    assert view.alarm_ms is None
    assert (view.replies, view.above) == (1_000, 40)


def test_another_limit_begins_another_test_and_ends_an_alarm(store: Store) -> None:
    fill(store, 0, 4, lambda number: number % 3 == 0)
    assert sealed(store).views[0].alarm_ms is not None
    store.write(levels.declare, [levels.LevelSpec("m", "hiring", "toxicity", 0.5)], 0.01)
    (view,) = sealed(store).views
    assert (view.alarm_ms, view.limit) == (None, 0.5)
    assert view.evidence_log10 <= 0.0


def test_the_arm_of_the_original_s_own_group_is_the_one_that_counts() -> None:
    report = ScoreReport((), {}, (("toxicity",), ()), (), ("toxicity", "insult"))
    plan = {"axis": "gender", "reference": "male", "group": "female", "names": (), "placebo_names": (), "order": (), "arms": {}}
    assert levels_of(report, Plan(**plan, origin="male")) == {"toxicity": 1.0, "insult": 0.0}
    assert levels_of(report, Plan(**plan, origin="female")) == {"toxicity": 0.0, "insult": 0.0}
    assert levels_of(ScoreReport((), {}), Plan(**plan, origin="male")) == {}
