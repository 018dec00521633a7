"""Who is who: names, nouns and pronouns grouped into persons, by surname, apposition and recency."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from monitors.rewrite.name_place import Given
from monitors.rewrite.reading import Hit, Person, Text


class Groups:
    """Persons in the making: name, gender, ethnicity and the surname they answer to."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.by_name: dict[str, int] = {}
        self.by_surname: dict[str, int] = {}
        self.by_noun: dict[str, int] = {}

    def add(self, name: str | None, gender: str | None, ethnicity: str | None = None) -> int:
        """A new person's index."""
        self.rows.append([name, gender, ethnicity])
        return len(self.rows) - 1

    def named(self, name: str, surname: str, gender: str | None) -> int:
        """The person of a given name, new or known."""
        index = self.by_name.get(name)
        if index is None:
            index = self.by_name[name] = self.add(name, gender)
        if surname:
            self.by_surname.setdefault(surname, index)
        return index

    def persons(self) -> tuple[Person, ...]:
        """All persons in order of first mention."""
        return tuple(Person(i, name, gender, ethnicity) for i, (name, gender, ethnicity) in enumerate(self.rows))


def group_persons(hits: list[Hit], texts: Sequence[Text]) -> tuple[Person, ...]:
    """Gives every hit its person and returns the persons in order of first mention."""
    for hit in hits:
        if hit.kind != "pronoun":
            break
    else:
        return _of_pronouns(hits)
    groups = Groups()
    givens = {(h.segment, h.at): h.given for h in hits if h.given is not None}
    recent: dict[str, int] = {}
    previous: Hit | None = None
    for hit in hits:
        if hit.axis == "gender":
            hit.person = recent[hit.group] = _person(hit, givens, texts, groups, recent, previous)
            previous = hit
    for hit in hits:
        if hit.axis == "gender":
            continue
        if hit.given is not None:
            hit.person = groups.named(
                hit.given.known.name, hit.given.surname, None if hit.given.known.gender == "unisex" else hit.given.known.gender
            )
            if hit.axis == "ethnicity":
                groups.rows[hit.person][2] = hit.group
        else:
            hit.person = groups.add(None, None, hit.group if hit.axis == "ethnicity" else None)
    return groups.persons()


def _of_pronouns(hits: list[Hit]) -> tuple[Person, ...]:
    """One person for each gender, where pronouns are all there is."""
    order: dict[str, int] = {}
    for hit in hits:
        hit.person = order.setdefault(hit.group, len(order))
    return _unnamed(tuple(order))


@functools.lru_cache(64)
def _unnamed(genders: tuple[str, ...]) -> tuple[Person, ...]:
    return tuple(Person(index, None, gender, None) for index, gender in enumerate(genders))


def _person(
    hit: Hit, givens: dict[tuple[int, int], Given], texts: Sequence[Text], groups: Groups, recent: dict[str, int], previous: Hit | None
) -> int:
    tokens = texts[hit.segment].tokens
    if hit.given is not None:
        name = hit.given.known.name
        if name not in groups.by_name and previous is not None and _in_apposition(previous, hit, texts):
            groups.by_name[name] = previous.person
            groups.rows[previous.person][0] = name
        return groups.named(name, hit.given.surname, hit.group)
    if hit.kind == "title":
        surname = tokens.low(hit.end)
        if surname in groups.by_surname:
            return groups.by_surname[surname]
        named = givens.get((hit.segment, hit.end))
        if named is not None:
            return groups.named(named.known.name, named.surname, hit.group)
        index = groups.add(None, hit.group)
        if surname:
            groups.by_surname[surname] = index
        return index
    if hit.kind in ("pronoun", "descriptor", "code"):
        return recent[hit.group] if hit.group in recent else groups.add(None, hit.group)
    key = " ".join(tokens.lows[hit.at : hit.end])
    if key not in groups.by_noun:
        groups.by_noun[key] = groups.add(None, hit.group)
    return groups.by_noun[key]


def _in_apposition(noun: Hit, name: Hit, texts: Sequence[Text]) -> bool:
    """``his wife Anna``, ``her husband, Tom``: noun and name are one person."""
    if noun.segment != name.segment or noun.end != name.at or noun.kind not in ("spouse", "kinship", "role") or noun.group != name.group:
        return False
    return texts[noun.segment].tokens.gaps[name.at] in (" ", ", ", " (")
