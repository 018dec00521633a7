"""Cells in the store: declared before data, each with its share of alpha; epochs; and the sums that pages show."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitors.declare import CellSpec

_COLUMNS = "id, kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, next_block, created_ms"


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell as it is stored."""

    id: int
    spec: CellSpec
    alpha: float
    next_block: int
    created_ms: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over the scored pairs of a cell that have a value, by origin."""

    origin: str
    pairs: int
    both: int
    group_only: int
    reference_only: int
    neither: int
    positive: float
    negative: float
    squared: float


Shares = Callable[[Sequence[CellSpec]], Sequence[float]]
"""The alpha of each of the cells that a first configuration declares."""
Reserve = Callable[[int], float]
"""The alpha of the k-th cell or restart that comes later, k from 1."""


def declare(db: sqlite3.Connection, specs: Sequence[CellSpec], shares: Shares, reserve: Reserve, now_ms: int) -> None:
    """Make the cells that are not there yet and take over changed tolerances; alpha once given is never changed, only spent anew.

    The first configuration's cells share alpha among them. Whatever comes later, a new cell or a new test after a changed tolerance, draws
    the next part of the reserve and is written into the ledger.
    """
    known = {_key(row): row for row in db.execute(f"SELECT {_COLUMNS} FROM cells")}
    if not known:
        for spec, alpha in zip(specs, shares(specs), strict=True):
            _insert(db, spec, alpha, "declared", now_ms)
        return
    for spec in specs:
        row = known.get(spec.key)
        if row is None:
            _insert(db, spec, reserve(_next_draw(db)), "later", now_ms)
        elif row[9] != spec.tolerance:
            db.execute("UPDATE cells SET tolerance = ?, tier = ? WHERE id = ?", (spec.tolerance, spec.tier, row[0]))
            renew_alpha(db, row[0], reserve, f"tolerance {row[9]:g} to {spec.tolerance:g}", now_ms)
        elif row[8] != spec.tier:
            db.execute("UPDATE cells SET tier = ? WHERE id = ?", (spec.tier, row[0]))


def renew_alpha(db: sqlite3.Connection, cell_id: int, reserve: Reserve, why: str, now_ms: int) -> float:
    """The alpha of a cell's next test: the next draw from the reserve, written into the ledger."""
    alpha = reserve(_next_draw(db))
    db.execute("UPDATE cells SET alpha = ? WHERE id = ?", (alpha, cell_id))
    _note(db, cell_id, alpha, f"later: {why}", now_ms)
    return alpha


def all_cells(db: sqlite3.Connection) -> list[CellRow]:
    """Every cell, by id."""
    return [
        CellRow(row[0], CellSpec(row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9]), row[10], row[11], row[12])
        for row in db.execute(f"SELECT {_COLUMNS} FROM cells ORDER BY id")
    ]


def epoch(db: sqlite3.Connection, cell_id: int, fingerprint: str, revision: str, now_ms: int) -> int:
    """The id of the cell's epoch with this fingerprint, begun now if it is new."""
    row = db.execute("SELECT id FROM epochs WHERE cell_id = ? AND fingerprint = ?", (cell_id, fingerprint)).fetchone()
    if row is not None:
        return int(row[0])
    query = "INSERT INTO epochs (cell_id, fingerprint, revision, started_ms) VALUES (?, ?, ?, ?)"
    return int(db.execute(query, (cell_id, fingerprint, revision, now_ms)).lastrowid or 0)


def count_value(db: sqlite3.Connection, cell_id: int, origin: str, reference: float, group: float, difference: float) -> None:
    """Add a scored pair's values to the cell's sums; the four counts are of values above one half."""
    high, low = group > 0.5, reference > 0.5
    db.execute(
        "INSERT INTO counts VALUES (:cell, :origin, 1, :both, :group, :reference, :neither, :positive, :negative, :squared) "
        "ON CONFLICT (cell_id, origin) DO UPDATE SET pairs = pairs + 1, both = both + :both, group_only = group_only + :group, "
        "reference_only = reference_only + :reference, neither = neither + :neither, positive = positive + :positive, "
        "negative = negative + :negative, squared = squared + :squared",
        {
            "cell": cell_id,
            "origin": origin,
            "both": high and low,
            "group": high and not low,
            "reference": low and not high,
            "neither": not high and not low,
            "positive": max(difference, 0.0),
            "negative": max(-difference, 0.0),
            "squared": difference * difference,
        },
    )


def counts_of(db: sqlite3.Connection, cell_id: int) -> list[Counts]:
    """The cell's sums, a row an origin."""
    query = "SELECT origin, pairs, both, group_only, reference_only, neither, positive, negative, squared FROM counts WHERE cell_id = ?"
    return [Counts(*row) for row in db.execute(query, (cell_id,))]


def _key(row: Sequence[object]) -> tuple[object, ...]:
    return tuple(row[1:7])


def _insert(db: sqlite3.Connection, spec: CellSpec, alpha: float, reason: str, now_ms: int) -> None:
    cursor = db.execute(
        "INSERT INTO cells (kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, created_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*spec.key, spec.reference, spec.tier, spec.tolerance, alpha, now_ms),
    )
    _note(db, int(cursor.lastrowid or 0), alpha, reason, now_ms)


def _note(db: sqlite3.Connection, cell_id: int, alpha: float, reason: str, now_ms: int) -> None:
    db.execute("INSERT INTO alpha_ledger (cell_id, at_ms, alpha, reason) VALUES (?, ?, ?, ?)", (cell_id, now_ms, alpha, reason))


def _next_draw(db: sqlite3.Connection) -> int:
    """Which draw from the reserve the next one is, from 1."""
    return 1 + int(db.execute("SELECT COUNT(*) FROM alpha_ledger WHERE reason LIKE 'later%'").fetchone()[0])
