"""Which cells a configuration declares: known before any data, so that alpha can be divided among them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.settings import OutcomeSettings, RouteSettings, Settings
from monitors.stats.weights import Tier, declared_shares, later_share, roll_up_shares
from monitors.views import CellKind

ALWAYS_VALUED = frozenset({"refusal", "not_served", "arm_failed"})
"""Outcomes that every answered arm has; the others get a companion that counts whether there was a value."""


@dataclass(frozen=True, slots=True)
class CellSpec:
    """A cell's identity and what it tests. ``route`` and ``group`` are empty where the cell is over all of them."""

    kind: CellKind
    model: str
    route: str
    axis: str
    group: str
    outcome: str
    reference: str
    tier: Tier
    tolerance: float

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """What makes the cell unique."""
        return (self.kind, self.model, self.route, self.axis, self.group, self.outcome)


def models_of(route: RouteSettings, settings: Settings) -> list[str]:
    """The configured model names that a route can see."""
    return route.match.models or list(dict.fromkeys(entry.model_name for entry in settings.model_list))


def outcomes_of(route: RouteSettings) -> list[str]:
    """A route's outcomes with their companions (``…_given``) and ``arm_failed``."""
    names = list(route.outcomes)
    return [*names, *(f"{name}_given" for name in names if name not in ALWAYS_VALUED), "arm_failed"]


def declared_cells(settings: Settings) -> list[CellSpec]:
    """Every cell of a configuration: pair cells, then placebo cells, then roll-ups.

    A roll-up stands over at least two pair cells: over one it would say the same twice, and cost alpha.
    """
    rolled = rolled_up(settings)
    cells: dict[tuple[str, ...], CellSpec] = {}
    for route in settings.routes:
        for model in models_of(route, settings):
            for spec in _route_cells(route, model, rolled):
                cells.setdefault(spec.key, spec)
    below = Counter((spec.model, spec.axis, spec.outcome) for spec in cells.values() if spec.kind == "pair")
    wanted = [spec for spec in cells.values() if spec.kind != "rollup" or below[spec.model, spec.axis, spec.outcome] > 1]
    return sorted(wanted, key=lambda spec: ("pair", "placebo", "rollup").index(spec.kind))


def _route_cells(route: RouteSettings, model: str, rolled: Mapping[str, float]) -> Iterator[CellSpec]:
    for axis, groups in route.axes.items():
        for outcome in outcomes_of(route):
            tolerance = route.tolerance(outcome)
            for group in groups.groups:
                yield CellSpec("pair", model, route.name, axis, group, outcome, groups.reference, route.tier, tolerance)
            if outcome in route.outcomes:
                yield CellSpec("placebo", model, route.name, axis, "", outcome, groups.reference, route.tier, 0.0)
            if outcome in rolled:
                yield CellSpec("rollup", model, "", axis, "", outcome, groups.reference, route.tier, rolled[outcome])


def rolled_up(settings: Settings) -> dict[str, float]:
    """Outcomes with a roll-up over routes and groups, and the widest tolerance among them (each pair is folded with its own cell's).

    An outcome that routes define differently (other decision words) has none: its values cannot be put together.
    """
    definitions: dict[str, list[OutcomeSettings]] = {}
    tolerances: dict[str, float] = {}
    for route in settings.routes:
        for outcome, options in route.outcomes.items():
            definitions.setdefault(outcome, []).append(options)
            tolerances[outcome] = max(tolerances.get(outcome, 0.0), route.tolerance(outcome))
    return {
        outcome: tolerances[outcome]
        for outcome, options in definitions.items()
        if all(option.scorer_options == options[0].scorer_options for option in options)
    }


def revisions(settings: Settings) -> dict[str, str]:
    """For each model name a hash of the deployments behind it: the configured half of its revision."""
    behind: dict[str, list[str]] = {}
    for entry in settings.model_list:
        behind.setdefault(entry.model_name, []).append(f"{entry.litellm_params.api_base} {entry.litellm_params.model}")
    return {name: hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()[:8] for name, places in behind.items()}


def companion_of(outcome: str) -> str | None:
    """The outcome whose companion this is, or None."""
    return outcome.removesuffix("_given") if outcome.endswith("_given") else None


def alpha_of(specs: Sequence[CellSpec], alpha: float) -> list[float]:
    """Each declared cell's alpha: by tier for pair and placebo cells, alike for roll-ups; a fifth of it all is kept for later."""
    single = iter(declared_shares([spec.tier for spec in specs if spec.kind != "rollup"]))
    rolled = iter(roll_up_shares(sum(spec.kind == "rollup" for spec in specs)))
    return [alpha * next(rolled if spec.kind == "rollup" else single) for spec in specs]


def alpha_of_later(k: int, alpha: float) -> float:
    """The alpha of the k-th cell or restart that comes after the first declaration."""
    return alpha * later_share(k)
