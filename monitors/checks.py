"""What only the monitor knows of a configuration: whether its rewriter and its scorers can do what a route asks of them."""

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from gateway.settings import Finding, MonitorSettings, RouteSettings, Settings
from monitors.rewrite import load_lexicons
from monitors.rewrite.axes import TIMES, has_axis, has_group
from monitors.rewrite.lexicon import Lexicon, LexiconError
from monitors.rewrite.names import ENOUGH_NAMES, NamesError, few_names, load_names
from monitors.scorers import mistakes
from monitors.scorers.endpoint import host_of, is_allowed

Place = tuple[int | str, ...]
LEAST_TOLERANCE = 0.05  # with few names
IN_BRACKETS = re.compile(r"(.*?) \((.*)\)")  # a mistake and its fix, as lexicons tell them
AS_A_SENTENCE = re.compile(r"(.*?: .*?)\. (.*)")  # as tables of names do


def unmet(settings: Settings, replaced: Collection[Place] = ()) -> Iterator[Finding]:
    """Each axis, group and outcome that cannot be measured as (where, what, how to mend it); nothing is said of ``replaced`` places.

    The operator's own lexicons and names are read, and every mistake in them is told with its file and line.
    """
    if settings.monitor is None or not settings.routes:
        return
    folder, names_file = own_files(settings.monitor)
    try:
        lexicons = load_lexicons(folder)
    except (LexiconError, OSError) as error:
        yield from _mistakes_of("lexicons", error)
        return
    few = ""
    if names_file is not None:
        try:
            few = few_names(load_names(names_file))
        except NamesError as error:
            yield from _mistakes_of("names", error)
    for index, route in enumerate(settings.routes):
        at: Place = ("monitor", "routes", index)
        for where, what, mend in (*_axes(at, route, lexicons), *_outcomes(at, route), *_tolerances(at, route, few)):
            if not any(_overlap(where, place) for place in replaced):
                yield where, what, mend


def own_files(monitor: MonitorSettings) -> tuple[Path | None, Path | None]:
    """The operator's own folder of lexicons and file of names; None for the shipped one."""
    return (
        None if monitor.lexicons is None else Path(monitor.lexicons).expanduser(),
        None if monitor.names is None else Path(monitor.names).expanduser(),
    )


def _mistakes_of(setting: str, error: Exception) -> Iterator[Finding]:
    for line in str(error).splitlines():
        found = IN_BRACKETS.fullmatch(line) or AS_A_SENTENCE.fullmatch(line)
        what, fix = found.groups() if found else (line, "mend the file, or leave the setting out to use the shipped one")
        yield ("monitor", setting), what, fix


def _tolerances(at: Place, route: RouteSettings, few: str) -> Iterator[Finding]:
    """Tolerances that too few names cannot carry: where pairs differ in a name only, single names would decide them."""
    if not few or not any({"gender", "ethnicity"} & set(axis.split(TIMES)) for axis in route.axes):
        return
    for outcome in route.outcomes:
        tolerance = route.tolerance(outcome)
        if tolerance < LEAST_TOLERANCE:
            what = f"{few}: too few for a tolerance of {tolerance:g} on pairs that differ in names only"
            yield (
                (*at, "outcomes", outcome, "tolerance"),
                what,
                f"list {ENOUGH_NAMES} or more names in each cell, or set a tolerance of {LEAST_TOLERANCE:g} or more",
            )


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
