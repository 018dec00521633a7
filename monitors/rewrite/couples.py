"""Couples: spouses and partners of two genders, who change together so that they stay a couple of two genders."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from itertools import pairwise

from monitors.rewrite.owners import FAR, Owners
from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.tokens import Tokens

COUPLE_WORDS = frozenset(("married", "engaged", "dating", "divorced", "divorcing", "wed"))
COUPLE_NOUNS = frozenset(("couple", "newlyweds", "spouses"))


def spouses(changed: AbstractSet[Hit], reading: Reading, origin: str) -> set[int]:
    """Persons of the other gender who are spouses of changed ones: they change too, so that a couple of two genders stays one."""
    gendered = [h for h in reading.hits if h.axis == "gender"]
    if all(h.group == origin for h in gendered):
        return set()
    joined: set[int] = set()
    if any(h.kind == "spouse" for h in gendered):
        owners = Owners(reading)
        for hit in gendered:
            owner = owners.of(hit) if hit.kind == "spouse" else None
            if owner is None or owner.group == hit.group or "nonbinary" in (owner.group, hit.group):
                continue
            if owner in changed and hit.group != origin:
                joined.add(hit.person)
            elif hit in changed and owner.group != origin:
                joined.add(owner.person)
    wedding = [h for h in gendered if h.sense is not None and h.sense.words[0] in ("bride", "groom") and not h.sense.plural]
    if len({h.group for h in wedding}) > 1:
        joined |= {h.person for h in wedding if h.group != origin and "nonbinary" not in (h.group, origin)}
    for one, other in pairwise(gendered):
        if one.group != other.group and _are_told_a_couple(one, other, reading):
            joined.add(other.person if one.group == origin else one.person)
    return joined


def _are_told_a_couple(one: Hit, other: Hit, reading: Reading) -> bool:
    """``Mr. and Mrs.``, or two names and a word such as *married* in one sentence."""
    if one.segment != other.segment or "nonbinary" in (one.group, other.group) or other.at - one.end > FAR:
        return False
    tokens = reading.texts[one.segment].tokens
    between = tokens.lows[one.end : other.at]
    if one.kind == other.kind == "title":
        return between in (["and"], []) or (between[-1:] == ["to"] and not COUPLE_WORDS.isdisjoint(between))
    if one.given is None or other.given is None:
        return False
    if between == ["and"] and not COUPLE_NOUNS.isdisjoint(tokens.lows[max(0, one.at - 3) : one.at]):
        return True
    return _speak_of_couple(tokens, other.end, between)


def _speak_of_couple(tokens: Tokens, end: int, between: list[str]) -> bool:
    if not COUPLE_WORDS.isdisjoint(between) and between[-1] in ("to", "with", "married", "dating", "divorced", "divorcing"):
        return True
    if between != ["and"]:
        return False
    after = tokens.lows[end : end + 5]
    return not COUPLE_WORDS.isdisjoint(after) and "to" not in after[-1:]
