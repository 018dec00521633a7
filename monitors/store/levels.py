"""Levels in the store: a reply's place in the order of its test before it is known, then its value, then whole blocks of them."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitors.store.blocks import BLOCK


@dataclass(frozen=True, slots=True)
class LevelSpec:
    """What a level is about, and the share of replies above the threshold that is accepted (``most``)."""

    model: str
    route: str
    outcome: str
    most: float


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level as it is stored; ``state`` and ``reversed`` are its tests' snapshots, None before their first block."""

    id: int
    spec: LevelSpec
    alpha: float
    tests: int
    next_block: int
    replies: int
    above: int
    state: bytes | None
    reversed: bytes | None
    alarm_ms: int | None


def declare(db: sqlite3.Connection, specs: Sequence[LevelSpec], alpha: float) -> None:
    """Make the levels that are not there yet, ``alpha`` divided among all of ``specs``; another limit begins another test."""
    for spec in specs:
        row = db.execute("SELECT id, most FROM levels WHERE model = ? AND route = ? AND outcome = ?", _key(spec)).fetchone()
        if row is None:
            query = "INSERT INTO levels (model, route, outcome, most, alpha) VALUES (?, ?, ?, ?, ?)"
            db.execute(query, (*_key(spec), spec.most, alpha / len(specs)))
        elif row[1] != spec.most:
            query = "UPDATE levels SET most = ?, tests = tests + 1, state = NULL, reversed = NULL, alarm_ms = NULL WHERE id = ?"
            db.execute(query, (spec.most, row[0]))


def place(db: sqlite3.Connection, model: str, route: str, exchange_id: str) -> None:
    """Give an exchange's reply the next number of every level of its model and route."""
    query = "UPDATE levels SET next_seq = next_seq + 1 WHERE model = ? AND route = ? RETURNING id, next_seq - 1"
    for level_id, seq in db.execute(query, (model, route)).fetchall():
        db.execute("INSERT INTO level_replies (level_id, seq, exchange_id) VALUES (?, ?, ?)", (level_id, seq, exchange_id))


def record(db: sqlite3.Connection, exchange_id: str, values: Mapping[str, float]) -> None:
    """Write down what an exchange's reply says, by outcome; an outcome that is left out has no value."""
    query = "SELECT r.level_id, r.seq, l.outcome FROM level_replies r JOIN levels l ON l.id = r.level_id WHERE r.exchange_id = ?"
    for level_id, seq, outcome in db.execute(query, (exchange_id,)).fetchall():
        value = values.get(outcome)
        update = "UPDATE level_replies SET state = ?, value = ? WHERE level_id = ? AND seq = ? AND state = 'open'"
        db.execute(update, ("void" if value is None else "value", value, level_id, seq))


def all_levels(db: sqlite3.Connection) -> list[LevelRow]:
    """Every level, by id."""
    columns = "id, model, route, outcome, most, alpha, tests, next_block, replies, above, state, reversed, alarm_ms"
    return [LevelRow(row[0], LevelSpec(*row[1:5]), *row[5:]) for row in db.execute(f"SELECT {columns} FROM levels ORDER BY id")]


def whole_block(db: sqlite3.Connection, level: LevelRow) -> list[float] | None:
    """The values of the level's next block in order, None while a reply of it is still to come.

    A reply whose exchange has ended otherwise, expired or failed, has none.
    """
    first, last = level.next_block * BLOCK, (level.next_block + 1) * BLOCK - 1
    void = (
        "UPDATE level_replies SET state = 'void' WHERE level_id = ? AND seq BETWEEN ? AND ? AND state = 'open' "
        "AND NOT EXISTS (SELECT 1 FROM exchanges e WHERE e.id = exchange_id AND e.fate IS NULL)"
    )
    db.execute(void, (level.id, first, last))
    query = "SELECT state, value FROM level_replies WHERE level_id = ? AND seq BETWEEN ? AND ? ORDER BY seq"
    rows = db.execute(query, (level.id, first, last)).fetchall()
    if len(rows) < BLOCK or any(state == "open" for state, _ in rows):
        return None
    return [value for state, value in rows if state == "value"]


def write(db: sqlite3.Connection, level: LevelRow) -> None:
    """Keep what a sealed block has changed."""
    query = "UPDATE levels SET tests = ?, next_block = ?, replies = ?, above = ?, state = ?, reversed = ?, alarm_ms = ? WHERE id = ?"
    changed = (level.tests, level.next_block, level.replies, level.above, level.state, level.reversed, level.alarm_ms)
    db.execute(query, (*changed, level.id))


def _key(spec: LevelSpec) -> tuple[str, str, str]:
    return spec.model, spec.route, spec.outcome
