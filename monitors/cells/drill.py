"""The drill: a gap planted into copies of real scored pairs has to be found. It shows that silence means something, at no model call.

A drill's cell is hidden: it raises no alarm of its own. When the planted gap is found, or is not by four times the planned number of bets,
the drill is over, its result is written down, and the next begins.
"""

import sqlite3

from gateway.exchange import chance
from monitors.cells.accumulator import Accumulator, CellOptions
from monitors.declare import drill_gap
from monitors.stats.histogram import NODES
from monitors.stats.planner import pairs_needed
from monitors.store import runs
from monitors.store.cells import CellRow
from monitors.store.runs import DrillRow

MISSED_AT = 4
"""Times the planned number of bets, which half of all drills need: a test that has found nothing by then is deaf."""


def plant(secret: bytes, pair_id: str, difference: float, *, binary: bool, tolerance: float) -> float:
    """The difference with a gap planted: the same for the same pair.

    Its sign is drawn first, so that a gap that is really there neither helps nor hides the planted one. A yes-or-no outcome then gets it
    as such a gap comes, in so many pairs whole; a score is shifted, by twice as much at most.
    """
    real = difference if chance(secret, "drill sign", pair_id) < 0.5 else -difference
    gap, draw = drill_gap(tolerance), chance(secret, "drill", pair_id)
    if binary:
        return 1.0 if draw < gap else real
    return min(1.0, real + 2 * gap * draw)


def planned_pairs(cell: CellRow, accumulator: Accumulator) -> int:
    """Bets that half of all drills need at the noise of the last thousand."""
    counts = accumulator.window.counts
    total = max(int(counts.sum()), 1)
    spread = float(counts @ NODES**2 / total - (counts @ NODES / total) ** 2)
    tolerance = cell.spec.tolerance
    return pairs_needed(drill_gap(tolerance), tolerance, min(max(spread, 0.0), 1.0) ** 0.5, cell.alpha)


def result(cell: CellRow, accumulator: Accumulator, now_ms: int) -> DrillRow | None:
    """How the drill ended with the block that was folded last; None while it goes on."""
    found, planned = accumulator.evidence.alarm is not None, planned_pairs(cell, accumulator)
    pairs = accumulator.evidence.pairs
    return DrillRow(now_ms, found, pairs, planned) if found or pairs >= MISSED_AT * planned else None


def judge(db: sqlite3.Connection, cell: CellRow, accumulator: Accumulator, options: CellOptions, now_ms: int) -> None:
    """End the drill if it was found or missed, and begin the next."""
    if (ended := result(cell, accumulator, now_ms)) is not None:
        runs.end_drill(db, cell.id, ended)
        accumulator.restart(cell, options)
