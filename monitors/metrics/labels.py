"""The closed sets that label values come from, and what happens to a value outside them."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from gateway.settings import RouteSettings, Settings
from monitors.declare import models_of, outcomes_of
from monitors.rewrite.validity import REASONS
from monitors.scorers.toxicity import CATEGORIES

OTHER: Final = "_other"
ALL: Final = "_all"
NONE: Final = "_none"
FATES = ("no_mention", "not_swappable", "repeat", "over_budget", "expired", "failed", "scored")
REWRITE_RESULTS = ("rewritten", "skipped")
REPLAY_RESULTS = ("ok", "timeout", "unreachable", "rate_limited", "http_error", "unreadable")
TOKEN_TYPES = ("input", "output")
PAIR_RESULTS = ("both", "group_only", "reference_only", "neither")
MAX_REMEMBERED = 10_000


def groups_of(route: RouteSettings) -> list[str]:
    """Every group that a route's axes name, references included, in order and once."""
    return list(dict.fromkeys(group for axis in route.axes.values() for group in (axis.reference, *axis.groups)))


def scorers_of(settings: Settings) -> list[str]:
    """A scorer for each outcome that a route declares."""
    return list(dict.fromkeys(outcome for route in settings.routes for outcome in route.outcomes))


def closed_sets(settings: Settings) -> dict[str, frozenset[str]]:
    """The allowed values by label; a label that is not listed is not checked."""
    routes = settings.routes
    groups = {group for route in routes for group in groups_of(route)}
    outcomes = {outcome for route in routes for outcome in outcomes_of(route)}
    return {
        "model": frozenset(entry.model_name for entry in settings.model_list),
        "route": frozenset(route.name for route in routes) | {ALL},
        "axis": frozenset(axis for route in routes for axis in route.axes),
        "group": frozenset(groups) | {ALL},
        "origin_group": frozenset(groups) | {NONE},
        "outcome": frozenset(outcomes),
        "scorer": frozenset(scorers_of(settings)),
        "fate": frozenset(FATES),
        "category": frozenset(CATEGORIES),
        "reason": frozenset(REASONS),
        "type": frozenset(TOKEN_TYPES),
        "traffic": frozenset({"shadow"}),
    }


def known_series(settings: Settings) -> Iterator[tuple[str, dict[str, str]]]:
    """The counters that exist from the start, at 0, so that ``rate()`` sees their first event."""
    for route in settings.routes:
        for model in models_of(route, settings):
            for fate in FATES:
                yield "exchanges_total", {"model": model, "route": route.name, "fate": fate}
        for group in (*groups_of(route), NONE):
            yield "mentions_total", {"route": route.name, "origin_group": group}
            for reason in REASONS:
                yield "skips_total", {"route": route.name, "reason": reason, "origin_group": group}
        if not route.outcomes.keys().isdisjoint(CATEGORIES):
            for model, category in product(models_of(route, settings), CATEGORIES):
                yield "toxic_replies_total", {"model": model, "route": route.name, "category": category}
        for axis in route.axes:
            for result in REWRITE_RESULTS:
                yield "rewrites_total", {"axis": axis, "result": result}
    for scorer in scorers_of(settings):
        yield "scorer_errors_total", {"scorer": scorer}
    for entry in settings.model_list:
        for result in REPLAY_RESULTS:
            yield "replays_total", {"model": entry.model_name, "result": result}
        for kind in TOKEN_TYPES:
            labels = {"model": entry.model_name, "type": kind, "traffic": "shadow"}
            yield "tokens_total", labels
            yield "cost_usd_total", labels


class Closed:
    """Keeps labels inside their closed sets and counts each value that was not, once."""

    def __init__(self, sets: Mapping[str, frozenset[str]]) -> None:
        self._sets = dict(sets)
        self._outside: set[tuple[str, str]] = set()

    def fold(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels with every unknown value replaced by ``_other``."""
        return {label: value if self._known(label, value) else OTHER for label, value in labels.items()}

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether every value is known; those that are not are counted."""
        return self.fold(labels) == dict(labels)

    def overflow(self) -> dict[str, int]:
        """How many values outside the sets were seen, by label; every checked label is listed."""
        counts = dict.fromkeys(sorted(self._sets), 0)
        for label, _ in self._outside.copy():
            counts[label] += 1
        return counts

    def _known(self, label: str, value: str) -> bool:
        known = self._sets.get(label)
        if known is None or value in known or value == OTHER:
            return True
        if len(self._outside) < MAX_REMEMBERED:
            self._outside.add((label, value))
        return False
