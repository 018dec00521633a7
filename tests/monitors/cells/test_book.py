import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from gateway.exchange import chance
from monitors.cells import Accumulator, CellBook, CellOptions, Sealed
from monitors.declare import CellSpec
from monitors.stats.evalue import Evidence
from monitors.stats.histogram import Histogram
from monitors.store import Store, cells, open_store
from monitors.store.blocks import BLOCK, Bet
from monitors.store.cells import CellRow
from tests.monitors.cells.log import add_pair

SECRET = b"s" * 32
SPEC = CellSpec("pair", "m", "hiring", "gender", "female", "decision", "male", "T2", 0.02)
ROW = CellRow(1, SPEC, 0.001, 0, 0)
OPTIONS = CellOptions("horizon", SECRET, lambda k: 0.0001 / k)


def block(differences: list[float | None], start: int = 0, epoch: int = 1) -> list[Bet]:
    return [Bet(start + i, f"pr_{start + i}", d, 0.02, epoch) for i, d in enumerate(differences)]


def test_a_restored_accumulator_goes_on_bit_for_bit() -> None:
    rng = np.random.default_rng(1)
    straight, broken = Accumulator.begin(ROW, OPTIONS), Accumulator.begin(ROW, OPTIONS)
    for number in range(30):
        bets = block(rng.choice([-1.0, -0.5, 0.0, 0.5], BLOCK).tolist(), number * BLOCK)
        straight.fold(bets, SECRET)
        broken = Accumulator.restore(broken.snapshot())
        broken.fold(bets, SECRET)

    assert broken.snapshot() == straight.snapshot()
    assert len(straight.snapshot()) <= 8_000


def test_a_void_bet_has_its_number_and_no_weight() -> None:
    accumulator = Accumulator.begin(ROW, OPTIONS)
    accumulator.fold(block([None] * 25 + [-1.0] * 25), SECRET)

    alone = Evidence(ROW.alpha, SPEC.tolerance)
    alone.fold([-1.0] * 25, [0.02] * 25)
    alone.seal()
    assert accumulator.evidence.e_value == alone.e_value
    assert accumulator.bets == 25
    assert accumulator.total == -25.0


def test_a_new_epoch_begins_the_interval_anew_and_the_test_goes_on() -> None:
    accumulator = Accumulator.begin(ROW, OPTIONS)
    accumulator.fold(block([-1.0] * BLOCK, epoch=1), SECRET)
    before = accumulator.evidence.e_value

    accumulator.fold(block([0.0] * BLOCK, BLOCK, epoch=2), SECRET)

    assert accumulator.bets == BLOCK
    assert accumulator.total == 0.0
    assert accumulator.evidence.pairs == 2 * BLOCK
    assert accumulator.evidence.e_value < before
    assert accumulator.evidence.e_value > 1.0


def test_a_late_reply_of_an_earlier_epoch_counts_in_the_test_alone() -> None:
    accumulator = Accumulator.begin(ROW, OPTIONS)
    accumulator.fold(block([0.0] * 49 + [1.0], epoch=2), SECRET)
    bets = block([0.0] * 49, BLOCK, epoch=2) + block([1.0], 2 * BLOCK - 1, epoch=1)

    accumulator.fold(bets, SECRET)

    assert accumulator.evidence.pairs == 100
    assert accumulator.bets == 99


def test_the_histogram_rounds_by_the_hash_of_the_pair() -> None:
    differences = np.random.default_rng(4).uniform(-1, 1, BLOCK).tolist()
    differences[:3] = [0.0, 1.0, -0.5]
    accumulator = Accumulator.begin(ROW, OPTIONS)
    accumulator.fold(block(differences), SECRET)

    expected = Histogram()
    expected.add(differences, [chance(SECRET, "histogram", f"pr_{number}") for number in range(BLOCK)])
    assert accumulator.histogram.counts.tolist() == expected.counts.tolist()


def test_the_window_is_the_last_twenty_blocks() -> None:
    accumulator = Accumulator.begin(ROW, OPTIONS)
    for number in range(25):
        accumulator.fold(block([-1.0 if number < 5 else 0.5] * BLOCK, number * BLOCK), SECRET)

    assert accumulator.window.pairs == 20 * BLOCK
    assert accumulator.window.mean == 0.5


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(None, tmp_path)
    opened.write(cells.declare, [SPEC], lambda specs: [0.001] * len(specs), lambda k: 0.0001 / k, 1_000)
    return opened


def test_alpha_is_given_once_and_what_comes_later_draws_from_the_reserve(store: Store) -> None:
    later = CellSpec("pair", "m", "hiring", "gender", "nonbinary", "decision", "male", "T2", 0.02)
    store.write(cells.declare, [SPEC, later], lambda specs: [0.5] * len(specs), lambda k: 0.0001 / k, 2_000)

    assert [cell.alpha for cell in store.read(cells.all_cells)] == [0.001, 0.0001]
    store.close()


def test_a_changed_tolerance_spends_from_the_reserve_and_begins_the_test_anew(store: Store) -> None:
    from dataclasses import replace

    book = CellBook(OPTIONS)
    store.read(book.load)
    accumulator = book.accumulators[1]
    accumulator.fold(block([-1.0] * BLOCK), SECRET)

    def remember(db: object) -> None:
        from monitors.store.blocks import write_seal

        write_seal(db, 1, 0, accumulator.snapshot())  # type: ignore[arg-type]

    store.write(remember)
    store.write(cells.declare, [replace(SPEC, tolerance=0.05)], lambda specs: [], lambda k: 0.0001 / k, 2_000)
    store.read(book.load)

    assert book.cells[1].alpha == 0.0001
    assert book.accumulators[1].evidence.pairs == 0
    assert book.accumulators[1].evidence.tolerance == 0.05
    assert book.accumulators[1].bets == BLOCK, "the interval goes on"
    store.close()


def test_intervals_hold_the_mean_and_exist_only_where_there_is_data() -> None:
    book = CellBook(OPTIONS)
    full, empty = Accumulator.begin(ROW, OPTIONS), Accumulator.begin(ROW, OPTIONS)
    for number in range(10):
        full.fold(block([-1.0, 0.0, 0.0, 0.0, 0.0] * 10, number * BLOCK), SECRET)
    book.accumulators = {1: full, 2: empty}

    ends = book.intervals([1, 2])

    assert set(ends) == {1}
    lower, upper, recent_lower, recent_upper = ends[1]
    assert lower < -0.2 < upper
    assert math.isclose(lower, recent_lower)
    assert math.isclose(upper, recent_upper)


def seal_blocks(store: Store, book: CellBook, differences: list[float], start: int) -> None:
    """Write whole blocks into the log as bets with these differences, and seal them."""

    def work(db: sqlite3.Connection) -> dict[int, Sealed]:
        for seq, difference in enumerate(differences, start):
            add_pair(db, 1, seq, difference, 0.02)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = 1", (start + len(differences),))
        return book.seal(db, {1}, 5_000)

    book.adopt(store.write(work))


def test_an_alarm_is_latched_once_and_cleared_by_evidence_after_a_fix(store: Store) -> None:
    book = CellBook(OPTIONS)
    store.read(book.load)
    seal_blocks(store, book, [-1.0, 0.0] * 50, 0)
    first = book.alarms[1]
    assert first.direction == "group_lower"

    seal_blocks(store, book, [-1.0, 0.0] * 50, 100)
    assert book.alarms[1] == first, "a second crossing is the same alarm"

    seal_blocks(store, book, [0.0] * 2_000, 200)
    assert 1 not in book.alarms
    assert book.cells[1].alpha == 0.0001, "the next test draws from the reserve"
    assert book.accumulators[1].evidence.alpha == 0.0001
    assert book.accumulators[1].evidence.pairs < 2_000
    history = store.read(lambda db: db.execute("SELECT direction, cleared_ms, cleared_why FROM alarms").fetchall())
    assert history == [("group_lower", 5_000, "evidence")]

    again = CellBook(OPTIONS)
    store.read(again.load)
    assert again.accumulators[1].snapshot() == book.accumulators[1].snapshot()
    assert again.alarms == {}
    store.close()


def test_a_gap_that_stays_is_never_cleared(store: Store) -> None:
    book = CellBook(OPTIONS)
    store.read(book.load)
    seal_blocks(store, book, [-1.0, 0.0, 0.0, 0.0, 0.0] * 1_000, 0)

    assert book.alarms[1].direction == "group_lower"
    assert book.accumulators[1].clearing is not None
    assert not book.accumulators[1].clearing.cleared
    store.close()
