"""One-to-one pairing of all known names of two groups: rewriting back through it finds the original name.

Names of like frequency are paired, in seeded order within a window of ranks, so that a common name meets a common name.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

SEED = b"evenhand names 1"
WINDOW = 16
CASUAL = 10_000  # bearers of a name that is known without its capital, in a text without any
MARKING = 60  # percent of bearers that make a name a mark of a group; a name above it has no partner below it in its class
Class = tuple[str, str, tuple[int, ...]]  # gender, ethnicity; whether that is clear, the name a word, the gender a leaning, all ASCII
Table = dict[str, str]


class KnownName(NamedTuple):
    """One name of the detection dictionary.

    `ethnicity` is empty where no group holds half of its `bearers`, else `share` percent of them report it; `also` says what the name may
    be instead (a word, a place, ...). `leaning` is the gender of most bearers of a name for anyone, where most are many.
    """

    name: str
    gender: str
    ethnicity: str
    share: int
    bearers: int
    also: str
    leaning: str = ""


class Pairing:
    """Partners of all known names; the same answers in any order of asking.

    Each name has a place in its class, and its partner has the same place in the class that differs in gender or ethnicity only.
    What a longer class has left over is paired across classes, when such a name is first asked for.
    """

    def __init__(self, known: Mapping[str, KnownName], clear: int) -> None:
        self._known = known
        self._classes: dict[Class, list[str]] = {}
        self._left_over: dict[tuple[str, ...], Table] = {}
        for key, name in sorted(known.items(), key=lambda item: -item[1].bearers):
            gender = name.leaning or name.gender
            rest = (
                (name.share >= clear) + (name.share >= MARKING),
                name.also != "",
                gender != name.gender,
                key.isascii(),
                name.bearers > CASUAL,
            )
            self._classes.setdefault((gender, name.ethnicity, rest), []).append(key)
        for kind, keys in self._classes.items():
            self._classes[kind] = _shuffled(keys, zlib.crc32(SEED + kind[0].encode() + kind[1].encode()))
        self._places = {key: (kind, place) for kind, keys in self._classes.items() for place, key in enumerate(keys)}

    def partner(self, key: str, axis: str, to: str) -> str | None:
        """The partner of a known name (by its casefolded form), as it is written; None where it has none."""
        (gender, ethnicity, rest), place = self._places[key]
        if axis == "gender":
            if to == gender or "unisex" in (to, gender):
                return None
            others = self._classes.get((to, ethnicity, rest), ())
        elif axis == "ethnicity" and ethnicity and to != ethnicity:
            others = self._classes.get((gender, to, rest), ())
        else:
            return None
        if place < len(others):
            return self._known[others[place]].name
        one, other = (gender, to) if axis == "gender" else (ethnicity, to)
        table = (axis, "" if axis == "gender" else gender, one, other)
        if table not in self._left_over:
            self._pair_left_over(*table)
        return self._left_over[table].get(key)

    def _pair_left_over(self, axis: str, within: str, one: str, other: str) -> None:
        first, second = sorted((one, other))
        rounds: list[Callable[[KnownName], object]] = [
            lambda name: (name.name.isascii(), name.also != ""),
            lambda name: name.name.isascii(),
            lambda name: None,
        ]
        if axis == "gender":
            rounds.insert(0, lambda name: (name.ethnicity, name.name.isascii(), name.also != ""))
        left, right = (self._left_over_of(axis, within, *pair) for pair in ((first, second), (second, first)))
        there, back = (
            self._left_over.setdefault((axis, within, first, second), {}),
            self._left_over.setdefault((axis, within, second, first), {}),
        )
        for ours, theirs in _pair(self._ranked(left), self._ranked(right), self._known, rounds):
            there[ours], back[theirs] = self._known[theirs].name, self._known[ours].name

    def _left_over_of(self, axis: str, within: str, own: str, other: str) -> Iterator[str]:
        """Names of group ``own`` that have no place in the class of ``other``; a leaning has partners of its own class only."""
        for (gender, ethnicity, rest), keys in self._classes.items():
            if (gender if axis == "gender" else ethnicity) == own and within in ("", gender) and not rest[2]:
                theirs = (other, ethnicity, rest) if axis == "gender" else (gender, other, rest)
                yield from keys[len(self._classes.get(theirs, ())) :]

    def _ranked(self, keys: Iterable[str]) -> list[str]:
        return sorted(keys, key=lambda key: (-self._known[key].bearers, key))


def _pair(
    left: Sequence[str], right: Sequence[str], known: Mapping[str, KnownName], rounds: Sequence[Callable[[KnownName], object]]
) -> Iterator[tuple[str, str]]:
    """Pair names of one class, then what is left over under the next, coarser division into classes."""
    for class_of in rounds:
        theirs: dict[object, list[str]] = {}
        for name in reversed(right):
            theirs.setdefault(class_of(known[name]), []).append(name)
        paired = [(name, same.pop()) for name in left if (same := theirs.get(class_of(known[name])))]
        yield from paired
        used = {name for pair in paired for name in pair}
        left, right = [name for name in left if name not in used], [name for name in right if name not in used]


def _shuffled(names: Sequence[str], seed: int) -> list[str]:
    """The names in seeded order within windows of their ranking."""
    ordered: list[str] = []
    for start in range(0, len(names), WINDOW):
        ordered += sorted(names[start : start + WINDOW], key=lambda name: (zlib.crc32(name.encode(), seed), name))
    return ordered
