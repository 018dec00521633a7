"""Bets in sequence order, sealed fifty at a time: a block is folded from the rows alone, when each of its pairs has ended."""

import sqlite3
from dataclasses import dataclass

from monitors.stats.evalue import Direction

BLOCK = 50


@dataclass(frozen=True, slots=True)
class Bet:
    """One sequence number of a cell: the mean over its one or two pairs, None where either has no value."""

    seq: int
    pair_id: str
    difference: float | None
    tolerance: float
    epoch_id: int


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """A latched alarm."""

    raised_ms: int
    direction: Direction
    pairs: int
    since_block: int
    e_value: float


def next_whole_block(db: sqlite3.Connection, cell_id: int) -> tuple[int, list[Bet]] | None:
    """The number and bets of the cell's next block, or None while one of its pairs is still open or not yet planned."""
    block, next_seq = db.execute("SELECT next_block, next_seq FROM cells WHERE id = ?", (cell_id,)).fetchone()
    first, last = block * BLOCK, (block + 1) * BLOCK - 1
    if next_seq <= last:
        return None
    query = (
        "SELECT seq, state, difference, tolerance, COALESCE(epoch_id, 0), pair_id FROM members "
        "WHERE cell_id = ? AND seq BETWEEN ? AND ? ORDER BY seq, slot"
    )
    by_seq: dict[int, list[tuple[str, float, float, int, str]]] = {}
    for seq, state, difference, tolerance, epoch_id, pair_id in db.execute(query, (cell_id, first, last)):
        if state == "open":
            return None
        by_seq.setdefault(seq, []).append((state, difference, tolerance, epoch_id, pair_id))
    if len(by_seq) != BLOCK:
        raise ValueError(f"cell {cell_id}, block {block}: {len(by_seq)} of {BLOCK} sequence numbers are in the log")
    return block, [_bet(seq, places) for seq, places in sorted(by_seq.items())]


def _bet(seq: int, places: list[tuple[str, float, float, int, str]]) -> Bet:
    whole = all(state == "value" for state, *_ in places)
    difference = sum(place[1] for place in places) / len(places) if whole else None
    tolerance = max(place[2] for place in places)
    return Bet(seq, places[0][4], difference, tolerance, max(place[3] for place in places))


def write_seal(db: sqlite3.Connection, cell_id: int, block: int, state: bytes) -> None:
    """The cell's accumulators after a block."""
    db.execute("UPDATE cells SET next_block = ? WHERE id = ?", (block + 1, cell_id))
    db.execute(
        "INSERT INTO snapshots (cell_id, block, state) VALUES (?, ?, ?) "
        "ON CONFLICT (cell_id) DO UPDATE SET block = excluded.block, state = excluded.state",
        (cell_id, block, state),
    )


def raise_alarm(db: sqlite3.Connection, cell_id: int, alarm: AlarmRow) -> None:
    """Latch an alarm."""
    query = "INSERT INTO alarms (cell_id, raised_ms, direction, pairs, since_block, e_value) VALUES (?, ?, ?, ?, ?, ?)"
    db.execute(query, (cell_id, alarm.raised_ms, alarm.direction, alarm.pairs, alarm.since_block, alarm.e_value))


def clear_alarm(db: sqlite3.Connection, cell_id: int, why: str, now_ms: int) -> None:
    """End an alarm; it stays on record."""
    db.execute("UPDATE alarms SET cleared_ms = ?, cleared_why = ? WHERE cell_id = ? AND cleared_ms IS NULL", (now_ms, why, cell_id))


def snapshots(db: sqlite3.Connection) -> dict[int, bytes]:
    """The accumulators of every cell that has sealed a block."""
    return {cell_id: bytes(state) for cell_id, state in db.execute("SELECT cell_id, state FROM snapshots")}


def alarms(db: sqlite3.Connection) -> dict[int, AlarmRow]:
    """Every latched alarm by cell."""
    query = "SELECT cell_id, raised_ms, direction, pairs, since_block, e_value FROM alarms WHERE cleared_ms IS NULL"
    return {row[0]: AlarmRow(*row[1:]) for row in db.execute(query)}
