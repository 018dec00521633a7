"""Who changes: the persons of the origin group, the spouses who change with them, and those who stay."""

from __future__ import annotations

from operator import attrgetter

from monitors.rewrite.couples import spouses
from monitors.rewrite.owners import Owners
from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.tables import Tables
from monitors.rewrite.target import hits_of

RELATED = frozenset(("kinship", "spouse", "title", "name"))
KIND = attrgetter("kind")


class Plan:
    """The hits to rewrite, in order; ``skip`` is a reason not to rewrite."""

    __slots__ = ("changed", "hits", "skip")

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.changed = set(hits)
        self.skip: str | None = None

    def keep(self, hit: Hit) -> None:
        """Takes a hit out: it stays as it is."""
        self.changed.discard(hit)


def make_plan(reading: Reading, axis: str, origin: str, tables: Tables, target: str | None) -> Plan:
    """The plan for one origin group of one axis."""
    plan = Plan([h for h in reading.hits if h.axis == axis and h.group == origin])
    if axis != "gender":
        if any(h.kind == "surname" for h in plan.hits):
            _keep_other_surnames(plan, reading, origin)
    elif origin == "nonbinary" and not plan.hits and reading.bare_they:
        plan.skip = "ambiguous"
    elif target is not None:
        own = hits_of(target, plan.hits, reading, tables)
        plan.changed, plan.skip = own or set(), None if own is not None else "ambiguous"
    elif not RELATED.isdisjoint(map(KIND, reading.hits)):
        _keep_relatives(plan, reading)
        joined = spouses(plan.changed, reading, origin)
        if joined:
            plan.changed |= {h for h in reading.hits if h.axis == "gender" and h.person in joined}
            _keep_relatives(plan, reading)
            plan.hits = list(reading.hits)
    if len(plan.changed) != len(plan.hits):
        plan.hits = [h for h in plan.hits if h in plan.changed]
    return plan


def _keep_other_surnames(plan: Plan, reading: Reading, origin: str) -> None:
    """Surnames change with the person: one behind a given name of another group stays."""
    named = {h.given.surname: h.group for h in reading.hits if h.axis == "ethnicity" and h.given is not None and h.given.surname}
    for hit in plan.hits:
        if hit.kind == "surname":
            group = named.get(reading.texts[hit.segment].tokens.lows[hit.at])
            if group is not None and group != origin:
                plan.keep(hit)


def _keep_relatives(plan: Plan, reading: Reading) -> None:
    """Relatives of a changed person keep their gender (``her mother``); those of others are persons of the group (``my mother``)."""
    relatives = [h for h in reading.hits if h.kind == "kinship" and h in plan.changed]
    if relatives:
        owners = Owners(reading)
        names = {(h.segment, h.at): h for h in reading.hits if h.given is not None and h.axis == "gender"}
        kept: set[int] = set()
        for hit in relatives:
            if owners.of(hit) in plan.changed:
                plan.keep(hit)
                name = names.get((hit.segment, hit.end))
                if name is not None and _is_apposed(name, reading):
                    kept.add(name.person)
        for other in reading.hits if kept else ():
            if other.given is not None and other.person in kept:
                plan.keep(other)


def _is_apposed(name: Hit, reading: Reading) -> bool:
    """Whether a name names the noun before it: ``her mother Laura``, ``his brother, Tom,``."""
    gaps = reading.texts[name.segment].tokens.gaps
    return gaps[name.at] in (" ", " (") or (gaps[name.at] == ", " and gaps[name.end][:1] in (",", ".", ")", ""))
