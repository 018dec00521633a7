"""Cells in the store: declared before data, each with its share of alpha; epochs; and the sums that pages show."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitors.declare import CellSpec

_COLUMNS = "id, kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, next_block, created_ms, pages, test_from"
_COUNTS = "origin, pairs, both, group_only, reference_only, neither, positive, negative, squared, given, given_sum"


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell as it is stored."""

    id: int
    spec: CellSpec
    alpha: float
    next_block: int
    created_ms: int
    test_from: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over the scored pairs of a cell that have a value, by origin; ``given`` counts those whose arms both gave one themselves."""

    origin: str
    pairs: int
    both: int
    group_only: int
    reference_only: int
    neither: int
    positive: float
    negative: float
    squared: float
    given: int = 0
    given_sum: float = 0.0


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
    if known:
        _declare_more(db, specs, known, shares, reserve, now_ms)
    else:
        for spec, alpha in zip(specs, shares(specs), strict=True):
            insert(db, spec, alpha, "declared", now_ms)
    _share_with_drills(db)


def _declare_more(
    db: sqlite3.Connection,
    specs: Sequence[CellSpec],
    known: Mapping[tuple[object, ...], tuple[Any, ...]],
    shares: Shares,
    reserve: Reserve,
    now_ms: int,
) -> None:
    for spec in specs:
        row = known.get(spec.key)
        if row is None:
            insert(db, spec, reserve(_next_draw(db)) if spec.pages else shares([spec])[0], "later", now_ms)
            continue
        db.execute("UPDATE cells SET tolerance = ?, tier = ?, pages = ? WHERE id = ?", (spec.tolerance, spec.tier, spec.pages, row[0]))
        if not spec.pages:
            continue
        if not row[13]:
            renew_alpha(db, row[0], reserve, "pages from now on", now_ms)
        elif row[9] != spec.tolerance:
            renew_alpha(db, row[0], reserve, f"tolerance {row[9]:g} to {spec.tolerance:g}", now_ms)


def _share_with_drills(db: sqlite3.Connection) -> None:
    """Give each drill the least alpha among the cells it stands for, so that it takes as long as the slowest of them."""
    db.execute(
        "UPDATE cells SET alpha = COALESCE((SELECT MIN(alpha) FROM cells real WHERE real.kind = 'pair' AND real.pages "
        "AND real.route = cells.route AND real.outcome = cells.outcome), alpha) WHERE kind = 'drill'"
    )


def renew_alpha(db: sqlite3.Connection, cell_id: int, reserve: Reserve, why: str, now_ms: int, test_from: int | None = None) -> CellRow:
    """Give a cell's next test the next draw from the reserve, written into the ledger.

    It bets on sequence numbers from ``test_from``; if that is not given, on pairs that are planned from now on.
    """
    alpha = reserve(_next_draw(db))
    db.execute("UPDATE cells SET alpha = ?, test_from = COALESCE(?, next_seq) WHERE id = ?", (alpha, test_from, cell_id))
    _note(db, cell_id, alpha, f"later: {why}", now_ms)
    return get(db, cell_id)


def all_cells(db: sqlite3.Connection) -> list[CellRow]:
    """Every cell, by id."""
    return [_row(row) for row in db.execute(f"SELECT {_COLUMNS} FROM cells ORDER BY id")]


def get(db: sqlite3.Connection, cell_id: int) -> CellRow:
    """The cell with this id."""
    return _row(db.execute(f"SELECT {_COLUMNS} FROM cells WHERE id = ?", (cell_id,)).fetchone())


def epoch(db: sqlite3.Connection, cell_id: int, fingerprint: str, revision: str, now_ms: int) -> int:
    """The id of the cell's epoch with this fingerprint, begun now if it is new."""
    row = db.execute("SELECT id FROM epochs WHERE cell_id = ? AND fingerprint = ?", (cell_id, fingerprint)).fetchone()
    if row is not None:
        return int(row[0])
    query = "INSERT INTO epochs (cell_id, fingerprint, revision, started_ms) VALUES (?, ?, ?, ?)"
    return int(db.execute(query, (cell_id, fingerprint, revision, now_ms)).lastrowid or 0)


def count_value(
    db: sqlite3.Connection,
    cell_id: int,
    origin: str,
    reference: float | None,
    group: float | None,
    difference: float,
    *,
    given: bool = True,
) -> None:
    """Add a scored pair's values to the cell's sums; the four counts are of values above one half, where the arms have values.

    ``given`` says that both arms gave a value themselves, where a missing one counts as something.
    """
    valued = reference is not None and group is not None
    high, low = (group or 0.0) > 0.5, (reference or 0.0) > 0.5
    db.execute(
        "INSERT INTO counts "
        "VALUES (:cell, :origin, 1, :both, :group, :reference, :neither, :positive, :negative, :squared, :given, :given_sum) "
        "ON CONFLICT (cell_id, origin) DO UPDATE SET pairs = pairs + 1, both = both + :both, group_only = group_only + :group, "
        "reference_only = reference_only + :reference, neither = neither + :neither, positive = positive + :positive, "
        "negative = negative + :negative, squared = squared + :squared, given = given + :given, given_sum = given_sum + :given_sum",
        {
            "cell": cell_id,
            "origin": origin,
            "both": high and low,
            "group": high and not low,
            "reference": low and not high,
            "neither": valued and not high and not low,
            "positive": max(difference, 0.0),
            "negative": max(-difference, 0.0),
            "squared": difference * difference,
            "given": given,
            "given_sum": difference if given else 0.0,
        },
    )


def counts_of(db: sqlite3.Connection, cell_id: int) -> list[Counts]:
    """The cell's sums, a row an origin."""
    query = f"SELECT {_COUNTS} FROM counts WHERE cell_id = ?"
    return [Counts(*row) for row in db.execute(query, (cell_id,))]


def all_counts(db: sqlite3.Connection) -> dict[int, list[Counts]]:
    """The sums of every cell that has any."""
    found: dict[int, list[Counts]] = {}
    for cell_id, *counts in db.execute(f"SELECT cell_id, {_COUNTS} FROM counts"):
        found.setdefault(cell_id, []).append(Counts(*counts))
    return found


def _row(row: Sequence[Any]) -> CellRow:
    cell_id, kind, model, route, axis, group, outcome, reference, tier, tolerance, alpha, next_block, created_ms, pages, test_from = row
    spec = CellSpec(kind, model, route, axis, group, outcome, reference, tier, tolerance, bool(pages))
    return CellRow(cell_id, spec, alpha, next_block, created_ms, test_from)


def _key(row: Sequence[object]) -> tuple[object, ...]:
    return tuple(row[1:7])


def insert(db: sqlite3.Connection, spec: CellSpec, alpha: float, reason: str, now_ms: int) -> int:
    """Make a cell and return its id; what pages is written into the ledger of alpha."""
    query = (
        "INSERT INTO cells (kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, created_ms, pages) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    values = (*spec.key, spec.reference, spec.tier, spec.tolerance, alpha, now_ms, spec.pages)
    cell_id = int(db.execute(query, values).lastrowid or 0)
    if spec.pages:
        _note(db, cell_id, alpha, reason, now_ms)
    return cell_id


def _note(db: sqlite3.Connection, cell_id: int, alpha: float, reason: str, now_ms: int) -> None:
    db.execute("INSERT INTO alpha_ledger (cell_id, at_ms, alpha, reason) VALUES (?, ?, ?, ?)", (cell_id, now_ms, alpha, reason))


def _next_draw(db: sqlite3.Connection) -> int:
    """Which draw from the reserve the next one is, from 1."""
    return 1 + int(db.execute("SELECT COUNT(*) FROM alpha_ledger WHERE reason LIKE 'later%'").fetchone()[0])
