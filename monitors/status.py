"""The monitor as pages, metrics and alerts see it: one consistent reading, made at most once a second."""

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from gateway.queue import Depth, Queue, QueueError
from gateway.settings import Budget
from monitors import budget
from monitors.cells import Accumulator, CellBook
from monitors.declare import companion_of
from monitors.live_list import listed
from monitors.scorers import AnyScorer
from monitors.stats.clusters import Agreement, agreement
from monitors.stats.planner import smallest_excludable_gap
from monitors.store import Store, cells, exchanges, texts
from monitors.store.cells import CellRow, Counts
from monitors.store.reader import StoreReader
from monitors.views import CellView, OriginGap, PairView, PipelineView, Totals, Verdict

MAX_AGE_SECONDS = 1.0
NAMED_PAIRS_READ = 20_000
Ends = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one look at the store gave."""

    at: float
    cells: tuple[CellView, ...]
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
        self._store, self._queue, self._book, self._scorers = store, queue, book, scorers
        self._spending, self._problems, self._now_ms = spending, problems, now_ms
        self._lock = threading.Lock()
        self._made: _Reading | None = None
        self._ends: dict[int, tuple[Accumulator, Ends]] = {}
        self._agreed: dict[int, tuple[Accumulator, Agreement]] = {}

    def cells(self) -> Sequence[CellView]:
        """Every cell, placebo cells and roll-ups included."""
        return self._reading().cells

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
            self._refresh_intervals()
            counts = {cell_id: cells.counts_of(db, cell_id) for cell_id in self._book.cells}
            started = {row[0]: row[1] for row in db.execute("SELECT id, started_ms FROM epochs")}
            out = listed(self._book.cells.values(), self._book.accumulators)
            views = tuple(self._view(db, cell, counts, started, cell.id in out) for cell in self._book.cells.values())
            left = budget.left_share(db, self._spending, self._now_ms())
            return _Reading(at, views, exchanges.totals(db), exchanges.in_progress(db), left)
        finally:
            db.execute("COMMIT")

    def _refresh_intervals(self) -> None:
        """Intervals of the cells that sealed a block since the last look, in one batch."""
        changed = [c for c, accumulator in self._book.accumulators.items() if self._ends.get(c, (None,))[0] is not accumulator]
        kept = {cell_id: self._book.accumulators[cell_id] for cell_id in changed}
        for cell_id, ends in self._book.intervals(changed).items():
            self._ends[cell_id] = (kept[cell_id], ends)

    def _view(
        self, db: sqlite3.Connection, cell: CellRow, counts: Mapping[int, Sequence[Counts]], started: Mapping[int, int], is_listed: bool
    ) -> CellView:
        spec, own = cell.spec, counts[cell.id]
        accumulator = self._book.accumulators[cell.id]
        pairs, positive, negative = sum(c.pairs for c in own), sum(c.positive for c in own), sum(c.negative for c in own)
        squared = sum(c.squared for c in own)
        gap = accumulator.total / accumulator.bets if accumulator.bets else (positive - negative) / pairs if pairs else None
        ends = self._ends[cell.id][1] if accumulator.bets and cell.id in self._ends else None
        placebo = self._placebo(cell, counts)
        alarm = self._book.alarms.get(cell.id)
        named = self._names(db, cell, accumulator) if alarm is not None else None
        scorer = self._scorer(spec.route, spec.outcome)
        companion = companion_of(spec.outcome) is not None or spec.outcome == "arm_failed"
        sd = math.sqrt(max(squared / pairs - (gap or 0.0) ** 2, 0.0)) if pairs else None
        return CellView(
            id=cell.id,
            kind=spec.kind,
            model=spec.model,
            route=spec.route,
            axis=spec.axis,
            group=spec.group,
            reference=spec.reference,
            outcome=spec.outcome,
            tier=spec.tier,
            tolerance=spec.tolerance,
            binary=companion or (scorer is not None and scorer.binary),
            polarity="neither" if companion or scorer is None else scorer.polarity,
            pairs=pairs,
            both=sum(c.both for c in own),
            group_only=sum(c.group_only for c in own),
            reference_only=sum(c.reference_only for c in own),
            neither=sum(c.neither for c in own),
            positive_sum=positive,
            negative_sum=negative,
            squared_sum=squared,
            gap=gap,
            gap_lower=ends[0] if ends else None,
            gap_upper=ends[1] if ends else None,
            recent_gap=accumulator.window.mean if ends else None,
            recent_lower=ends[2] if ends else None,
            recent_upper=ends[3] if ends else None,
            placebo_gap=placebo[0],
            placebo_pairs=placebo[1],
            evidence_log10=math.log10(max(accumulator.evidence.e_value, 1e-300)),
            evidence_threshold_log10=-math.log10(cell.alpha),
            verdict=self._verdict(cell, accumulator),
            direction=alarm.direction if alarm else None,
            alarm_ms=alarm.raised_ms if alarm else None,
            alarm_pairs=alarm.pairs if alarm else None,
            standing=alarm is not None and alarm.since_block == 0,
            smallest_excludable_gap=smallest_excludable_gap(pairs, sd, cell.alpha) if sd else None,
            origins=tuple(OriginGap(c.origin, c.pairs, (c.positive - c.negative) / c.pairs) for c in own if c.pairs),
            names_agree=named.agreeing if named else None,
            names_total=named.names if named else None,
            names_p=named.p if named else None,
            epoch=accumulator.epoch_id,
            epoch_started_ms=started.get(accumulator.epoch_id, cell.created_ms),
            alpha=cell.alpha,
            alpha_spent=cell.alpha * accumulator.evidence.spent,
            bets=accumulator.bets,
            difference_sd=sd,
            listed=is_listed,
        )

    def _verdict(self, cell: CellRow, accumulator: Accumulator) -> Verdict:
        """The cell's state; where the placebo test of the same outcome has alarmed, the instrument itself is in doubt."""
        spec = cell.spec
        control = self._book.find(("placebo", spec.model, spec.route, spec.axis, "", spec.outcome)) if spec.kind == "pair" else None
        if control is not None and control.id in self._book.alarms:
            return "suspended"
        if cell.id in self._book.alarms:
            return "beyond_tolerance"
        return "within_tolerance" if accumulator.within.holds else "learning"

    def _placebo(self, cell: CellRow, counts: Mapping[int, Sequence[Counts]]) -> tuple[float | None, int]:
        spec = cell.spec
        control = self._book.find(("placebo", spec.model, spec.route, spec.axis, "", spec.outcome)) if spec.kind == "pair" else None
        rows = counts[control.id] if control else ()
        pairs = sum(row.pairs for row in rows)
        return (sum(row.positive - row.negative for row in rows) / pairs, pairs) if pairs else (None, 0)

    def _scorer(self, route: str, outcome: str) -> AnyScorer | None:
        name = companion_of(outcome) or outcome
        if route:
            return self._scorers.get(route, {}).get(name)  # a cell may be of a route that was taken out of the configuration
        return next((scorers[name] for scorers in self._scorers.values() if name in scorers), None)

    def _names(self, db: sqlite3.Connection, cell: CellRow, accumulator: Accumulator) -> Agreement | None:
        """Whether the names agree, for a cell with an alarm; worked out anew when a block was sealed."""
        known = self._agreed.get(cell.id)
        if known is not None and known[0] is accumulator:
            return known[1]
        query = (
            "SELECT m.difference, p.names FROM members m JOIN pairs p USING (pair_id) "
            "WHERE m.cell_id = ? AND m.difference IS NOT NULL AND p.names != '[]' LIMIT ?"
        )
        rows = [(difference, "/".join(orjson.loads(names)[0])) for difference, names in db.execute(query, (cell.id, NAMED_PAIRS_READ))]
        if len({name for _, name in rows}) < 2:
            return None
        found = agreement([row[0] for row in rows], [row[1] for row in rows], seed=cell.id)
        self._agreed[cell.id] = (accumulator, found)
        return found
