"""What only the monitor knows of a configuration: whether its rewriter and its scorers can do what a route asks of them."""

import difflib
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping

from gateway.settings import Finding, RouteSettings, Settings
from monitors.rewrite import load_lexicons
from monitors.rewrite.axes import TIMES, has_axis, has_group
from monitors.rewrite.lexicon import Lexicon
from monitors.scorers import mistakes
from monitors.scorers.endpoint import host_of, is_allowed

Place = tuple[int | str, ...]


def unmet(settings: Settings, replaced: Collection[Place] = ()) -> Iterator[Finding]:
    """Each axis, group and outcome that cannot be measured as (where, what, how to mend it); nothing is said of ``replaced`` places."""
    if not settings.routes:
        return
    lexicons = load_lexicons()
    for index, route in enumerate(settings.routes):
        at: Place = ("monitor", "routes", index)
        for where, what, mend in (*_axes(at, route, lexicons), *_outcomes(at, route)):
            if not any(_overlap(where, place) for place in replaced):
                yield where, what, mend


def _axes(at: Place, route: RouteSettings, lexicons: Mapping[str, Lexicon]) -> Iterator[Finding]:
    for axis, settings in route.axes.items():
        if not has_axis(lexicons, axis):
            yield (*at, "axes", axis), f"the rewriter has no axis {axis}", _nearest(axis, lexicons)
            continue
        known = [TIMES.join(groups) for groups in itertools.product(*(lexicons[factor].groups for factor in axis.split(TIMES)))]
        named: list[tuple[Place, str]] = [(("reference",), settings.reference)]
        named += [(("groups", number), group) for number, group in enumerate(settings.groups)]
        for place, group in named:
            if not has_group(lexicons, axis, group):
                yield (*at, "axes", axis, *place), f"the rewriter knows no group {group} on axis {axis}", _nearest(group, known)


def _outcomes(at: Place, route: RouteSettings) -> Iterator[Finding]:
    told: set[Place] = set()
    for name, outcome in route.outcomes.items():
        written = "recommendation" if name.startswith("recommendation_") else name
        for field, what, mend in (*mistakes(name, outcome.scorer_options), *_outside(outcome.scorer_options, route)):
            if (place := (*at, "outcomes", written, *field)) not in told:
                told.add(place)
                yield place, what, mend


def _outside(options: Mapping[str, object], route: RouteSettings) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """An endpoint that the route does not allow: no text leaves without that."""
    base = options.get("api_base")
    if isinstance(base, str) and (host := host_of(base)) and not is_allowed(base, route.allow_external):
        yield ("api_base",), f"the route does not allow the host {host}", f"add allow_external: [{host}] to the route if text may go there"


def _overlap(one: Place, other: Place) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean {near[0]}?" if near else f"one of: {', '.join(names)}"
