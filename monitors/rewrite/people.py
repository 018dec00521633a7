"""Who is who: names, nouns and pronouns grouped into persons, by surname, apposition and recency."""

from __future__ import annotations

from typing import Protocol

from monitors.rewrite.given import Given


class HitLike(Protocol):
    """What grouping needs of a hit."""

    segment: int
    at: int
    end: int
    axis: str
    group: str
    kind: str
    person: int
    given: Given | None


class Groups:
    """Persons in the making: name, gender, ethnicity and the surname they answer to."""

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self.genders: list[str | None] = []
        self.ethnicities: list[str | None] = []
        self.by_name: dict[str, int] = {}
        self.by_surname: dict[str, int] = {}
        self.by_noun: dict[str, int] = {}

    def add(self, name: str | None, gender: str | None, ethnicity: str | None = None) -> int:
        """A new person's index."""
        self.names.append(name)
        self.genders.append(gender)
        self.ethnicities.append(ethnicity)
        return len(self.names) - 1

    def of_name(self, given: Given, gender: str | None, ethnicity: str | None, surname_key: str) -> int:
        """The person of a given name, new or known."""
        key = given.known.name
        if key not in self.by_name:
            self.by_name[key] = self.add(given.known.name, gender, ethnicity)
        index = self.by_name[key]
        if surname_key:
            self.by_surname.setdefault(surname_key, index)
        return index
