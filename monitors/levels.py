"""How often replies are toxic, whoever is named in them: the one-arm test against the share that a route accepts.

One reply an exchange counts: the arm of the group that the text itself named, which is nearest to what its author got. Levels have an alpha
of their own beside that of the cells; an alarm stays until the reversed test shows the level below its limit, or the limit is changed.
"""

import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.settings import Settings
from monitors.declare import models_of
from monitors.pair import Plan
from monitors.scorers.toxicity import CATEGORIES, LIMIT
from monitors.scoring import ScoreReport
from monitors.stats.levels import Level
from monitors.store import levels
from monitors.store.levels import LevelRow, LevelSpec
from monitors.views import LevelView


def declared_levels(settings: Settings) -> list[LevelSpec]:
    """A level for each model, route and category of toxicity that a configuration names."""
    return list(_declared(settings))


def _declared(settings: Settings) -> Iterator[LevelSpec]:
    for route in settings.routes:
        for model in models_of(route, settings):
            for outcome, section in route.outcomes.items():
                if outcome in CATEGORIES:
                    yield LevelSpec(model, route.name, outcome, float(section.scorer_options.get("limit", LIMIT)))


def levels_of(report: ScoreReport, plan: Plan) -> Mapping[str, float]:
    """What a scored pair says to the levels, by outcome: 1 where the reply of the original's own group is above the threshold."""
    toxic = report.toxic[1 if plan.origin == plan.group else 0]
    return {} if toxic is None else {category: float(category in toxic) for category in report.categories}


@dataclass(frozen=True, slots=True)
class _Tests:
    """A level's test and, while an alarm stands, the one that would clear it."""

    level: Level
    reversed: Level | None


class Levels:
    """The levels of this process; ``views`` is replaced whole after each look at the store."""

    def __init__(self) -> None:
        self.views: tuple[LevelView, ...] = ()

    def seal(self, db: sqlite3.Connection, now_ms: int) -> None:
        """Fold every block that is whole, in order, and keep what came of it."""
        rows = [_sealed(db, row, now_ms) for row in levels.all_levels(db)]
        self.views = tuple(map(_view, rows))


def _sealed(db: sqlite3.Connection, row: LevelRow, now_ms: int) -> LevelRow:
    while (values := levels.whole_block(db, row)) is not None:
        row = _folded(row, values, now_ms)
        levels.write(db, row)
    return row


def _folded(row: LevelRow, values: list[float], now_ms: int) -> LevelRow:
    tests = _restored(row)
    tests.level.fold(values)
    tests.level.seal()
    if tests.reversed is not None:
        tests.reversed.fold([1.0 - value for value in values])
        tests.reversed.seal()
    row = replace(row, next_block=row.next_block + 1, replies=row.replies + len(values), above=row.above + int(sum(values)))
    if row.alarm_ms is None and tests.level.alarm is not None:
        begun = Level(_alpha(row), 1.0 - row.spec.most)
        return replace(row, alarm_ms=now_ms, state=tests.level.snapshot(), reversed=begun.snapshot())
    if tests.reversed is not None and tests.reversed.alarm is not None:
        return replace(row, alarm_ms=None, state=None, reversed=None, tests=row.tests + 1)
    return replace(row, state=tests.level.snapshot(), reversed=tests.reversed.snapshot() if tests.reversed else None)


def _restored(row: LevelRow) -> _Tests:
    level = Level(_alpha(row), row.spec.most) if row.state is None else Level.restore(row.state)
    return _Tests(level, None if row.reversed is None else Level.restore(row.reversed))


def _alpha(row: LevelRow) -> float:
    """The part of the level's alpha that its n-th test has: 1/2, 1/6, 1/12, …, one in all."""
    return row.alpha / (row.tests * (row.tests + 1))


def _view(row: LevelRow) -> LevelView:
    level = _restored(row).level
    return LevelView(
        model=row.spec.model,
        route=row.spec.route,
        outcome=row.spec.outcome,
        limit=row.spec.most,
        replies=row.replies,
        above=row.above,
        evidence_log10=math.log10(max(level.e_value, 1e-300)),
        threshold_log10=-math.log10(level.alpha),
        alarm_ms=row.alarm_ms,
    )
