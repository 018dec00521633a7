"""The scorers of a configuration, one for each definition of an outcome however many routes have it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.settings import Settings
from monitors.scorers import AnyScorer, Means, Place, build, place_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A scorer with the section it was built from, by which the scorer process builds its own."""

    outcome: str
    options: Mapping[str, Any]
    scorer: AnyScorer

    @property
    def key(self) -> str:
        """The same for equal definitions."""
        return key_of(self.outcome, self.options)

    @property
    def place(self) -> Place:
        """Where it runs."""
        return place_of(self.scorer)


Entries = Mapping[str, Mapping[str, Entry]]
"""Scorers by route and outcome."""


def key_of(outcome: str, options: Mapping[str, Any]) -> str:
    """An outcome's definition as one text."""
    return f"{outcome} {json.dumps(options, sort_keys=True, default=str)}"


def entries_of(settings: Settings, means: Means) -> Entries:
    """Every route's scorers; ValueError where a section cannot be used."""
    known: dict[str, Entry] = {}
    routes: dict[str, dict[str, Entry]] = {}
    for route in settings.routes:
        own = routes[route.name] = {}
        for outcome, section in route.outcomes.items():
            key = key_of(outcome, section.scorer_options)
            if key not in known:
                known[key] = Entry(outcome, section.scorer_options, build({outcome: section.scorer_options}, means)[outcome])
            own[outcome] = known[key]
    return routes


def shown_only(scorers: Mapping[str, Mapping[str, AnyScorer]]) -> frozenset[tuple[str, str]]:
    """Outcomes, each with its route, whose differences have no direction: two replies always differ, so they are shown and never page."""
    return frozenset((route, name) for route, built in scorers.items() for name, scorer in built.items() if not scorer.signed)


def needs_process(entries: Entries) -> bool:
    """Whether any scorer has to run in the scorer process."""
    return any(entry.place == "process" for route in entries.values() for entry in route.values())
