"""Who changes: the persons of the origin group, the spouses who change with them, and those who stay."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.tables import Tables
from monitors.rewrite.things import is_object_beside
from monitors.rewrite.tokens import Tokens

COUPLE_WORDS = frozenset(("married", "engaged", "dating", "divorced", "divorcing", "wed"))
GREETINGS = ("dear", "hi", "hello", "hey")
COUPLE_NOUNS = frozenset(("couple", "newlyweds", "spouses"))
POSSESSIVE_GAPS = (" ", "\u00a0", "'", "’", "-", " '", " ’")
RELATED = frozenset(("kinship", "spouse", "title", "name"))
FAR = 6  # words between a surname and the given name or title that it follows


class Plan:
    """The hits to rewrite, in order; ``skip`` is a reason not to rewrite."""

    __slots__ = ("changed", "hits", "skip")

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.changed = set(hits)
        self.skip: str | None = None

    def keep(self, hit: Hit) -> None:
        """Takes a hit out: it stays as it is."""
        self.changed.discard(hit)


def make_plan(reading: Reading, axis: str, origin: str, tables: Tables, target: str | None) -> Plan:
    """The plan for one origin group of one axis."""
    plan = Plan([h for h in reading.hits if h.axis == axis and h.group == origin])
    if axis != "gender":
        if any(h.kind == "surname" for h in plan.hits):
            _keep_other_surnames(plan, reading, origin)
    elif origin == "nonbinary" and not plan.hits and reading.bare_they:
        plan.skip = "ambiguous"
    elif target is not None:
        _narrow(plan, reading, target, tables)
    elif not RELATED.isdisjoint([h.kind for h in reading.hits]):
        _keep_relatives(plan, reading)
        joined = _spouses(plan, reading, origin)
        if joined:
            plan.changed |= {h for h in reading.hits if h.axis == "gender" and h.person in joined}
            _keep_relatives(plan, reading)
            plan.hits = list(reading.hits)
    if len(plan.changed) != len(plan.hits):
        plan.hits = [h for h in plan.hits if h in plan.changed]
    return plan


def _keep_other_surnames(plan: Plan, reading: Reading, origin: str) -> None:
    """Surnames change with the person: one behind a given name of another group stays."""
    named = {h.given.surname: h.group for h in reading.hits if h.axis == "ethnicity" and h.given is not None and h.given.surname}
    for hit in plan.hits:
        if hit.kind == "surname":
            group = named.get(reading.texts[hit.segment].tokens.lows[hit.at])
            if group is not None and group != origin:
                plan.keep(hit)


class Owners:
    """Whose relative somebody is."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._gendered = [h for h in reading.hits if h.axis == "gender"]
        self._places = [(h.segment, h.end - 1) for h in self._gendered]
        self._nouns = {(h.segment, h.end - 1) for h in self._gendered if h.kind in ("kinship", "spouse")}

    def of(self, hit: Hit) -> Hit | None:
        """The pronoun or name that a relative belongs to (``her``, ``Anna's``, ``whose``), or None."""
        tokens = self._reading.texts[hit.segment].tokens
        for at in range(hit.at - 1, max(-1, hit.at - 6), -1):
            if tokens.gaps[at + 1] not in POSSESSIVE_GAPS:
                return None
            low = tokens.lows[at]
            if low in ("her", "his", "their"):
                return self._at(hit.segment, at)
            if low == "your":
                return self._addressee()
            if low == "whose":
                return self._before(hit.segment, at)
            if low == "s" and tokens.gaps[at] in ("'", "’"):
                return self._at(hit.segment, at - 1) or self._of_surname(hit.segment, at - 1)
            if low in ("and", "or") and (hit.segment, at - 1) in self._nouns:
                continue
            if low in ("my", "our", "your", "the", "a", "an", "and", "of", "to", "with"):
                return None
        return None

    def _addressee(self) -> Hit | None:
        """The person whom a text greets (``Dear Mrs Berg``)."""
        for hit in self._gendered:
            if hit.at and hit.kind in ("title", "name") and self._reading.texts[hit.segment].tokens.lows[hit.at - 1] in GREETINGS:
                return hit
        return None

    def _at(self, segment: int, at: int) -> Hit | None:
        place = bisect_left(self._places, (segment, at))
        return self._gendered[place] if place < len(self._places) and self._places[place] == (segment, at) else None

    def _before(self, segment: int, at: int) -> Hit | None:
        place = bisect_left(self._places, (segment, at)) - 1
        return self._gendered[place] if place >= 0 and self._gendered[place].segment == segment else None

    def _of_surname(self, segment: int, at: int) -> Hit | None:
        """The hit of the person whose surname is word ``at`` (``Mr. Okoye``, ``Anna Berg``)."""
        hit = self._before(segment, at)
        if hit is None or at - hit.end > FAR:
            return None
        surname = self._reading.texts[segment].tokens.low(at)
        return hit if (hit.given is not None and hit.given.surname == surname) or (hit.kind == "title" and hit.end == at) else None


def _keep_relatives(plan: Plan, reading: Reading) -> None:
    """Relatives of a changed person keep their gender (``her mother``); those of others are persons of the group (``my mother``)."""
    relatives = [h for h in reading.hits if h.kind == "kinship" and h in plan.changed]
    if relatives:
        owners = Owners(reading)
        names = {(h.segment, h.at): h for h in reading.hits if h.given is not None and h.axis == "gender"}
        kept: set[int] = set()
        for hit in relatives:
            if owners.of(hit) in plan.changed:
                plan.keep(hit)
                name = names.get((hit.segment, hit.end))
                if name is not None and _is_apposed(name, reading):
                    kept.add(name.person)
        for other in reading.hits if kept else ():
            if other.given is not None and other.person in kept:
                plan.keep(other)


def _is_apposed(name: Hit, reading: Reading) -> bool:
    """Whether a name names the noun before it: ``her mother Laura``, ``his brother, Tom,``."""
    gaps = reading.texts[name.segment].tokens.gaps
    return gaps[name.at] in (" ", " (") or (gaps[name.at] == ", " and gaps[name.end][:1] in (",", ".", ")", ""))


def _spouses(plan: Plan, reading: Reading, origin: str) -> set[int]:
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
            if owner in plan.changed and hit.group != origin:
                joined.add(hit.person)
            elif hit in plan.changed and owner.group != origin:
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


def _narrow(plan: Plan, reading: Reading, target: str, tables: Tables) -> None:
    """Keeps the hits of the person called ``target``; pronouns only where they can be hers or his alone."""
    wanted = set(target.lower().replace(".", " ").split())
    persons = {h.person for h in plan.hits if _answers_to(h, wanted, reading)}
    if not persons:
        plan.skip = "ambiguous"
        return
    nouns = [h for h in plan.hits if h.kind not in ("pronoun", "descriptor", "code")]
    nouns = sorted([*nouns, *_doubtful(reading, plan, tables)], key=lambda h: (h.segment, h.at))
    everyone = {h.person for h in nouns}
    places = [(h.segment, h.at) for h in nouns]
    for hit in plan.hits:
        if hit.kind not in ("pronoun", "descriptor", "code"):
            if hit.person not in persons:
                plan.keep(hit)
            continue
        owners = everyone if len(everyone) <= 1 else _owners(hit, nouns, places, everyone, reading, tables)
        if not owners & persons:
            plan.keep(hit)
        elif not owners <= persons:
            plan.skip = "ambiguous"
            return


def _doubtful(reading: Reading, plan: Plan, tables: Tables) -> list[Hit]:
    """Capitalised words that may be persons of any gender (``Ines``, ``Taylor``), as hits of nobody in the plan."""
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
