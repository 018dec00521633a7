"""Confirmation runs and drills: what was begun, and how it ended."""

import sqlite3
from dataclasses import dataclass

from monitors.declare import CellSpec
from monitors.stats.evalue import Direction
from monitors.store.blocks import BLOCK
from monitors.store.cells import CellRow, get, insert
from monitors.views import Confirmation


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """A run that is going on, and the alarm that it is about."""

    alarm_id: int
    alarmed_cell_id: int
    direction: Direction
    planned_bets: int
    first_block: int


@dataclass(frozen=True, slots=True)
class DrillRow:
    """A finished drill. ``pairs`` it took, ``pairs_planned`` are what the planner gave for half of all drills."""

    ended_ms: int
    detected: bool
    pairs: int
    pairs_planned: int


def confirmation_cell(db: sqlite3.Connection, spec: CellSpec, alpha: float, now_ms: int) -> CellRow:
    """A cell for a new run: made for the first one; for a later one its next whole block, as if there had been nothing before."""
    query = "SELECT id FROM cells WHERE kind = ? AND model = ? AND route = ? AND axis = ? AND grp = ? AND outcome = ?"
    row = db.execute(query, spec.key).fetchone()
    if row is None:
        return get(db, insert(db, spec, alpha, "", now_ms))
    (cell_id,) = row
    db.execute("DELETE FROM waiting WHERE cell_id = ?", (cell_id,))
    db.execute("DELETE FROM snapshots WHERE cell_id = ?", (cell_id,))
    update = (
        "UPDATE cells SET tolerance = ?1, alpha = ?2, origins = '', next_block = (next_seq + ?3 - 1) / ?3, "
        "next_seq = (next_seq + ?3 - 1) / ?3 * ?3, test_from = (next_seq + ?3 - 1) / ?3 * ?3 WHERE id = ?4"
    )
    db.execute(update, (spec.tolerance, alpha, BLOCK, cell_id))
    return get(db, cell_id)


def begin_confirmation(db: sqlite3.Connection, alarm_id: int, run: CellRow, planned_bets: int, now_ms: int, deadline_ms: int) -> None:
    """Write down that the run of an alarm begins."""
    query = "INSERT INTO confirmations (alarm_id, cell_id, planned_bets, first_block, begun_ms, deadline_ms) VALUES (?, ?, ?, ?, ?, ?)"
    db.execute(query, (alarm_id, run.id, planned_bets, run.next_block, now_ms, deadline_ms))


def running_confirmation(db: sqlite3.Connection, cell_id: int) -> ConfirmationRow | None:
    """The run that goes on in a cell of kind ``confirmation``."""
    query = (
        "SELECT c.alarm_id, a.cell_id, a.direction, c.planned_bets, c.first_block FROM confirmations c JOIN alarms a ON a.id = c.alarm_id "
        "WHERE c.cell_id = ? AND c.ended_ms IS NULL"
    )
    row = db.execute(query, (cell_id,)).fetchone()
    return None if row is None else ConfirmationRow(*row)


def end_confirmation(db: sqlite3.Connection, alarm_id: int, state: Confirmation, now_ms: int) -> None:
    """Write down how a run ended."""
    db.execute("UPDATE confirmations SET state = ?, ended_ms = ? WHERE alarm_id = ?", (state, now_ms, alarm_id))


def expire_confirmations(db: sqlite3.Connection, now_ms: int) -> list[int]:
    """End every run whose time is up for want of pairs; returns the cells whose alarms they were about."""
    query = (
        "UPDATE confirmations SET state = 'not_enough_pairs', ended_ms = ?1 WHERE ended_ms IS NULL AND deadline_ms < ?1 "
        "RETURNING (SELECT cell_id FROM alarms WHERE id = alarm_id)"
    )
    return [row[0] for row in db.execute(query, (now_ms,)).fetchall()]


def end_drill(db: sqlite3.Connection, cell_id: int, drill: DrillRow) -> None:
    """Write down how a drill ended."""
    query = "INSERT INTO drills (cell_id, ended_ms, detected, pairs, pairs_planned) VALUES (?, ?, ?, ?, ?)"
    db.execute(query, (cell_id, drill.ended_ms, drill.detected, drill.pairs, drill.pairs_planned))


def last_drills(db: sqlite3.Connection) -> dict[int, DrillRow]:
    """Each drill cell's last finished drill."""
    query = "SELECT cell_id, ended_ms, detected, pairs, pairs_planned FROM drills WHERE id IN (SELECT MAX(id) FROM drills GROUP BY cell_id)"
    return {row[0]: DrillRow(row[1], bool(row[2]), row[3], row[4]) for row in db.execute(query)}


def found_after(db: sqlite3.Connection) -> dict[int, int]:
    """The bets that each drill cell's last successful drill took."""
    query = "SELECT cell_id, pairs FROM drills WHERE id IN (SELECT MAX(id) FROM drills WHERE detected GROUP BY cell_id)"
    return dict(db.execute(query).fetchall())
