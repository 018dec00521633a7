"""The confirmation run: an alarm is tested once more on names that were never used before it, with evidence of its own.

The page goes out at once, as `unconfirmed`. While the run lasts, half of the pairs that the alarmed cell would get are made with held-out
names and bet in the run's cell alone. It ends as `confirmed`, as `not_confirmed` when its planned size is used up, or as
`not_enough_pairs` when its time is.
"""

import math
import sqlite3
from dataclasses import replace

import numpy as np

from monitors.cells.accumulator import Accumulator
from monitors.stats.histogram import NODES
from monitors.stats.planner import pairs_needed
from monitors.store import runs
from monitors.store.blocks import BLOCK
from monitors.store.cells import CellRow
from monitors.views import Confirmation

ALPHA = 0.05
"""Chance that a run confirms a gap which held-out names do not have."""
SHARE = 0.5
"""Of the alarmed cell's pairs, those that are made with held-out names while a run lasts; the rest go on as before."""
DAYS = 14
SMALLEST, LARGEST = 2 * BLOCK, 100 * BLOCK

_EXCESS = 2 / 3  # an alarm comes while the gap looks larger than it is
_NINE_OF_TEN = 1.8  # pairs that nine of ten runs need, by the median
_DAY_MS = 86_400_000


def begin(db: sqlite3.Connection, alarm_id: int, cell: CellRow, accumulator: Accumulator, now_ms: int) -> CellRow:
    """Start the run of an alarm that was raised just now; returns its cell, which has a block to begin with."""
    spec = replace(cell.spec, kind="confirmation", pages=False)
    run = runs.confirmation_cell(db, spec, ALPHA, now_ms)
    planned = planned_bets(accumulator, cell.spec.tolerance)
    runs.begin_confirmation(db, alarm_id, run, planned, now_ms, now_ms + DAYS * _DAY_MS)
    return run


def planned_bets(accumulator: Accumulator, tolerance: float) -> int:
    """How many bets find two thirds of the excess that the last thousand showed, in nine of ten runs; whole blocks."""
    counts = accumulator.window.counts
    mean = float(counts @ NODES / max(counts.sum(), 1))
    spread = float(counts @ NODES**2 / max(counts.sum(), 1)) - mean**2
    excess = max(abs(mean) - tolerance, tolerance / 2, 0.01)
    median = pairs_needed(min(tolerance + _EXCESS * excess, 1.0), tolerance, min(float(np.sqrt(max(spread, 0.0))), 1.0), ALPHA)
    return min(max(math.ceil(_NINE_OF_TEN * median / BLOCK) * BLOCK, SMALLEST), LARGEST)


def judge(db: sqlite3.Connection, run: CellRow, accumulator: Accumulator, block: int, now_ms: int) -> tuple[int, Confirmation] | None:
    """The alarmed cell and how its run ended, if it ended with this block."""
    current = runs.running_confirmation(db, run.id)
    if current is None:
        return None
    found = accumulator.evidence.alarm
    state: Confirmation
    if found is not None and found.direction == current.direction:
        state = "confirmed"
    elif (block + 1 - current.first_block) * BLOCK >= current.planned_bets:
        state = "not_confirmed"
    else:
        return None
    runs.end_confirmation(db, current.alarm_id, state, now_ms)
    return current.alarmed_cell_id, state


def expire(db: sqlite3.Connection, now_ms: int) -> dict[int, Confirmation]:
    """End the runs whose time is up; returns the alarmed cells."""
    return dict.fromkeys(runs.expire_confirmations(db, now_ms), "not_enough_pairs")
