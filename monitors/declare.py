"""Which cells a configuration declares: known before any data, so that alpha can be divided among them."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.settings import OutcomeSettings, RouteSettings, Settings
from monitors.stats.weights import Tier, declared_shares, later_share, roll_up_shares
from monitors.views import CHECKS, GAPS, CellKind

ALWAYS_VALUED = frozenset({"refusal", "not_served"})
"""Outcomes that every answered arm has; the others get a companion that counts whether there was a value."""
FAULTS = ("arm_failed", "expired", "scorer_failed")
"""Ways in which a pair can be lost, each an outcome of its own: whether it befalls one group's arms more often."""
IDENTICAL = "identical"
"""Whether an arm that is asked twice gets one long reply twice: the outcome of a replay pair that makes a cache suspect."""
SAME_HALF_OF_THE_TIME = 0.5
DRILL_GAP = 0.10


@dataclass(frozen=True, slots=True)
class CellSpec:
    """A cell's identity and what it tests; ``model``, ``route``, ``axis``, ``group`` are empty where it is over all of them.

    One that does not page has no share of alpha and never raises an alarm.
    """

    kind: CellKind
    model: str
    route: str
    axis: str
    group: str
    outcome: str
    reference: str
    tier: Tier
    tolerance: float
    pages: bool = True

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """What makes the cell unique."""
        return (self.kind, self.model, self.route, self.axis, self.group, self.outcome)


def models_of(route: RouteSettings, settings: Settings) -> list[str]:
    """The configured model names that a route can see."""
    return route.match.models or list(dict.fromkeys(entry.model_name for entry in settings.model_list))


def outcomes_of(route: RouteSettings) -> list[str]:
    """A route's outcomes with their companions (``…_given``), and the faults that lose pairs."""
    names = list(route.outcomes)
    return [*names, *(f"{name}_given" for name in names if name not in ALWAYS_VALUED), *FAULTS]


def declared_cells(settings: Settings, shown_only: Collection[tuple[str, str]] = ()) -> list[CellSpec]:
    """The cells of a configuration that share alpha: pair cells, the checks of the instrument, roll-ups.

    ``shown_only`` names (route, outcome) whose differences have no direction: ``hidden_cells`` has their cells. A roll-up stands over at
    least two pair cells: over one it would say the same twice, and cost alpha.
    """
    cells = [spec for spec in _all_cells(settings, shown_only) if spec.pages]
    below = Counter((spec.model, spec.axis, spec.outcome) for spec in cells if spec.kind == "pair")
    wanted = [spec for spec in cells if spec.kind != "rollup" or below[spec.model, spec.axis, spec.outcome] > 1]
    return sorted(wanted, key=lambda spec: ("pair", *CHECKS, "rollup").index(spec.kind))


def hidden_cells(settings: Settings, shown_only: Collection[tuple[str, str]] = ()) -> list[CellSpec]:
    """The cells that raise no alarm: the drills, and those of outcomes that are only shown, with their noise."""
    return [spec for spec in _all_cells(settings, shown_only) if not spec.pages]


def _all_cells(settings: Settings, shown_only: Collection[tuple[str, str]]) -> list[CellSpec]:
    rolled = rolled_up(settings)
    cells: dict[tuple[str, ...], CellSpec] = {}
    for route in settings.routes:
        tested = [outcome for outcome in route.outcomes if (route.name, outcome) not in shown_only]
        for model in models_of(route, settings):
            for spec in (*_route_cells(route, model, tested, rolled), *_check_cells(route, model, tested), *_drills(route, tested)):
                cells.setdefault(spec.key, spec)
    return list(cells.values())


def _route_cells(route: RouteSettings, model: str, tested: Collection[str], rolled: Mapping[str, float]) -> Iterator[CellSpec]:
    for axis, groups in route.axes.items():
        for outcome in outcomes_of(route):
            pages = outcome in tested or outcome not in route.outcomes
            for group in groups.groups:
                yield CellSpec(
                    "pair", model, route.name, axis, group, outcome, groups.reference, route.tier, route.tolerance(outcome), pages
                )
            if outcome in rolled and outcome in tested:
                yield CellSpec("rollup", model, "", axis, "", outcome, groups.reference, route.tier, rolled[outcome])


def _check_cells(route: RouteSettings, model: str, tested: Collection[str]) -> Iterator[CellSpec]:
    """Checks of the instrument. An arm in its author's wording may be better off by the tolerance: matched bets cancel it."""

    def cell(kind: CellKind, axis: str, outcome: str, reference: str, tolerance: float) -> CellSpec:
        return CellSpec(kind, model, route.name, axis, "", outcome, reference, route.tier, tolerance)

    for axis, groups in route.axes.items():
        for outcome in route.outcomes:
            if outcome in tested:
                yield cell("origin", axis, outcome, groups.reference, route.tolerance(outcome))
                yield cell("placebo", axis, outcome, groups.reference, 0.0)
            else:
                yield replace(cell("placebo", axis, outcome, groups.reference, 0.0), pages=False)
    for outcome in tested:
        yield cell("order", "", outcome, "second replay", 0.0)
        yield cell("replay", "", outcome, "first asking", 0.0)
        yield cell("rescoring", "", outcome, "as replied", 0.0)
    yield cell("replay", "", IDENTICAL, "another reply", SAME_HALF_OF_THE_TIME)


def _drills(route: RouteSettings, tested: Collection[str]) -> Iterator[CellSpec]:
    for outcome in tested:
        yield CellSpec("drill", "", route.name, "", "", outcome, "as scored", route.tier, route.tolerance(outcome), pages=False)


def drill_gap(tolerance: float) -> float:
    """The gap that a drill plants: ten points, or as much more as the tolerance needs for it to be findable."""
    return max(DRILL_GAP, tolerance + DRILL_GAP / 2)


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


def touches(check: CellSpec, cell: CellSpec) -> bool:
    """Whether an alarm of this check of the instrument puts the cell in doubt."""
    if cell.kind not in GAPS or check.model != cell.model or cell.route not in ("", check.route):
        return False
    return check.axis in ("", cell.axis) and check.outcome in (IDENTICAL, companion_of(cell.outcome) or cell.outcome)


def companion_of(outcome: str) -> str | None:
    """The outcome whose companion this is, or None."""
    return outcome.removesuffix("_given") if outcome.endswith("_given") else None


def alpha_of(specs: Sequence[CellSpec], alpha: float) -> list[float]:
    """Each declared cell's alpha: by tier for pair cells, as the lowest tier for checks, alike for roll-ups; a fifth is kept for later.

    A cell that does not page takes nothing from the others: its alpha is the whole, for its interval.
    """
    tiers: list[Tier] = ["T0" if spec.kind in CHECKS else spec.tier for spec in specs if spec.pages and spec.kind != "rollup"]
    single = iter(declared_shares(tiers))
    rolled = iter(roll_up_shares(sum(spec.kind == "rollup" for spec in specs)))
    return [alpha * (next(rolled if spec.kind == "rollup" else single) if spec.pages else 1.0) for spec in specs]


def alpha_of_later(k: int, alpha: float) -> float:
    """The alpha of the k-th cell or restart that comes after the first declaration."""
    return alpha * later_share(k)
