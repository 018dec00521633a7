"""Which name a person gets when one text is rewritten by itself: its partner in a one-to-one pairing."""

from __future__ import annotations

import zlib
from collections.abc import Callable

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
    names, name = tables.names, person.name or ""
    partner = names.partner(name, axis, group)
    if partner is not None and partner.lower() not in taken:
        return partner
    key = (group if group in ("female", "male") else "unisex", "") if axis == "gender" else (group, person.gender or "female")
    pool = tables.pools.get(key, ())
    start = zlib.crc32(name.lower().encode())
    for step in range(len(pool)):
        candidate = pool[(start + step) % len(pool)]
        if candidate.lower() not in taken and candidate.lower() != name.lower():
            return candidate
    return name
