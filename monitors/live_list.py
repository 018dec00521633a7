"""The list of the moment: which cells stand out now, over all of them, by e-BH. It orders a page; only the latched alarm pages."""

from collections.abc import Collection, Mapping

from monitors.cells import Accumulator
from monitors.stats.weights import ebh
from monitors.store.cells import CellRow
from monitors.views import GAPS


def listed(cells: Collection[CellRow], accumulators: Mapping[int, Accumulator]) -> frozenset[int]:
    """Ids of the cells on the list, of those that compare groups.

    Of the cells on it at one look, at most a share alpha is there for nothing on average, alpha being what they hold together. Past the
    horizon a cell's evidence counts over what its test has spent.
    """
    compared = [cell for cell in cells if cell.spec.kind in GAPS and cell.spec.pages]
    alpha = sum(cell.alpha for cell in compared)
    if not alpha:
        return frozenset()
    tests = [accumulators[cell.id].evidence for cell in compared]
    evidence = [test.e_value / max(test.spent, 1.0) for test in tests]
    return frozenset(compared[place].id for place in ebh(evidence, alpha, [cell.alpha / alpha for cell in compared]).tolist())
