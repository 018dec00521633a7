"""How long a verdict lasts, and what a cleared alarm costs."""

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitors.cells import Accumulator, CellBook, CellOptions, Sealed
from monitors.cells.accumulator import WITHIN_BETS, WITHIN_DAYS
from monitors.declare import CellSpec
from monitors.store import Store, cells, open_store
from monitors.store.blocks import BLOCK, Bet, write_seal
from monitors.store.cells import CellRow
from tests.monitors.cells.log import add_pair

SECRET = b"s" * 32
SPEC = CellSpec("pair", "m", "hiring", "gender", "female", "decision", "male", "T2", 0.1)
ROW = CellRow(1, SPEC, 0.001, 0, 0)
OPTIONS = CellOptions("horizon", SECRET, lambda k: 0.0001 / k)
DAY_MS = 86_400_000


def block(number: int, difference: float = 0.0, at_ms: int = 0, epoch: int = 1) -> list[Bet]:
    return [Bet(number * BLOCK + i, f"pr_{number}_{i}", difference, 0.1, epoch, at_ms) for i in range(BLOCK)]


def within(at_ms: int = 0) -> Accumulator:
    """A cell that has just been shown to be within its tolerance, by pairs that ended at ``at_ms``."""
    accumulator = Accumulator.begin(ROW, OPTIONS)
    for number in range(100):
        accumulator.fold(block(number, at_ms=at_ms), SECRET)
        if accumulator.is_within(at_ms):
            return accumulator
    raise AssertionError("not shown by 5,000 pairs without a difference")


def test_within_tolerance_runs_out_after_thirty_days() -> None:
    accumulator = within(at_ms=DAY_MS)

    assert accumulator.is_within(DAY_MS + WITHIN_DAYS * DAY_MS - 1)
    assert not accumulator.is_within(DAY_MS + WITHIN_DAYS * DAY_MS)


def test_within_tolerance_is_renewed_by_being_shown_again_and_only_so() -> None:
    accumulator = within()
    first = accumulator.within_until_bets
    number = accumulator.evidence.blocks
    while accumulator.within_until_bets == first:
        accumulator.fold(block(number, at_ms=DAY_MS), SECRET)
        number += 1

    assert number * BLOCK < WITHIN_BETS
    assert accumulator.is_within(WITHIN_DAYS * DAY_MS), "until thirty days after the later pairs"


def test_within_tolerance_runs_out_after_so_many_pairs_that_do_not_show_it() -> None:
    accumulator = within()
    number, until = accumulator.evidence.blocks, accumulator.within_until_bets
    while accumulator.bets < until:
        assert accumulator.is_within(0)
        accumulator.fold(block(number, 0.1), SECRET)
        number += 1

    assert not accumulator.is_within(0)


def test_within_tolerance_ends_with_its_epoch() -> None:
    accumulator = within()
    accumulator.fold(block(accumulator.evidence.blocks, epoch=2), SECRET)

    assert not accumulator.is_within(0)


def test_a_restored_verdict_runs_out_at_the_same_time() -> None:
    accumulator = within(at_ms=5)
    restored = Accumulator.restore(accumulator.snapshot())

    assert restored.snapshot() == accumulator.snapshot()
    assert restored.is_within(5)
    assert not restored.is_within(5 + WITHIN_DAYS * DAY_MS)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1.5, -1.0001])
def test_a_bad_difference_is_refused_and_changes_nothing(wrong: float) -> None:
    accumulator = within()
    before = accumulator.snapshot()
    bets = block(accumulator.evidence.blocks, epoch=2)
    bets[17] = replace(bets[17], difference=wrong)

    with pytest.raises(ValueError, match="difference of a pair"):
        accumulator.fold(bets, SECRET)

    assert accumulator.snapshot() == before


def test_a_bad_tolerance_is_refused_and_changes_nothing() -> None:
    accumulator = within()
    before = accumulator.snapshot()
    bets = block(accumulator.evidence.blocks, epoch=2)
    bets[3] = replace(bets[3], tolerance=1.0)

    with pytest.raises(ValueError, match="tolerance"):
        accumulator.fold(bets, SECRET)

    assert accumulator.snapshot() == before


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(None, tmp_path)
    opened.write(cells.declare, [SPEC], lambda specs: [0.001] * len(specs), lambda k: 0.0001 / k, 1_000)
    yield opened
    opened.close()


def alarmed(store: Store) -> CellBook:
    """A book whose one cell is in alarm after two blocks, with 30 pairs of the third planned."""
    book = CellBook(OPTIONS)
    store.read(book.load)

    def work(db: sqlite3.Connection) -> dict[int, Sealed]:
        for seq in range(2 * BLOCK + 30):
            add_pair(db, 1, seq, -1.0, 0.1)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = 1", (2 * BLOCK + 30,))
        return book.seal(db, {1}, 5_000)

    book.adopt(store.write(work))
    assert book.alarms[1].direction == "group_lower"
    return book


def test_an_operator_clears_with_a_reason_and_spends_alpha_for_it(store: Store) -> None:
    book = alarmed(store)
    book.adopt(store.write(book.clear, 1, "the prompt was mended", 6_000))

    assert book.alarms == {}
    assert book.cells[1].alpha == 0.0001, "the first draw from the reserve"
    ledger = store.read(lambda db: db.execute("SELECT alpha, reason FROM alpha_ledger ORDER BY id").fetchall())
    assert ledger == [(0.001, "declared"), (0.0001, "later: cleared by an operator: the prompt was mended")]
    history = store.read(lambda db: db.execute("SELECT cleared_ms, cleared_why FROM alarms").fetchall())
    assert history == [(6_000, "operator: the prompt was mended")]


def test_after_a_clear_the_test_bets_on_pairs_planned_later_alone(store: Store) -> None:
    book = alarmed(store)
    book.adopt(store.write(book.clear, 1, "mended", 6_000))

    def work(db: sqlite3.Connection) -> dict[int, Sealed]:
        for seq in range(2 * BLOCK + 30, 3 * BLOCK):
            add_pair(db, 1, seq, 0.0, 0.1)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = 1", (3 * BLOCK,))
        return book.seal(db, {1}, 7_000)

    book.adopt(store.write(work))
    accumulator = book.accumulators[1]

    assert accumulator.evidence.pairs == 20, "the thirty planned before were seen by whoever cleared"
    assert accumulator.bets == 3 * BLOCK, "the interval goes on"
    again = CellBook(OPTIONS)
    store.read(again.load)
    assert again.accumulators[1].snapshot() == accumulator.snapshot()


def test_a_clear_outlives_a_restart_that_comes_before_the_next_block(store: Store) -> None:
    book = alarmed(store)
    book.adopt(store.write(book.clear, 1, "mended", 6_000))
    again = CellBook(OPTIONS)
    store.read(again.load)

    assert again.alarms == {}
    assert again.accumulators[1].snapshot() == book.accumulators[1].snapshot()
    assert again.accumulators[1].evidence.pairs == 0


def test_only_an_alarm_can_be_cleared(store: Store) -> None:
    book = CellBook(OPTIONS)
    store.read(book.load)

    with pytest.raises(ValueError, match="not in alarm"):
        store.write(book.clear, 1, "to be sure", 6_000)
    assert store.read(lambda db: db.execute("SELECT COUNT(*) FROM alpha_ledger").fetchone()) == (1,)


def test_a_changed_tolerance_uses_later_pairs_only_and_closes_no_alarm(store: Store) -> None:
    alarmed(store)
    wider = replace(SPEC, tolerance=0.3)
    store.write(cells.declare, [wider], lambda specs: [], lambda k: 0.0001 / k, 6_000)
    book = CellBook(OPTIONS)
    store.read(book.load)

    def work(db: sqlite3.Connection) -> dict[int, Sealed]:
        for seq in range(2 * BLOCK + 30, 3 * BLOCK):
            add_pair(db, 1, seq, 0.0, 0.1)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = 1", (3 * BLOCK,))
        return book.seal(db, {1}, 7_000)

    book.adopt(store.write(work))

    assert book.alarms[1].direction == "group_lower"
    assert book.accumulators[1].evidence.pairs == 20
    assert book.accumulators[1].clearing is not None
    assert book.accumulators[1].clearing.pairs == 20


def test_a_gap_in_the_sequence_leaves_every_accumulator_as_it_was(store: Store) -> None:
    book = CellBook(OPTIONS)
    store.read(book.load)
    before = book.accumulators[1].snapshot()

    def broken(db: sqlite3.Connection) -> dict[int, Sealed]:
        for seq in range(BLOCK):
            if seq != 7:
                add_pair(db, 1, seq, -1.0, 0.1)
        db.execute("UPDATE cells SET next_seq = ? WHERE id = 1", (BLOCK,))
        return book.seal(db, {1}, 5_000)

    with pytest.raises(ValueError, match="49 of 50 sequence numbers"):
        store.write(broken)

    assert book.accumulators[1].snapshot() == before
    assert store.read(lambda db: db.execute("SELECT COUNT(*) FROM snapshots").fetchone()) == (0,)


def test_a_state_written_before_verdicts_ran_out_is_read(store: Store) -> None:
    import struct

    accumulator = Accumulator.begin(ROW, OPTIONS)
    accumulator.fold(block(0, -1.0), SECRET)
    now = accumulator.snapshot()
    new, old = struct.Struct("<4sIdIIIIBIIQ"), struct.Struct("<4sIdIIIIB")
    before = old.pack(b"CEL1", *new.unpack_from(now)[1:8]) + now[new.size :]
    store.write(write_seal, 1, 0, before)

    restored = Accumulator.restore(before)
    assert restored.snapshot() == now
