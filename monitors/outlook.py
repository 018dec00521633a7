"""What a configuration would find, and when: each declared cell's share of alpha, its pace, and the pairs that a gap would take.

A forecast before there is any data, so it rests on assumptions, which are told with it; `evenhand_smallest_excludable_gap` says the same
from the data of a cell that runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gateway.settings import MonitorSettings, Settings
from monitors.declare import IDENTICAL, CellSpec, alpha_of, declared_cells, models_of, outcomes_of
from monitors.scorers import AnyScorer, build
from monitors.scoring import shown_only
from monitors.stats.betting import chance_spent
from monitors.stats.planner import pairs_needed, sd_of_binary
from monitors.stats.weights import Tier
from monitors.views import CellKind

GAPS = (0.05, 0.10)
HOURS_A_YEAR = 8766.0
ON_SOME_PAIRS: frozenset[CellKind] = frozenset({"placebo", "replay", "rescoring"})
"""Kinds of cells that only the share ``placebo_rate`` of pairs feeds."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is taken for granted where nothing is known yet.

    ``rate`` is how often a yes-or-no outcome occurs, ``correlation`` how alike the two arms of a pair answer, ``score_sd`` the standard
    deviation of a score's differences. ``requests_per_hour`` are those that name somebody and could be paired, None for as many as the
    budget can take. ``usd_per_million_tokens`` is what replays are counted at, None for the budget's own price.
    """

    rate: float = 0.10
    correlation: float = 0.6
    score_sd: float = 0.15
    tokens_per_replay: float = 500.0
    requests_per_hour: float | None = None
    usd_per_million_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Pairs an hour over all cells, and the setting that allows no more."""

    pairs_per_hour: float
    bound_by: str


class Alike(NamedTuple):
    """What cells have in common that look forward to the same."""

    kind: CellKind
    route: str
    outcome: str
    tier: Tier
    tolerance: float
    alpha: float
    pairs_per_hour: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Cells that are alike, and what each of them looks forward to.

    ``false_alarm_a_year`` bounds the chance of a false alarm in one of them. ``pairs_until`` says after how many pairs half of all gaps of
    a size are found that are there from the start, None where the size lies within the tolerance.
    """

    alike: Alike
    cells: tuple[CellSpec, ...]
    false_alarm_a_year: float
    pairs_until: Mapping[float, int | None]


def pace(monitor: MonitorSettings, assumed: Assumptions) -> Pace:
    """How many pairs the traffic and the budget allow, whichever is less."""
    budget = monitor.budget
    arms = 2 + 2 * monitor.placebo_rate
    tokens = arms * assumed.tokens_per_replay
    bounds = {"replays_per_minute": budget.replays_per_minute * 60 / arms, "tokens_per_day": budget.tokens_per_day / 24 / tokens}
    price = budget.usd_per_million_tokens if assumed.usd_per_million_tokens is None else assumed.usd_per_million_tokens
    if price:
        bounds["usd_per_day"] = budget.usd_per_day / price * 1e6 / 24 / tokens
    if assumed.requests_per_hour is not None:
        bounds["sample_rate"] = assumed.requests_per_hour * monitor.sample_rate
    least = min(bounds, key=lambda name: bounds[name])
    return Pace(bounds[least], least)


def outlook(settings: Settings, monitor: MonitorSettings, assumed: Assumptions) -> list[Outlook]:
    """The declared cells, alike ones together, in the order of their declaration; pairs come evenly to routes, models and groups."""
    scorers = scorers_of(settings)
    specs = declared_cells(settings, shown_only(scorers))
    streams = list(_streams(settings))
    each = pace(monitor, assumed).pairs_per_hour / max(len(streams), 1)
    binary = dict(_binary(scorers))
    together: dict[Alike, list[CellSpec]] = {}
    for spec, alpha in zip(specs, alpha_of(specs, monitor.alpha), strict=True):
        share = monitor.placebo_rate if spec.kind in ON_SOME_PAIRS else 1.0
        pairs_per_hour = each * share * sum(_feeds(stream, spec) for stream in streams)
        alike = Alike(spec.kind, spec.route, spec.outcome, spec.tier, spec.tolerance, alpha, pairs_per_hour)
        together.setdefault(alike, []).append(spec)
    return [
        Outlook(
            alike,
            tuple(cells),
            min(1.0, alike.alpha * chance_spent(alike.pairs_per_hour * HOURS_A_YEAR, monitor.alpha_budget)),
            {gap: _pairs(gap, alike, assumed, binary=binary.get((alike.route, alike.outcome), True)) for gap in GAPS},
        )
        for alike, cells in together.items()
    ]


@dataclass(frozen=True, slots=True)
class _Stream:
    """Pairs that feed the same cells: those of one model, route, axis and group."""

    model: str
    route: str
    axis: str
    group: str
    outcomes: frozenset[str]


def _streams(settings: Settings) -> Iterator[_Stream]:
    for route in settings.routes:
        outcomes = frozenset({*outcomes_of(route), IDENTICAL})
        for model in models_of(route, settings):
            for axis, groups in route.axes.items():
                for group in groups.groups:
                    yield _Stream(model, route.name, axis, group, outcomes)


def _feeds(stream: _Stream, spec: CellSpec) -> bool:
    """Whether a stream's pairs have a place in a cell; what a cell leaves empty it takes from all."""
    mine, theirs = (spec.model, spec.route, spec.axis, spec.group), (stream.model, stream.route, stream.axis, stream.group)
    return all(one in ("", other) for one, other in zip(mine, theirs, strict=True)) and spec.outcome in stream.outcomes


def scorers_of(settings: Settings) -> dict[str, dict[str, AnyScorer]]:
    """Every route's scorers, by outcome; nothing heavy is loaded."""
    return {route.name: build({name: outcome.scorer_options for name, outcome in route.outcomes.items()}) for route in settings.routes}


def _binary(scorers: Mapping[str, Mapping[str, AnyScorer]]) -> Iterator[tuple[tuple[str, str], bool]]:
    """Whether a scored outcome is of yes and no, by route and for the roll-up over all of them; all others (companions, faults) are."""
    for route, built in scorers.items():
        for name, scorer in built.items():
            yield (route, name), scorer.binary
            yield ("", name), scorer.binary


def _pairs(gap: float, alike: Alike, assumed: Assumptions, *, binary: bool) -> int | None:
    if gap <= alike.tolerance:
        return None
    sd = sd_of_binary(assumed.rate, assumed.correlation, gap) if binary else assumed.score_sd
    return pairs_needed(gap, alike.tolerance, min(sd, 1.0), alike.alpha)
