"""A cell with all that is known of it, put together for pages and metrics: sums from the store, evidence and intervals from the book."""

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from monitors.cells import Accumulator, CellBook, drill
from monitors.declare import FAULTS, companion_of, drill_gap
from monitors.live_list import listed
from monitors.scorers import AnyScorer
from monitors.stats.clusters import Agreement, LeftOut, agreement
from monitors.stats.planner import smallest_excludable_gap
from monitors.store import cells, runs
from monitors.store.cells import CellRow, Counts
from monitors.views import CHECKS, GAPS, CellView, DrillView, NameLeftOut, OriginGap, Verdict

NAMED_PAIRS_READ = 20_000
Ends = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Read:
    """What one look at the store gave, for all cells."""

    counts: Mapping[int, Sequence[Counts]]
    started: Mapping[int, int]
    listed: frozenset[int]
    now_ms: int


@dataclass(frozen=True, slots=True)
class _Noise:
    """Pairs of a check with their mean and mean squared difference, None without any."""

    pairs: int
    gap: float | None
    squared: float | None


class CellViews:
    """Makes the views of all cells; intervals and the agreement of names are worked out anew only where a block was sealed since."""

    def __init__(
        self, book: CellBook, scorers: Mapping[str, Mapping[str, AnyScorer]], problems: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """``problems`` says of outcomes why they get no values at the moment."""
        self._book, self._scorers, self._problems = book, scorers, problems
        self._ends: dict[int, tuple[Accumulator, Ends]] = {}
        self._agreed: dict[int, tuple[Accumulator, Agreement]] = {}

    def read(self, db: sqlite3.Connection, now_ms: int) -> tuple[CellView, ...]:
        """Every cell but those of drills and confirmation runs, which stand behind others."""
        self._refresh_intervals()
        started = {row[0]: row[1] for row in db.execute("SELECT id, started_ms FROM epochs")}
        read = _Read(cells.all_counts(db), started, listed(self._book.cells.values(), self._book.accumulators), now_ms)
        shown = [cell for cell in self._book.cells.values() if cell.spec.kind in GAPS or cell.spec.kind in CHECKS]
        return tuple(self._view(db, cell, read) for cell in shown)

    def drills(self, db: sqlite3.Connection) -> tuple[DrillView, ...]:
        """Every drill."""
        last, found = runs.last_drills(db), runs.found_after(db)
        views = []
        for cell in self._book.cells.values():
            if cell.spec.kind == "drill":
                accumulator, row = self._book.accumulators[cell.id], last.get(cell.id)
                detected = row.detected if row else None
                planned, pairs = drill.planned_pairs(cell, accumulator), accumulator.evidence.pairs
                gap = drill_gap(cell.spec.tolerance)
                views.append(DrillView(cell.spec.route, cell.spec.outcome, gap, detected, found.get(cell.id), planned, pairs))
        return tuple(views)

    def _refresh_intervals(self) -> None:
        """Intervals of the cells that sealed a block since the last look, in one batch."""
        changed = [c for c, accumulator in self._book.accumulators.items() if self._ends.get(c, (None,))[0] is not accumulator]
        kept = {cell_id: self._book.accumulators[cell_id] for cell_id in changed}
        for cell_id, ends in self._book.intervals(changed).items():
            self._ends[cell_id] = (kept[cell_id], ends)

    def _view(self, db: sqlite3.Connection, cell: CellRow, read: _Read) -> CellView:
        spec, own = cell.spec, read.counts.get(cell.id, ())
        accumulator = self._book.accumulators[cell.id]
        pairs, positive, negative = sum(c.pairs for c in own), sum(c.positive for c in own), sum(c.negative for c in own)
        squared, given = sum(c.squared for c in own), sum(c.given for c in own)
        gap = accumulator.total / accumulator.bets if accumulator.bets else (positive - negative) / pairs if pairs else None
        ends = self._ends[cell.id][1] if accumulator.bets and cell.id in self._ends else None
        placebo, replay = self._check("placebo", cell, spec.axis, read), self._check("replay", cell, "", read)
        alarm = self._book.alarms.get(cell.id)
        named = self._names(db, cell, accumulator) if alarm is not None else None
        scorer = self._scorer(spec.route, spec.outcome)
        companion = companion_of(spec.outcome) is not None or spec.outcome in FAULTS
        sd = math.sqrt(max(squared / pairs - (gap or 0.0) ** 2, 0.0)) if pairs else None
        return CellView(
            problem=self._problems.get(companion_of(spec.outcome) or spec.outcome, ""),
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
            placebo_gap=placebo.gap,
            placebo_pairs=placebo.pairs,
            evidence_log10=math.log10(max(accumulator.evidence.e_value, 1e-300)),
            evidence_threshold_log10=-math.log10(cell.alpha),
            verdict=self._verdict(cell, accumulator, read.now_ms),
            direction=alarm.direction if alarm else None,
            alarm_ms=alarm.raised_ms if alarm else None,
            alarm_pairs=alarm.pairs if alarm else None,
            standing=alarm is not None and alarm.since_block == 0,
            smallest_excludable_gap=smallest_excludable_gap(pairs, sd, cell.alpha) if sd else None,
            origins=tuple(OriginGap(c.origin, c.pairs, (c.positive - c.negative) / c.pairs) for c in own if c.pairs),
            names_agree=named.agreeing if named else None,
            names_total=named.names if named else None,
            names_p=named.p if named else None,
            given_gap=sum(c.given_sum for c in own) / given if given else None,
            given_pairs=given,
            names_lowest=_left_out(named.lowest) if named else None,
            names_highest=_left_out(named.highest) if named else None,
            pages=spec.pages,
            alpha=cell.alpha,
            alpha_spent=cell.alpha * accumulator.evidence.spent,
            bets=accumulator.bets,
            difference_sd=sd,
            listed=cell.id in read.listed,
            confirmation=alarm.confirmation if alarm else None,
            suspects=tuple(sorted({check.spec.kind for check in self._book.suspects(cell)})),
            replay_squared=replay.squared,
            replay_pairs=replay.pairs,
            epoch=accumulator.epoch_id,
            epoch_started_ms=read.started.get(accumulator.epoch_id, cell.created_ms),
        )

    def _verdict(self, cell: CellRow, accumulator: Accumulator, now_ms: int) -> Verdict:
        """The cell's state; where a check of the instrument that touches it is in alarm, the instrument itself is in doubt."""
        if self._book.suspects(cell):
            return "suspended"
        if cell.id in self._book.alarms:
            return "beyond_tolerance"
        return "within_tolerance" if cell.spec.pages and accumulator.is_within(now_ms) else "learning"

    def _check(self, kind: str, cell: CellRow, axis: str, read: _Read) -> _Noise:
        """What the pairs of a check say of a pair cell's outcome."""
        spec = cell.spec
        check = self._book.find((kind, spec.model, spec.route, axis, "", spec.outcome)) if spec.kind == "pair" else None
        rows = read.counts.get(check.id, ()) if check else ()
        pairs = sum(row.pairs for row in rows)
        if not pairs:
            return _Noise(0, None, None)
        return _Noise(pairs, sum(row.positive - row.negative for row in rows) / pairs, sum(row.squared for row in rows) / pairs)

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


def _left_out(found: LeftOut | None) -> NameLeftOut | None:
    return None if found is None else NameLeftOut(found.name, found.gap)
