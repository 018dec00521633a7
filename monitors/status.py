"""The monitor as pages, metrics and alerts see it: one consistent reading, made at most once a second."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.queue import Depth, Queue, QueueError
from gateway.settings import Budget
from monitors import budget
from monitors.cell_views import CellViews
from monitors.cells import CellBook
from monitors.scorers import AnyScorer
from monitors.store import Store, exchanges, texts
from monitors.store.reader import StoreReader
from monitors.views import CellView, DrillView, PairView, PipelineView, Totals

MAX_AGE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one look at the store gave."""

    at: float
    cells: tuple[CellView, ...]
    drills: tuple[DrillView, ...]
    totals: Totals
    in_progress: int
    left_share: float


class Status:
    """The monitor's ``Source``; safe to call from several threads. Without a queue, where only the store is read, it counts as empty."""

    def __init__(
        self,
        store: Store | StoreReader,
        queue: Queue | None,
        book: CellBook,
        scorers: Mapping[str, Mapping[str, AnyScorer]],
        spending: Budget,
        problems: Mapping[str, str],
        now_ms: Callable[[], int],
    ) -> None:
        """``problems`` are told as they are; those under an outcome's name stand at its cells too."""
        self._store, self._queue, self._views = store, queue, CellViews(book, scorers, problems)
        self._spending, self._problems, self._now_ms = spending, problems, now_ms
        self._lock = threading.Lock()
        self._made: _Reading | None = None

    def cells(self) -> Sequence[CellView]:
        """Every cell, placebo cells and roll-ups included."""
        return self._reading().cells

    def drills(self) -> Sequence[DrillView]:
        """Every drill."""
        return self._reading().drills

    def totals(self) -> Totals:
        """Every counter of the store."""
        return self._reading().totals

    def pipeline(self) -> PipelineView:
        """The state between queue and store; a storage that cannot be read is a problem, not an exception."""
        reading, problems = self._reading(), dict(self._problems)
        try:
            depth = self._queue.depth() if self._queue else Depth(0, 0, None, 0)
        except QueueError as error:
            problems["queue"], depth = str(error), Depth(0, 0, None, 0)
        oldest = 0.0 if depth.oldest_ms is None else max(0.0, (self._now_ms() - depth.oldest_ms) / 1000)
        told = tuple(f"{part}: {problem}" for part, problem in sorted(problems.items()))
        return PipelineView(depth.items, depth.bytes, oldest, reading.in_progress, reading.left_share, told)

    def pairs(self, cell_id: int, limit: int) -> Sequence[PairView]:
        """Pairs of a cell whose text was kept."""
        with self._lock:
            return self._store.read(texts.pair_views, cell_id, limit)

    def _reading(self) -> _Reading:
        with self._lock:
            now = time.monotonic()
            if self._made is None or now - self._made.at >= MAX_AGE_SECONDS:
                self._made = self._store.read(self._read, now)
            return self._made

    def _read(self, db: sqlite3.Connection, at: float) -> _Reading:
        db.execute("BEGIN")
        try:
            views, drills = self._views.read(db, self._now_ms()), self._views.drills(db)
            left = budget.left_share(db, self._spending, self._now_ms())
            return _Reading(at, views, drills, exchanges.totals(db), exchanges.in_progress(db), left)
        finally:
            db.execute("COMMIT")
