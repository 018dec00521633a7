"""What a cell's newly sealed block means: an alarm, its end, the end of a drill or of a confirmation run."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from monitors.cells import confirmation, drill
from monitors.cells.accumulator import Accumulator, CellOptions
from monitors.store import blocks
from monitors.store.blocks import BLOCK, AlarmRow
from monitors.store.cells import CellRow, counts_of, renew_alpha
from monitors.views import GAPS


@dataclass(frozen=True, slots=True)
class Sealed:
    """A cell after its blocks were sealed: accumulators, its row (alpha may be new), and its alarm if one is latched."""

    accumulator: Accumulator
    cell: CellRow
    alarm: AlarmRow | None


Standing = Callable[[int], Sealed]
"""How a cell stands now, by id: as staged in this transaction, or else as in the book."""


def judge(
    db: sqlite3.Connection, before: Sealed, accumulator: Accumulator, block: int, standing: Standing, options: CellOptions, now_ms: int
) -> dict[int, Sealed]:
    """The cell with its accumulator after ``block``, and every other cell that this changes."""
    cell = before.cell
    after = Sealed(accumulator, cell, before.alarm)
    if cell.spec.kind == "drill":
        drill.judge(db, cell, accumulator, options, now_ms)
    elif cell.spec.kind == "confirmation":
        return {cell.id: after} | _confirm(db, after, block, standing, now_ms)
    elif cell.spec.pages:
        return _alarm(db, after, block, options, now_ms)
    return {cell.id: after}


def _alarm(db: sqlite3.Connection, now: Sealed, block: int, options: CellOptions, now_ms: int) -> dict[int, Sealed]:
    """Latch a new alarm; clear one that the reversed test refutes, and begin the test anew from the reserve of alpha."""
    cell, accumulator, found = now.cell, now.accumulator, now.accumulator.evidence.alarm
    if now.alarm is None and found is not None:
        pairs = sum(count.pairs for count in counts_of(db, cell.id))
        alarm = AlarmRow(now_ms, found.direction, pairs, found.since_block, found.e_value)
        alarm_id = blocks.raise_alarm(db, cell.id, alarm)
        if cell.spec.kind not in GAPS:
            return {cell.id: replace(now, alarm=alarm)}
        run = confirmation.begin(db, alarm_id, cell, accumulator, now_ms)
        alarm = replace(alarm, confirmation="unconfirmed")
        return {cell.id: replace(now, alarm=alarm), run.id: Sealed(Accumulator.begin(run, options), run, None)}
    if now.alarm is not None and accumulator.clearing is not None and accumulator.clearing.cleared:
        blocks.clear_alarm(db, cell.id, "evidence", now_ms)
        cell = renew_alpha(db, cell.id, options.reserve, "cleared by evidence", now_ms, test_from=(block + 1) * BLOCK)
        accumulator.restart(cell, options)
        return {cell.id: Sealed(accumulator, cell, None)}
    return {cell.id: now}


def _confirm(db: sqlite3.Connection, run: Sealed, block: int, standing: Standing, now_ms: int) -> dict[int, Sealed]:
    """Where the run has come to its end, the cell whose alarm it is about."""
    ended = confirmation.judge(db, run.cell, run.accumulator, block, now_ms)
    if ended is None:
        return {}
    cell_id, state = ended
    alarmed = standing(cell_id)
    return {cell_id: replace(alarmed, alarm=replace(alarmed.alarm, confirmation=state))} if alarmed.alarm else {}
