"""Given names in a text, told from words, places and brands by what stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from monitors.rewrite.english import English
from monitors.rewrite.evidence import weigh
from monitors.rewrite.name_place import POSSESSIVE, Given, Known
from monitors.rewrite.names import Names
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.rows import is_in_row
from monitors.rewrite.surnames import behind_surname
from monitors.rewrite.tokens import Tokens

if TYPE_CHECKING:
    from monitors.rewrite.reading import Text


def find_given(
    text: Text,
    candidates: list[tuple[int, KnownName]],
    blocked: AbstractSet[int],
    titles: AbstractSet[int],
    names: Names,
    english: English,
    genders: set[str],
    told: Mapping[int, str],
) -> list[Given]:
    """The given names among the capitalised words ``candidates``.

    Words ``blocked`` are part of something else, those in ``titles`` of a work or a brand. ``genders`` are those that the pronouns of
    the conversation show; ``told`` has the gender that a noun directly before a word tells (``his wife Robin``).
    """
    tokens = text.tokens
    found: list[Given] = []
    taken = -1
    known = Known(english, genders, {tokens.lows[at] for at, entry in candidates if not entry.also}, tokens.text.isupper(), set(), set())
    for at, entry in candidates:
        if at <= taken or at in blocked or tokens.lows[at] in english.honorifics or len(tokens.words[at]) == 1 or _is_part(tokens, at):
            continue
        if titles and is_in_row(tokens, at, titles):
            known.works.add(tokens.lows[at])
            continue
        end = at + 1
        if tokens.gaps[end] == "-" and end < tokens.count and tokens.words[end][0].isalpha():
            joined = _hyphenated(tokens, at, names, genders)
            if joined is None:
                continue
            entry, end = joined
        elif _has_second_name(tokens, end, names):
            end += 1
        if entry.gender == "unisex" and genders == {entry.leaning} and not text.spans:
            entry = entry._replace(gender=entry.leaning)
        if entry.gender == "unisex" and at in told and tokens.gaps[at] in (" ", ", "):
            entry = entry._replace(gender=told[at])
        if (entry.gender == "unisex" and not entry.ethnicity) or any(text.untouchable(i) for i in range(at, end)):
            continue
        candidate = weigh(text, at, end, entry, known)
        if candidate is None:
            continue
        found.append(candidate)
        taken = end - 1
        if candidate.surname:
            taken = behind_surname(tokens, end, candidate.surname) - 1
            known.surnames.add(candidate.surname)
    return _settle(found)


def _is_part(tokens: Tokens, at: int) -> bool:
    """Whether the word is the second part of a hyphenated or Irish name (``O'Connor``)."""
    return at > 0 and (tokens.gaps[at] == "-" or (tokens.gaps[at] in POSSESSIVE and len(tokens.words[at - 1]) == 1))


def _hyphenated(tokens: Tokens, at: int, names: Names, genders: set[str]) -> tuple[KnownName, int] | None:
    if tokens.lows[at] in ("al", "el", "abu", "bin", "ben"):
        return None
    first, second = names.known.get(tokens.lows[at]), names.known.get(tokens.lows[at + 1])
    end = at + 2
    if tokens.gaps[end] == "-" or (not tokens.words[at + 1][0].isupper() and second is None):
        return None
    whole = names.known.get(tokens.lows[at] + tokens.lows[at + 1])
    options = [k for k in (whole, second, first) if k is not None]
    clear = [k for k in options if k.gender != "unisex"]
    if first and second and first.gender == second.gender != "unisex":
        return first._replace(name=f"{first.name}-{second.name}", also=""), end
    if not options or (first is None and whole is None):
        return None
    if not clear and len(genders) == 1:
        return options[0]._replace(gender=next(iter(genders))), end
    return (clear or options)[0], end


def _has_second_name(tokens: Tokens, end: int, names: Names) -> bool:
    """Whether a second given name and a surname follow (``Mary Ann Fischer``)."""
    if end + 1 >= tokens.count or tokens.gaps[end] != " " or tokens.gaps[end + 1] != " " or not tokens.words[end + 1][0].isupper():
        return False
    second, third = names.find(tokens.words[end]), names.find(tokens.words[end + 1])
    return tokens.words[end][0].isupper() and second is not None and not second.also and (third is None or bool(third.also))


def _settle(found: list[Given]) -> list[Given]:
    """Keeps the names that have enough evidence, and weaker ones of a name that has it elsewhere."""
    sure = {g.known.name for g in found if g.score >= 0}
    kept = []
    for given in found:
        if given.score >= 0 or (given.known.name in sure and given.score >= -1):
            kept.append(given)
    return kept
