"""One person picked out by name: which mentions are hers or his alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.tables import Tables
from monitors.rewrite.things import is_object_beside


def hits_of(target: str, hits: Sequence[Hit], reading: Reading, tables: Tables) -> set[Hit] | None:
    """Those of ``hits`` that speak of the person called ``target``; None where a pronoun may be hers or his and somebody else's."""
    wanted = set(target.lower().replace(".", " ").split())
    persons = {h.person for h in hits if _answers_to(h, wanted, reading)}
    if not persons:
        return None
    nouns = [h for h in hits if h.kind not in ("pronoun", "descriptor", "code")]
    nouns = sorted([*nouns, *_doubtful(reading, tables)], key=lambda h: (h.segment, h.at))
    everyone = {h.person for h in nouns}
    places = [(h.segment, h.at) for h in nouns]
    found = set()
    for hit in hits:
        if hit.kind not in ("pronoun", "descriptor", "code"):
            owners = {hit.person}
        else:
            owners = everyone if len(everyone) <= 1 else _owners(hit, nouns, places, everyone, reading, tables)
        if owners & persons:
            if not owners <= persons:
                return None
            found.add(hit)
    return found


def _doubtful(reading: Reading, tables: Tables) -> list[Hit]:
    """Capitalised words that may be persons of any gender (``Ines``, ``Taylor``), as hits of persons apart."""
    surnames = {h.given.surname for h in reading.hits if h.given is not None}
    known = {(h.segment, at) for h in reading.hits if h.axis == "gender" for at in range(h.at, h.end + (h.kind == "title"))}
    found = []
    for segment, text in enumerate(reading.texts):
        tokens = text.tokens
        for at, word in enumerate(tokens.words):
            if not word[0].isupper() or (segment, at) in known or tokens.lows[at] in surnames or text.untouchable(at):
                continue
            trigger = tables.words[word]
            name = trigger.name if trigger is not None else None
            if name is not None and name.gender == "unisex" and not name.also:
                found.append(Hit(segment, at, at + 1, "gender", "", "name", "a name for anyone"))
    for place, hit in enumerate(found):
        hit.person = -2 - place
    return found


def _answers_to(hit: Hit, wanted: set[str], reading: Reading) -> bool:
    if hit.given is not None:
        return hit.given.known.name.lower() in wanted or hit.given.surname in wanted
    return hit.kind == "title" and reading.texts[hit.segment].tokens.low(hit.end) in wanted


def _owners(
    pronoun: Hit, nouns: list[Hit], places: list[tuple[int, int]], everyone: set[int], reading: Reading, tables: Tables
) -> set[int]:
    """The persons that a pronoun may speak of: those named before it, never the subject whose object it is (``Ann called her``)."""
    tokens = reading.texts[pronoun.segment].tokens
    last = bisect_left(places, (pronoun.segment, pronoun.at)) - 1
    if last >= 0 and nouns[last].segment == pronoun.segment and is_object_beside(tokens, nouns[last].end - 1, pronoun.at, tables.english):
        return everyone - {nouns[last].person}
    return _named_before(pronoun, nouns, places, reading) or everyone


def _named_before(pronoun: Hit, nouns: list[Hit], places: list[tuple[int, int]], reading: Reading) -> set[int]:
    """The persons named in the pronoun's sentence before it, else those in the sentence before."""
    tokens = reading.texts[pronoun.segment].tokens
    last = bisect_left(places, (pronoun.segment, pronoun.at)) - 1
    found: set[int] = set()
    boundary = pronoun.at
    sentences = 0
    while last >= 0 and nouns[last].segment == pronoun.segment:
        noun = nouns[last]
        ended = sum(any(c in tokens.gaps[i] for c in ".!?\n") for i in range(noun.end, boundary + 1))
        if ended and found:
            break
        sentences += ended
        if sentences > 1:
            break
        found.add(noun.person)
        boundary = noun.at
        last -= 1
    return found
