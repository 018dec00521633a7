"""Bets in sequence order, sealed fifty at a time: a block is folded from the rows alone, when each of its pairs has ended."""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from monitors.stats.evalue import Direction
from monitors.views import Confirmation

BLOCK = 50


@dataclass(frozen=True, slots=True)
class Bet:
    """One sequence number of a cell: the mean over its one or two pairs, None where either has no value; when the last of them ended."""

    seq: int
    pair_id: str
    difference: float | None
    tolerance: float
    epoch_id: int
    closed_ms: int = 0


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """A latched alarm; ``confirmation`` is None where none is to be had, as for a check of the instrument."""

    raised_ms: int
    direction: Direction
    pairs: int
    since_block: int
    e_value: float
    confirmation: Confirmation | None = None


class _Place(NamedTuple):
    """A pair in a bet."""

    state: str
    difference: float
    tolerance: float
    epoch_id: int
    pair_id: str
    closed_ms: int


def next_whole_block(db: sqlite3.Connection, cell_id: int) -> tuple[int, list[Bet]] | None:
    """The number and bets of the cell's next block, or None while one of its pairs is still open or not yet planned."""
    block, next_seq = db.execute("SELECT next_block, next_seq FROM cells WHERE id = ?", (cell_id,)).fetchone()
    first, last = block * BLOCK, (block + 1) * BLOCK - 1
    if next_seq <= last:
        return None
    query = (
        "SELECT m.seq, m.state, m.difference, m.tolerance, COALESCE(m.epoch_id, 0), m.pair_id, COALESCE(p.closed_ms, 0) "
        "FROM members m JOIN pairs p USING (pair_id) WHERE m.cell_id = ? AND m.seq BETWEEN ? AND ? ORDER BY m.seq, m.slot"
    )
    by_seq: dict[int, list[_Place]] = {}
    for seq, *place in db.execute(query, (cell_id, first, last)):
        by_seq.setdefault(seq, []).append(_Place(*place))
    if any(place.state == "open" for places in by_seq.values() for place in places):
        return None
    if len(by_seq) != BLOCK:
        raise ValueError(f"cell {cell_id}, block {block}: {len(by_seq)} of {BLOCK} sequence numbers are in the log")
    return block, [_bet(seq, places) for seq, places in sorted(by_seq.items())]


def _bet(seq: int, places: list[_Place]) -> Bet:
    whole = all(place.state == "value" for place in places)
    difference = sum(place.difference for place in places) / len(places) if whole else None
    tolerance, epoch_id = max(place.tolerance for place in places), max(place.epoch_id for place in places)
    return Bet(seq, places[0].pair_id, difference, tolerance, epoch_id, max(place.closed_ms for place in places))


def write_seal(db: sqlite3.Connection, cell_id: int, block: int, state: bytes) -> None:
    """The cell's accumulators after a block."""
    db.execute("UPDATE cells SET next_block = ? WHERE id = ?", (block + 1, cell_id))
    write_snapshot(db, cell_id, block, state)


def write_snapshot(db: sqlite3.Connection, cell_id: int, block: int, state: bytes) -> None:
    """The cell's accumulators, where a test begins anew between two blocks."""
    db.execute(
        "INSERT INTO snapshots (cell_id, block, state) VALUES (?, ?, ?) "
        "ON CONFLICT (cell_id) DO UPDATE SET block = excluded.block, state = excluded.state",
        (cell_id, block, state),
    )


def raise_alarm(db: sqlite3.Connection, cell_id: int, alarm: AlarmRow) -> int:
    """Latch an alarm and return its id."""
    query = "INSERT INTO alarms (cell_id, raised_ms, direction, pairs, since_block, e_value) VALUES (?, ?, ?, ?, ?, ?)"
    return int(db.execute(query, (cell_id, alarm.raised_ms, alarm.direction, alarm.pairs, alarm.since_block, alarm.e_value)).lastrowid or 0)


def clear_alarm(db: sqlite3.Connection, cell_id: int, why: str, now_ms: int) -> None:
    """End an alarm, and the run that was to confirm it; both stay on record."""
    query = "UPDATE confirmations SET ended_ms = ? WHERE ended_ms IS NULL AND alarm_id IN (SELECT id FROM alarms WHERE cell_id = ?)"
    db.execute(query, (now_ms, cell_id))
    db.execute("UPDATE alarms SET cleared_ms = ?, cleared_why = ? WHERE cell_id = ? AND cleared_ms IS NULL", (now_ms, why, cell_id))


def snapshots(db: sqlite3.Connection) -> dict[int, bytes]:
    """The accumulators of every cell that has sealed a block."""
    return {cell_id: bytes(state) for cell_id, state in db.execute("SELECT cell_id, state FROM snapshots")}


def alarms(db: sqlite3.Connection) -> dict[int, AlarmRow]:
    """Every latched alarm by cell."""
    query = (
        "SELECT a.cell_id, a.raised_ms, a.direction, a.pairs, a.since_block, a.e_value, c.state "
        "FROM alarms a LEFT JOIN confirmations c ON c.alarm_id = a.id WHERE a.cleared_ms IS NULL"
    )
    return {row[0]: AlarmRow(*row[1:]) for row in db.execute(query)}
