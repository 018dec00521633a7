"""Cells: what pairs add up to, block by block.

``accumulator`` (one cell's test, interval and verdict) · ``book`` (all of them, sealed from the store's log) · ``judge`` (alarms, latched
and cleared) · ``confirmation`` (held-out names after an alarm) · ``drill`` (a planted gap that has to be found)
"""

from monitors.cells.accumulator import Accumulator, CellOptions
from monitors.cells.book import CellBook
from monitors.cells.judge import Sealed

__all__ = ["Accumulator", "CellBook", "CellOptions", "Sealed"]
