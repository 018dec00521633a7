"""Which name a person gets when one text is rewritten by itself: its partner in a one-to-one pairing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from monitors.rewrite.axes import TIMES
from monitors.rewrite.names import Names
from monitors.rewrite.reading import Person, Reading
from monitors.rewrite.tables import Tables


def paired_names(reading: Reading, axis: str, tables: Tables) -> Callable[[Person, str], str]:
    """A pick of names: the same for the same text, never a name that the text already holds, and undone by rewriting back."""
    given: dict[tuple[int, str], str] = {}
    used: set[str] = set()

    def pick(person: Person, group: str) -> str:
        key = (person.index, group)
        if key not in given:
            present = {person.name.lower() for person in reading.persons if person.name}
            given[key] = _choose(person, axis, group, tables, present | used)
            used.add(given[key].lower())
        return given[key]

    return pick


def _choose(person: Person, axis: str, group: str, tables: Tables, taken: set[str]) -> str:
    name = person.name or ""
    wanted = dict(zip(axis.split(TIMES), group.split(TIMES), strict=True))
    partner = _partner(name, wanted, tables.names)
    if partner != name and partner.lower() not in taken:
        return partner
    pool = tables.pools.get(_pool_key(person, wanted, tables.names), ())
    start = zlib.crc32(name.lower().encode())
    for step in range(len(pool)):
        candidate = pool[(start + step) % len(pool)]
        if candidate.lower() not in taken and candidate.lower() != name.lower():
            return candidate
    return name


def _partner(name: str, wanted: Mapping[str, str], names: Names) -> str:
    """The name's partner on each axis in turn; the name itself where one step has none."""
    partner = name
    for axis, group in wanted.items():
        own = names.gender_of(partner) if axis == "gender" else names.ethnicity_of(partner, 50) if axis == "ethnicity" else group
        found = partner if own == group else names.partner(partner, axis, group)
        if found is None:
            return name
        partner = found
    return partner


def _pool_key(person: Person, wanted: Mapping[str, str], names: Names) -> tuple[str, str]:
    gender = wanted.get("gender", person.gender or "female")
    if "ethnicity" in wanted:
        return wanted["ethnicity"], gender
    if gender in ("female", "male"):
        return gender, ""
    return "unisex", names.ethnicity_of(person.name or "", 50) or "white"
