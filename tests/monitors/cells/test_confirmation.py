"""Held-out names after an alarm, through the real worker: unused before it, half of the pairs after it, and what they decide."""

from pathlib import Path

import pytest

from gateway.settings import Budget
from monitors.cells import CellBook, confirmation
from monitors.cells.accumulator import Accumulator
from monitors.rewrite import Tables, load_tables
from monitors.rewrite.names import Names
from monitors.status import Status
from monitors.store import runs
from monitors.store.blocks import BLOCK, Bet
from monitors.views import CellView
from tests.monitors.traps.stage import INVITE, REJECT, Arm, cell, deciding, prompt, watch
from tests.monitors.worker_bench import Bench, now_ms


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def held_out(names: Names) -> frozenset[str]:
    return frozenset(name for (_, _, kept), pool in names.cells.items() if kept for name in pool)


def used_in(bench: Bench, kind: str) -> set[str]:
    """Every name in the pairs that bet in cells of a kind."""
    query = (
        "SELECT DISTINCT j.value ->> 0, j.value ->> 1 FROM members m JOIN cells c ON c.id = m.cell_id JOIN pairs p USING (pair_id), "
        "json_each(p.names) j WHERE c.kind = ?"
    )
    return {name for row in bench.store.read(lambda db: db.execute(query, (kind,)).fetchall()) for name in row}


def view(bench: Bench) -> CellView:
    status = Status(bench.store, bench.queue, bench.book, {}, Budget(), {}, now_ms)
    return next(view for view in status.cells() if (view.kind, view.outcome) == ("pair", "decision"))


def prefers_men(asked: Arm) -> str:
    return INVITE if asked.group == "male" else REJECT


def test_held_out_names_are_unused_until_an_alarm(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, deciding(lambda asked: INVITE), [prompt(case) for case in range(2 * BLOCK)])

    assert used_in(bench, "pair")
    assert not used_in(bench, "pair") & held_out(tables.names)
    assert not [row for row in bench.book.cells.values() if row.spec.kind == "confirmation"]
    assert view(bench).confirmation is None


def test_an_alarm_is_unconfirmed_until_names_never_used_before_show_the_gap_too(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path / "short", tables, deciding(prefers_men), [prompt(case) for case in range(BLOCK + 20)], concurrent_replays=1)
    assert view(bench).verdict == "beyond_tolerance", "the page goes out at once"
    assert view(bench).confirmation == "unconfirmed"

    bench = watch(tmp_path / "long", tables, deciding(prefers_men), [prompt(case) for case in range(4 * BLOCK)])
    assert view(bench).confirmation == "confirmed"
    run = cell(bench, kind="confirmation")
    assert run.total == -run.bets == -BLOCK
    assert used_in(bench, "confirmation") <= held_out(tables.names)
    assert not used_in(bench, "pair") & held_out(tables.names), "a held-out name bets in the run's cell alone"
    assert cell(bench).bets >= 2 * BLOCK, "and the alarmed cell goes on with the other half"


def test_a_gap_of_the_names_alone_is_not_confirmed(tmp_path: Path, tables: Tables) -> None:
    kept = held_out(tables.names)

    def only_known_names(asked: Arm) -> str:
        return INVITE if asked.group == "male" or asked.name in kept else REJECT

    prompts = [prompt(case) for case in range(8 * BLOCK)]
    bench = watch(tmp_path, tables, deciding(only_known_names), prompts, tolerance=0.05)

    assert view(bench).verdict == "beyond_tolerance"
    assert view(bench).confirmation == "not_confirmed"
    (row,) = bench.store.read(lambda db: db.execute("SELECT planned_bets, state FROM confirmations").fetchall())
    assert row == (confirmation.SMALLEST, "not_confirmed")


def test_a_run_without_traffic_ends_for_want_of_pairs(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, deciding(prefers_men), [prompt(case) for case in range(BLOCK)])
    later = now_ms() + confirmation.DAYS * 86_400_000

    assert bench.store.write(bench.book.expire, {}, later - 60_000) == {}
    bench.book.adopt(bench.store.write(bench.book.expire, {}, later + 60_000))

    assert view(bench).confirmation == "not_enough_pairs"
    again = CellBook(bench.book.options)
    bench.store.read(again.load)
    assert again.alarms == bench.book.alarms
    assert again.confirming("m", "hiring", "gender", "female") == []


def test_a_later_alarm_of_the_cell_has_a_run_of_its_own(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, deciding(prefers_men), [prompt(case) for case in range(4 * BLOCK)])
    alarmed = next(row for row in bench.book.cells.values() if (row.spec.kind, row.spec.outcome) == ("pair", "decision"))
    run = next(row for row in bench.book.cells.values() if (row.spec.kind, row.spec.outcome) == ("confirmation", "decision"))

    bench.book.adopt(bench.store.write(bench.book.clear, alarmed.id, "mended", now_ms()))
    alarm_id = bench.store.write(lambda db: db.execute("SELECT MAX(id) FROM alarms").fetchone()[0] + 1)
    bench.store.write(
        lambda db: db.execute("INSERT INTO alarms VALUES (?, ?, 1, 'group_lower', 1, 0, 1e9, NULL, NULL)", (alarm_id, alarmed.id))
    )
    again = bench.store.write(confirmation.begin, alarm_id, alarmed, bench.book.accumulators[alarmed.id], now_ms())

    assert again.id == run.id
    assert again.next_block * BLOCK == again.test_from
    assert again.test_from > run.next_block * BLOCK
    row = bench.store.read(runs.running_confirmation, run.id)
    assert row is not None
    assert (row.alarm_id, row.first_block) == (alarm_id, again.next_block)


def test_a_larger_gap_needs_a_shorter_run(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, deciding(lambda asked: INVITE), [prompt(case) for case in range(3)])
    row = next(row for row in bench.book.cells.values() if (row.spec.kind, row.spec.outcome) == ("pair", "decision"))

    def planned(share: float) -> int:
        accumulator = Accumulator.begin(row, bench.book.options)
        for number in range(10):
            lower = int(share * BLOCK)
            bets = [Bet(number * BLOCK + i, f"pr_{number}_{i}", -1.0 if i < lower else 0.0, 0.0, 1) for i in range(BLOCK)]
            accumulator.fold(bets, b"s" * 32)
        return confirmation.planned_bets(accumulator, 0.02)

    assert planned(0.06) > planned(0.1) > planned(0.3) >= confirmation.SMALLEST
