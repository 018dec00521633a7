"""A look at the cells of a data folder from outside the monitor: what its own pages show, read from the store's file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gateway.settings import Settings
from monitors.cells import CellBook, CellOptions
from monitors.declare import alpha_of_later
from monitors.outlook import scorers_of
from monitors.status import Status
from monitors.store.reader import StoreReader
from monitors.views import CellView


def cells_of(settings: Settings, data_dir: Path, now_ms: Callable[[], int]) -> Sequence[CellView]:
    """Every cell as it stands in ``data_dir``; raises ``StoreError``, also where the monitor never ran."""
    monitor = settings.monitor
    if monitor is None:
        raise ValueError("the configuration has no monitor: section")
    reader = StoreReader(data_dir / "store.db")
    try:
        book = CellBook(CellOptions(monitor.alpha_budget, b"", lambda k: alpha_of_later(k, monitor.alpha)))  # nothing is sealed here
        reader.read(book.load)
        return Status(reader, None, book, scorers_of(settings), monitor.budget, {}, now_ms).cells()
    finally:
        reader.close()
