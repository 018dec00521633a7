"""Coordinates of the small drawings: an interval against its tolerance, and evidence on its way to the threshold."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitors.views import CellView

WIDTH = 200.0
STEPS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Interval:
    """Horizontal places in a drawing ``WIDTH`` wide, centred on no gap; ``scale`` is the gap at its right edge."""

    scale: float
    tolerance_left: float
    tolerance_width: float
    low: float | None
    high: float | None
    gap: float | None


def scale_for(cells: Iterable[CellView]) -> float:
    """One scale for all cells of a page, so that their drawings can be compared; a share of the range."""
    sizes = [abs(size) for cell in cells for size in (cell.tolerance, cell.gap, cell.gap_lower, cell.gap_upper) if size is not None]
    widest = max(sizes, default=STEPS[0])
    return next((step for step in STEPS if widest <= step), STEPS[-1])


def interval(cell: CellView, scale: float) -> Interval:
    """Where a cell's tolerance, interval and gap lie."""

    def place(share: float | None) -> float | None:
        return None if share is None else round(WIDTH / 2 * (1 + max(-1.0, min(1.0, share / scale))), 1)

    left, right = place(-cell.tolerance) or 0.0, place(cell.tolerance) or 0.0
    return Interval(scale, left, round(right - left, 1), place(cell.gap_lower), place(cell.gap_upper), place(cell.gap))


def evidence_width(cell: CellView) -> float:
    """How far evidence has come to its threshold on the log scale, as a width of at most ``WIDTH``."""
    if cell.evidence_threshold_log10 <= 0:
        return 0.0
    return round(WIDTH * max(0.0, min(1.0, cell.evidence_log10 / cell.evidence_threshold_log10)), 1)
