"""The drill through sealing and verdict: found where the test works, missed where it is deaf, and the next one begins."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from monitors.cell_views import CellViews
from monitors.cells import CellBook, CellOptions, Sealed, drill
from monitors.declare import CellSpec, drill_gap
from monitors.stats.planner import pairs_needed
from monitors.store import Store, cells, open_store, runs
from monitors.store.blocks import BLOCK
from monitors.views import DrillView
from tests.monitors.cells.log import add_pair

SECRET = b"s" * 32
TOLERANCE = 0.02
REAL = CellSpec("pair", "m", "hiring", "gender", "female", "refusal", "male", "T2", TOLERANCE)
SPEC = CellSpec("drill", "", "hiring", "", "", "refusal", "as scored", "T2", TOLERANCE, pages=False)
OPTIONS = CellOptions("horizon", SECRET, lambda k: 0.0001 / k)
Differences = Iterator[float]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(None, tmp_path)
    opened.write(cells.declare, [REAL, SPEC], lambda specs: [0.0007] * len(specs), lambda k: 0.0001 / k, 1_000)
    yield opened
    opened.close()


def refusals(seed: int) -> Differences:
    """Pairs of an even-handed model: 10 % of replies are refused, arms correlated."""
    rng = np.random.default_rng(seed)
    while True:
        yield float(rng.choice([-1.0, 0.0, 1.0], p=[0.036, 0.928, 0.036]))


def feed(store: Store, book: CellBook, pairs: int, differences: Differences, plant: Callable[[str, float], float]) -> None:
    """Put pairs with a planted gap into the log of the drill's cell, and seal."""
    drilled = next(cell for cell in book.cells.values() if cell.spec.kind == "drill")

    def work(db: sqlite3.Connection) -> dict[int, Sealed]:
        (first,) = db.execute("SELECT next_seq FROM cells WHERE id = ?", (drilled.id,)).fetchone()
        for seq in range(first, first + pairs):
            add_pair(db, drilled.id, seq, plant(f"pr_{seq}", next(differences)), TOLERANCE)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = ?", (first + pairs, drilled.id))
        return book.seal(db, {drilled.id}, 5_000)

    book.adopt(store.write(work))


def ten_points(pair_id: str, difference: float) -> float:
    return drill.plant(SECRET, pair_id, difference, binary=True, tolerance=TOLERANCE)


def deaf(pair_id: str, difference: float) -> float:
    """What reaches the test when the plant is lost on its way."""
    return difference


def opened(store: Store) -> CellBook:
    book = CellBook(OPTIONS)
    store.read(book.load)
    return book


def shown(store: Store, book: CellBook) -> DrillView:
    (view,) = store.read(CellViews(book, {}).drills)
    return view


def test_a_planted_gap_is_found_about_when_the_planner_says_and_the_next_drill_begins(store: Store) -> None:
    book, differences = opened(store), refusals(1)
    assert shown(store, book).detected is None
    while shown(store, book).detected is None:
        feed(store, book, BLOCK, differences, ten_points)

    view = shown(store, book)
    planned = pairs_needed(drill_gap(TOLERANCE), TOLERANCE, 0.39, 0.0007)
    assert view.detected is True
    assert view.pairs_to_alarm is not None
    assert planned / 3 < view.pairs_to_alarm < 3 * planned
    assert view.pairs == 0, "of the drill that has just begun"
    assert not book.alarms, "a drill pages nobody"


def test_drills_of_a_test_that_works_are_found_and_one_that_is_deaf_is_missed(store: Store) -> None:
    book, differences = opened(store), refusals(2)
    feed(store, book, 60 * BLOCK, differences, ten_points)
    results = store.read(lambda db: db.execute("SELECT detected, pairs FROM drills").fetchall())
    assert len(results) >= 4
    assert all(detected for detected, _ in results)

    feed(store, book, 60 * BLOCK, differences, deaf)
    view = shown(store, book)
    assert view.detected is False
    assert view.pairs_to_alarm == results[-1][1] or view.pairs_to_alarm is not None, "the last that was found is still told"
    missed = store.read(runs.last_drills)
    assert next(iter(missed.values())).pairs >= drill.MISSED_AT * next(iter(missed.values())).pairs_planned


def test_a_drill_goes_on_after_a_restart_as_if_there_had_been_none(tmp_path: Path) -> None:
    results = []
    for broken in (False, True):
        folder = tmp_path / str(broken)
        folder.mkdir()
        store = open_store(None, folder)
        store.write(cells.declare, [REAL, SPEC], lambda specs: [0.0007] * len(specs), lambda k: 0.0001 / k, 1_000)
        book, differences = opened(store), refusals(3)
        for _ in range(20):
            feed(store, book, BLOCK + 7, differences, ten_points)
            if broken:
                store.close()
                store = open_store(None, folder)
                book = opened(store)
        results.append((store.read(lambda db: db.execute("SELECT * FROM drills").fetchall()), shown(store, book)))
        store.close()

    assert results[0] == results[1]
    assert results[0][0]


def test_a_drill_takes_the_least_alpha_of_the_cells_it_stands_for(store: Store) -> None:
    store.write(cells.renew_alpha, 1, lambda k: 0.00001, "cleared", 2_000)
    store.write(cells.declare, [REAL, SPEC], lambda specs: [], lambda k: 0.0001 / k, 3_000)

    assert [cell.alpha for cell in store.read(cells.all_cells)] == [0.00001, 0.00001]
    ledger = store.read(lambda db: db.execute("SELECT cell_id FROM alpha_ledger").fetchall())
    assert ledger == [(1,), (1,)], "and spends none"


def test_where_ten_points_are_tolerated_more_is_planted() -> None:
    assert drill_gap(0.02) == 0.10
    assert drill_gap(0.05) == pytest.approx(0.10)
    assert drill_gap(0.10) == pytest.approx(0.15)
