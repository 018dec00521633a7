"""One-to-one pairing of all known names of two groups: rewriting back through it finds the original name.

Names of like frequency are paired, in seeded order within a window of ranks, so that a common name meets a common name.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

SEED = b"evenhand names 1"
WINDOW = 16
Classes = Sequence[Callable[["KnownName"], object]]


class KnownName(NamedTuple):
    """One name of the detection dictionary.

    `ethnicity` is empty where no group holds half of its `bearers`, else `share` percent of them report it; `also` says what the name may
    be instead (a word, a place, ...).
    """

    name: str
    gender: str
    ethnicity: str
    share: int
    bearers: int
    also: str


class Pairing:
    """Partners of all known names, worked out for two groups when they are first asked for; the same answers in any order of asking."""

    def __init__(self, known: Mapping[str, KnownName], clear: int) -> None:
        self._known = known
        self._clear = clear
        self._tables: dict[tuple[str, ...], dict[str, str]] = {}

    def partner(self, key: str, axis: str, to: str) -> str | None:
        """The partner of a known name (by its casefolded form), as it is written; None where it has none."""
        name = self._known[key]
        one, within = (name.gender, "") if axis == "gender" else (name.ethnicity, name.gender)
        if axis not in ("gender", "ethnicity") or not one or one == to or ("unisex" in (one, to) and axis == "gender"):
            return None
        table = (axis, within, one, to)
        if table not in self._tables:
            self._fill(*table)
        return self._tables[table].get(key)

    def _fill(self, axis: str, within: str, one: str, other: str) -> None:
        """A gender's names are paired within their ethnicity, an ethnicity's within their gender; names that are words among themselves."""
        first, second = sorted((one, other))
        ranked = sorted(self._known.items(), key=lambda item: -item[1].bearers)
        rounds: Classes
        if axis == "gender":
            sides = [[key for key, name in ranked if name.gender == group] for group in (first, second)]
            rounds = (self._gender_class, lambda name: (name.ethnicity, bool(name.also)), lambda name: bool(name.also), lambda name: None)
        else:
            sides = [[key for key, name in ranked if name.gender == within and name.ethnicity == group] for group in (first, second)]
            rounds = (lambda name: (name.share >= self._clear, bool(name.also)), lambda name: bool(name.also), lambda name: None)
        there, back = self._tables.setdefault((axis, within, first, second), {}), self._tables.setdefault((axis, within, second, first), {})
        for left, right in _pair(sides[0], sides[1], self._known, rounds):
            there[left], back[right] = self._known[right].name, self._known[left].name

    def _gender_class(self, name: KnownName) -> tuple[str, bool, bool]:
        return name.ethnicity, name.share >= self._clear, bool(name.also)


def _pair(left: Sequence[str], right: Sequence[str], known: Mapping[str, KnownName], rounds: Classes) -> Iterator[tuple[str, str]]:
    """Pair names of one class, then what is left over under the next, coarser division into classes."""
    for class_of in rounds:
        sides = []
        for names in (left, right):
            classes: dict[object, list[str]] = {}
            for name in names:
                classes.setdefault(class_of(known[name]), []).append(name)
            sides.append(classes)
        paired = [
            pair
            for kind, ours in sides[0].items()
            for pair in zip(_shuffled(ours, b"left"), _shuffled(sides[1].get(kind, ()), b"right"), strict=False)
        ]
        yield from paired
        used = {name for pair in paired for name in pair}
        left, right = [name for name in left if name not in used], [name for name in right if name not in used]


def _shuffled(names: Sequence[str], side: bytes) -> list[str]:
    """The names in seeded order within windows of their ranking."""
    ordered: list[str] = []
    for start in range(0, len(names), WINDOW):
        ordered += sorted(names[start : start + WINDOW], key=lambda name: (zlib.crc32(SEED + side + name.encode()), name))
    return ordered
