"""The log of pairs: planned with their places in the cells before any reply is known, then closed exactly once."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from gateway.exchange import Exchange
from monitors.store import exchanges
from monitors.store.cells import count_value, epoch

_BY_ORIGIN = frozenset({"pair", "rollup", "confirmation", "origin"})


@dataclass(frozen=True, slots=True)
class Membership:
    """A pair's place in one cell, with the tolerance it will be folded with."""

    cell_id: int
    tolerance: float


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """A pair about to be made. ``origin`` is the group its text named; ``reference`` the cell's reference group."""

    pair_id: str
    kind: str
    axis: str
    group: str
    origin: str
    names: tuple[tuple[str, str], ...]
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class PlanBody:
    """All that is needed to go on with a planned exchange: its arms, and the tokens reserved for them from a UTC day's budget."""

    arms: bytes
    day: str
    tokens: int


@dataclass(frozen=True, slots=True)
class SeenKey:
    """A prompt or conversation key in the scope where it may count once."""

    scope: str
    kind: str
    key: bytes


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a scored pair says in one cell; ``difference`` None is "no value" and leaves its bet void.

    ``given`` is False where an arm gave none itself and that counts as something, as in a decision.
    """

    cell_id: int
    reference: float | None
    group: float | None
    difference: float | None
    fingerprint: str
    given: bool = True


@dataclass(frozen=True, slots=True)
class ClosedPair:
    """How a pair ended: ``scored`` with its values, or ``dropped`` (with none but that of ``arm_failed``) and why."""

    pair_id: str
    state: str
    reason: str
    revision: str
    values: tuple[CellValue, ...]


@dataclass(frozen=True, slots=True)
class DuePair:
    """A pair whose deadline has passed."""

    exchange_id: str
    pair_id: str
    kind: str
    model: str
    route: str
    axis: str
    group: str


ValuesOf = Callable[[DuePair], Iterable[CellValue]]


def first_seen(db: sqlite3.Connection, keys: Iterable[SeenKey], day_ago_ms: int) -> set[SeenKey]:
    """Those of the keys that have not counted yet: a prompt ever, a conversation within 24 hours."""
    query = "SELECT at_ms FROM seen_keys WHERE scope = ? AND kind = ? AND key = ?"
    fresh = set()
    for key in keys:
        row = db.execute(query, (key.scope, key.kind, key.key)).fetchone()
        if row is None or (key.kind == "conversation" and row[0] < day_ago_ms):
            fresh.add(key)
    return fresh


def plan(
    db: sqlite3.Connection,
    exchange: Exchange,
    pairs: Sequence[PlannedPair],
    keys: Iterable[SeenKey],
    body: PlanBody,
    now_ms: int,
    deadline_ms: int,
) -> None:
    """Write down an exchange's pairs, their places in the cells, and all that is needed to go on with them (``body``)."""
    exchanges.open_exchange(db, exchange)
    for pair in pairs:
        db.execute(
            "INSERT INTO pairs (pair_id, exchange_id, kind, model, route, axis, grp, origin, names, state, planned_ms, deadline_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?)",
            (
                *(pair.pair_id, exchange.id, pair.kind, exchange.model, exchange.route, pair.axis, pair.group, pair.origin),
                *(orjson.dumps(pair.names).decode(), now_ms, deadline_ms),
            ),
        )
        for membership in pair.memberships:
            _place(db, membership, pair)
    for key in keys:
        db.execute("INSERT OR REPLACE INTO seen_keys (scope, kind, key, at_ms) VALUES (?, ?, ?, ?)", (key.scope, key.kind, key.key, now_ms))
    query = "INSERT INTO plans (exchange_id, body, day, tokens) VALUES (?, ?, ?, ?)"
    db.execute(query, (exchange.id, body.arms, body.day, body.tokens))


def planned_body(db: sqlite3.Connection, exchange_id: str) -> PlanBody | None:
    """What ``plan`` was given for an exchange that is still open."""
    row = db.execute("SELECT body, day, tokens FROM plans WHERE exchange_id = ?", (exchange_id,)).fetchone()
    return None if row is None else PlanBody(*row)


def close(db: sqlite3.Connection, exchange_id: str, fate: str, reason: str, pairs: Sequence[ClosedPair], now_ms: int) -> set[int]:
    """Close an exchange with its pairs and return the cells whose bets changed; nothing happens to one that was closed before."""
    if not exchanges.close_exchange(db, exchange_id, fate, reason, now_ms):
        return set()
    touched: set[int] = set()
    for pair in pairs:
        update = "UPDATE pairs SET state = ?, reason = ?, revision = ?, closed_ms = ? WHERE pair_id = ? AND state = 'planned'"
        db.execute(update, (pair.state, pair.reason, pair.revision, now_ms, pair.pair_id))
        for value in pair.values:
            _record(db, pair.pair_id, pair.revision, value, now_ms)
        touched |= _void_rest(db, pair.pair_id)
    return touched


def expire(db: sqlite3.Connection, now_ms: int, values_of: ValuesOf = lambda due: ()) -> tuple[list[str], set[int]]:
    """Write an end to every pair past its deadline; returns their exchanges and the cells whose bets changed.

    ``values_of`` says what a pair that got no answer in time still says: that it did not.
    """
    query = "SELECT exchange_id, pair_id, kind, model, route, axis, grp FROM pairs WHERE state = 'planned' AND deadline_ms < ?"
    touched: set[int] = set()
    ended = []
    for row in db.execute(query, (now_ms,)).fetchall():
        due = DuePair(*row)
        db.execute("UPDATE pairs SET state = 'expired', closed_ms = ? WHERE pair_id = ?", (now_ms, due.pair_id))
        for value in values_of(due):
            _record(db, due.pair_id, "", value, now_ms)
        touched |= _void_rest(db, due.pair_id)
        if exchanges.close_exchange(db, due.exchange_id, "expired", "", now_ms):
            ended.append(due.exchange_id)
    return ended, touched


def _place(db: sqlite3.Connection, membership: Membership, pair: PlannedPair) -> None:
    """Give the pair its bet in the cell.

    A text's own group has an advantage in the arm that keeps its author's wording, so once texts of both groups occur in a cell a bet is
    the mean of two pairs, one of each origin, matched in order of arrival; who waits for whom never depends on a reply. The check of that
    advantage bets on such matches alone, of pairs with one group, so that a gap cancels in it.
    """
    cell_id = membership.cell_id
    insert = "INSERT INTO members (cell_id, pair_id, origin, tolerance) VALUES (?, ?, ?, ?)"
    db.execute(insert, (cell_id, pair.pair_id, pair.origin, membership.tolerance))
    kind, seen, reference = db.execute("SELECT kind, origins, reference FROM cells WHERE id = ?", (cell_id,)).fetchone()
    side = "reference" if pair.origin == reference else "group" if pair.origin == pair.group else "neither"
    if kind not in _BY_ORIGIN or side == "neither":
        _bet(db, cell_id, (pair.pair_id,))
        return
    if kind != "origin" and seen in ("", side):
        db.execute("UPDATE cells SET origins = ? WHERE id = ?", (side, cell_id))
        _bet(db, cell_id, (pair.pair_id,))
        return
    db.execute("UPDATE cells SET origins = 'both' WHERE id = ?", (cell_id,))
    group = pair.group if kind == "origin" else ""
    other = "group" if side == "reference" else "reference"
    query = "SELECT id, pair_id FROM waiting WHERE cell_id = ? AND side = ? AND grp = ? ORDER BY id LIMIT 1"
    partner = db.execute(query, (cell_id, other, group)).fetchone()
    if partner is None:
        db.execute("INSERT INTO waiting (cell_id, side, grp, pair_id) VALUES (?, ?, ?, ?)", (cell_id, side, group, pair.pair_id))
        return
    db.execute("DELETE FROM waiting WHERE id = ?", (partner[0],))
    _bet(db, cell_id, (partner[1], pair.pair_id))


def _bet(db: sqlite3.Connection, cell_id: int, pair_ids: Sequence[str]) -> None:
    """Give pairs the cell's next sequence number, one slot each."""
    query = "UPDATE cells SET next_seq = next_seq + 1 WHERE id = ? RETURNING next_seq - 1"
    seq = db.execute(query, (cell_id,)).fetchone()[0]
    for slot, pair_id in enumerate(pair_ids):
        db.execute("UPDATE members SET seq = ?, slot = ? WHERE cell_id = ? AND pair_id = ?", (seq, slot, cell_id, pair_id))


def _record(db: sqlite3.Connection, pair_id: str, revision: str, value: CellValue, now_ms: int) -> None:
    """Write a pair's value in a cell where it has an open place."""
    open_place = "SELECT origin FROM members WHERE cell_id = ? AND pair_id = ? AND state = 'open'"
    place = db.execute(open_place, (value.cell_id, pair_id)).fetchone()
    if place is None:
        return
    epoch_id = epoch(db, value.cell_id, value.fingerprint, revision, now_ms)
    state = "void" if value.difference is None else "value"
    query = (
        "UPDATE members SET state = ?, reference_value = ?, group_value = ?, difference = ?, epoch_id = ? WHERE cell_id = ? AND pair_id = ?"
    )
    db.execute(query, (state, value.reference, value.group, value.difference, epoch_id, value.cell_id, pair_id))
    if value.difference is not None:
        count_value(db, value.cell_id, place[0], value.reference, value.group, value.difference, given=value.given)


def _void_rest(db: sqlite3.Connection, pair_id: str) -> set[int]:
    """Close the pair's places that got no value, and name all its cells."""
    db.execute("UPDATE members SET state = 'void' WHERE pair_id = ? AND state = 'open'", (pair_id,))
    return {row[0] for row in db.execute("SELECT cell_id FROM members WHERE pair_id = ?", (pair_id,))}
