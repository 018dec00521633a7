"""Which cells a page shows, and which comes first."""

from collections.abc import Callable, Iterable
from typing import Any

from monitors.console import words
from monitors.views import GAPS, CellView, Verdict

RANK: dict[Verdict, int] = {"beyond_tolerance": 0, "suspended": 1, "learning": 2, "within_tolerance": 3}


def worst(cell: CellView) -> tuple[Any, ...]:
    """Alarms first, then the evidence that has come furthest, then the larger gap."""
    return RANK[cell.verdict], cell.evidence_threshold_log10 - cell.evidence_log10, -abs(cell.gap or 0), cell.id


SORTS: dict[str, Callable[[CellView], tuple[Any, ...]]] = {
    "worst": worst,
    "gap": lambda cell: (-abs(cell.gap or 0), cell.id),
    "evidence": lambda cell: (-cell.evidence_log10, cell.id),
    "pairs": lambda cell: (-cell.pairs, cell.id),
    "name": lambda cell: (words.name(cell), cell.id),
}


def shown(cells: Iterable[CellView], *, sort: str, verdict: str, search: str) -> list[CellView]:
    """The cells of a page in order. Placebo cells are shown with the cells they belong to; an unknown sort means worst first."""
    wanted = [
        cell
        for cell in cells
        if cell.kind in GAPS and verdict in ("", cell.verdict) and search.strip().casefold() in words.name(cell).casefold()
    ]
    return sorted(wanted, key=SORTS.get(sort, worst))
