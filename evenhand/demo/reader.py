"""Whom a text speaks of: the demo models' own small reader of pronouns, titles, kinship words and given names.

It is deliberately not the monitor's rewriter: a model's notion of who is meant must not be the instrument's.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Group = Literal["female", "male"]
GROUPS: tuple[Group, ...] = get_args(Group)

_MARKS: dict[Group, str] = {
    "female": """she her hers herself she's she'd she'll ms mrs miss madam ma'am
        mother mum mom daughter sister aunt grandmother niece woman lady female""",
    "male": """he him his himself he's he'd he'll mr sir
        father dad son brother uncle grandfather nephew man gentleman male""",
}
_WORDS: dict[str, Group] = {word: group for group in GROUPS for word in _MARKS[group].split()}
_TOKEN = re.compile(r"[^\W\d_]+(?:['’](?:s|d|ll|am)\b)?")
_PRONOUNS: dict[Group | None, tuple[str, str, str]] = {
    "female": ("she", "her", "her"),
    "male": ("he", "him", "his"),
    None: ("they", "them", "their"),
}


@dataclass(frozen=True)
class Person:
    """Who a text is about, as far as it says: the given name it uses and the gender it marks."""

    name: str | None
    group: Group | None

    @property
    def pronouns(self) -> tuple[str, str, str]:
        """Subject, object and possessive form."""
        return _PRONOUNS[self.group]


def read_names(folder: Path) -> dict[str, Group]:
    """Return given name → gender from the tables in `folder` with the columns `name` and `gender`, without names of both."""
    found: dict[str, set[Group]] = {}
    for table in sorted(folder.glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found.setdefault(row["name"].title(), set()).update(group for group in GROUPS if group == row.get("gender"))
    return {name: groups.pop() for name, groups in found.items() if len(groups) == 1}


def read_person(texts: Iterable[str], names: Mapping[str, Group]) -> Person:
    """Return the person whom `texts` are about: the gender that is marked most often, of two equally often marked the first."""
    counts: dict[Group, int] = {}
    first_name: str | None = None
    for token in (token for text in texts for token in _TOKEN.findall(text)):
        group = _WORDS.get(token.lower().replace("’", "'"))
        if group is None and token[0].isupper():
            given = token.removesuffix("'s").removesuffix("’s")
            group = names.get(given)
            first_name = first_name or (given if group else None)
        if group is not None:
            counts[group] = counts.get(group, 0) + 1
    most = max(counts, key=lambda marked: counts[marked], default=None)
    return Person(first_name, most)
