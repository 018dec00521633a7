"""Texts of pairs, kept only as the operator allowed, and read back side by side."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from monitors.store.pairs import ClosedPair
from monitors.views import EditView, PairView

KeepText = Literal["none", "flagged", "all"]
FLAGGED_EACH_WAY = 10


def keep(db: sqlite3.Connection, pair: ClosedPair, body: bytes, policy: KeepText, now_ms: int) -> None:
    """Keep a scored pair's text: always (``all``), or while among a cell's twenty largest differences (``flagged``), ten each way."""
    if policy == "none":
        return
    flags = [(value.cell_id, 1 if value.difference > 0 else -1, abs(value.difference)) for value in pair.values if value.difference]
    if policy == "flagged" and not flags:
        return
    db.execute("INSERT OR IGNORE INTO texts (pair_id, kept_ms, body) VALUES (?, ?, ?)", (pair.pair_id, now_ms, body))
    if policy == "flagged":
        for cell_id, sign, size in flags:
            db.execute("INSERT OR IGNORE INTO flagged VALUES (?, ?, ?, ?)", (cell_id, sign, pair.pair_id, size))
            _drop_beyond(db, cell_id, sign)


def _drop_beyond(db: sqlite3.Connection, cell_id: int, sign: int) -> None:
    """Unflag what is no longer among the largest (the newest of equals stay), and forget texts that nothing flags any more."""
    query = (
        "DELETE FROM flagged WHERE cell_id = ?1 AND sign = ?2 AND pair_id IN (SELECT f.pair_id FROM flagged f JOIN texts t USING (pair_id) "
        "WHERE f.cell_id = ?1 AND f.sign = ?2 ORDER BY f.size DESC, t.kept_ms DESC, f.pair_id LIMIT -1 OFFSET ?3) RETURNING pair_id"
    )
    for (pair_id,) in db.execute(query, (cell_id, sign, FLAGGED_EACH_WAY)).fetchall():
        db.execute("DELETE FROM texts WHERE pair_id = ?1 AND NOT EXISTS (SELECT 1 FROM flagged WHERE pair_id = ?1)", (pair_id,))


@dataclass(frozen=True, slots=True)
class KeptText:
    """The kept text of a pair, with its route, axis and group."""

    route: str
    axis: str
    group: str
    body: bytes


def newest(db: sqlite3.Connection, most: int) -> list[KeptText]:
    """The texts that were kept last."""
    query = "SELECT p.route, p.axis, p.grp, t.body FROM texts t JOIN pairs p USING (pair_id) ORDER BY t.kept_ms DESC, t.pair_id LIMIT ?"
    return [KeptText(*row) for row in db.execute(query, (most,))]


def forget_older(db: sqlite3.Connection, before_ms: int) -> int:
    """Delete texts kept before a time; returns how many."""
    db.execute("DELETE FROM flagged WHERE pair_id IN (SELECT pair_id FROM texts WHERE kept_ms < ?)", (before_ms,))
    return db.execute("DELETE FROM texts WHERE kept_ms < ?", (before_ms,)).rowcount


def pair_views(db: sqlite3.Connection, cell_id: int, limit: int) -> list[PairView]:
    """Kept pairs of a cell: the two largest differences of each direction, one at random, then the others.

    Those come by size, both directions in turn, and last the pairs without a difference, newest first. A pair's id is a hash, so that the
    least of them is one at random, and the same one at every look.
    """
    query = (
        "WITH kept AS (SELECT p.pair_id, p.exchange_id, COALESCE(p.closed_ms, 0), p.kind, p.origin, m.difference, m.reference_value, "
        "m.group_value, t.body, ROW_NUMBER() OVER (PARTITION BY SIGN(m.difference) "
        "ORDER BY ABS(m.difference) DESC, t.kept_ms DESC, p.pair_id) AS place "
        "FROM members m JOIN texts t USING (pair_id) JOIN pairs p USING (pair_id) WHERE m.cell_id = ? AND m.difference IS NOT NULL), "
        "drawn AS (SELECT MIN(pair_id) AS pair_id FROM kept WHERE difference = 0 OR place > 2) "
        "SELECT kept.* FROM kept, drawn ORDER BY CASE WHEN difference != 0 AND place <= 2 THEN 0 WHEN kept.pair_id = drawn.pair_id THEN 1 "
        "ELSE 2 END, difference = 0, place, difference LIMIT ?"
    )
    return [_view(row) for row in db.execute(query, (cell_id, limit))]


def _view(row: tuple[Any, ...]) -> PairView:
    pair_id, exchange_id, closed_ms, kind, origin, difference, reference_value, group_value, body, _ = row
    text = orjson.loads(body)
    return PairView(
        pair_id=pair_id,
        exchange_id=exchange_id,
        scored_ms=closed_ms,
        kind=kind,
        origin=origin,
        direction="group_higher" if difference > 0 else "group_lower" if difference < 0 else "equal",
        difference=difference,
        reference_value=reference_value,
        group_value=group_value,
        reference_text=text["reference_text"],
        group_text=text["group_text"],
        reference_reply=text["reference_reply"],
        group_reply=text["group_reply"],
        edits=tuple(EditView(*edit) for edit in text["edits"]),
    )
