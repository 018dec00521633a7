"""Who changes: the persons of the origin group, the spouses who change with them, and those who stay."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens

COUPLE_WORDS = frozenset(["married", "engaged", "dating", "divorced", "divorcing", "wed"])


@dataclass(slots=True)
class Plan:
    """The hits to rewrite; ``stays`` are relatives of theirs who keep their gender; ``skip`` is a reason not to rewrite."""

    hits: list[Hit] = field(default_factory=list)
    stays: list[Hit] = field(default_factory=list)
    skip: str | None = None

    def partner_group(self, now: str, origin: str, group: str) -> str:
        """The group that a spouse of group ``now`` has in the arm of ``group``: the origin group if the couple is turned round."""
        return origin if now == group else now


def make_plan(reading: Reading, axis: str, origin: str, tables: Tables, target: str | None) -> Plan:
    """The plan for one origin group of one axis."""
    plan = Plan([h for h in reading.hits if h.axis == axis and h.group == origin])
    if axis != "gender":
        _keep_foreign_surnames(plan, reading, origin)
        return plan
    if origin == "nonbinary" and not plan.hits and reading.bare_they:
        plan.skip = "ambiguous"
    if target is not None:
        _narrow(plan, reading, target)
        return plan
    _keep_relatives(plan, reading)
    if _join_spouses(plan, reading, origin):
        _keep_relatives(plan, reading)
    return plan


def _keep_foreign_surnames(plan: Plan, reading: Reading, origin: str) -> None:
    """Surnames change with the person: one behind a given name of another group stays, and a white surname alone tells nothing."""
    named = {h.given.surname: h.group for h in reading.hits if h.axis == "ethnicity" and h.given is not None and h.given.surname}
    for hit in list(plan.hits):
        if hit.kind == "surname":
            surname = " ".join(reading.texts[hit.segment].tokens.lows[hit.at : hit.end])
            group = named.get(surname)
            if group != origin and (group is not None or origin == "white"):
                plan.hits.remove(hit)


def possessor(reading: Reading, hit: Hit) -> Hit | None:
    """The pronoun or name that a relative belongs to (``her``, ``Anna's``), or None."""
    tokens = reading.texts[hit.segment].tokens
    for at in range(hit.at - 1, max(-1, hit.at - 4), -1):
        if tokens.gaps[at + 1] not in (" ", "\u00a0", "'", "’", "-", " '", " ’"):
            return None
        low = tokens.lows[at]
        if low == "whose":
            return next((h for h in reversed(reading.hits) if h.segment == hit.segment and h.at < at and h.axis == "gender"), None)
        if low in ("her", "his", "their"):
            return reading.hit_at(hit.segment, at)
        if low == "s" and tokens.gaps[at] in ("'", "’"):
            return reading.hit_at(hit.segment, at - 1) or reading.surname_owner(hit.segment, at - 1)
        if low in ("my", "our", "your", "the", "a", "an", "and", "of", "to", "with"):
            return None
    return None


def _keep_relatives(plan: Plan, reading: Reading) -> None:
    """Relatives of a swapped person keep their gender (``her mother``); those of others are persons of the group (``my mother``)."""
    for hit in list(plan.hits):
        if hit.kind == "kinship":
            owner = possessor(reading, hit)
            if owner is not None and owner in plan.hits:
                plan.hits.remove(hit)
                plan.stays.append(hit)


def _join_spouses(plan: Plan, reading: Reading, origin: str) -> bool:
    """Adds the spouses of the other gender, so that a couple of two genders stays one; says whether there were any."""
    joined: set[int] = set()
    for hit in reading.hits:
        if hit.axis != "gender":
            continue
        if hit.kind == "spouse":
            owner = possessor(reading, hit)
            if owner is None or owner.group == hit.group or "nonbinary" in (owner.group, hit.group):
                continue
            if owner in plan.hits and hit.group != origin:
                joined.add(hit.person)
            elif hit in plan.hits and owner.group != origin:
                joined.add(owner.person)
    joined |= _joined_by_words(plan, reading, origin)
    if joined:
        plan.hits = [h for h in reading.hits if h in plan.hits or (h.axis == "gender" and h.person in joined and h not in plan.stays)]
    return bool(joined)


def _joined_by_words(plan: Plan, reading: Reading, origin: str) -> set[int]:
    """Spouses told by ``Mr. and Mrs.``, or by two names and a word such as *married* in one sentence."""
    joined: set[int] = set()
    gendered = [h for h in reading.hits if h.axis == "gender"]
    for one, other in zip(gendered, gendered[1:], strict=False):
        if one.segment != other.segment or {one.group, other.group} != {"female", "male"}:
            continue
        tokens = reading.texts[one.segment].tokens
        between = tokens.lows[one.end : other.at]
        titles = one.kind == other.kind == "title" and between in (["and"], [])
        words = one.given is not None and other.given is not None and len(between) <= 6
        if titles or (words and _speak_of_couple(tokens, one.end, other.end, between)):
            joined.add(other.person if one.group == origin else one.person)
    return joined


def _speak_of_couple(tokens: Tokens, start: int, end: int, between: list[str]) -> bool:
    if not COUPLE_WORDS.isdisjoint(between) and between[-1] in ("to", "with", "married", "dating", "divorced", "divorcing"):
        return True
    if between != ["and"]:
        return False
    after = tokens.lows[end : end + 5]
    return not COUPLE_WORDS.isdisjoint(after) and "to" not in after[-1:]


def _narrow(plan: Plan, reading: Reading, target: str) -> None:
    """Keeps the hits of the person called ``target``; pronouns only where they can be hers or his alone."""
    wanted = set(target.lower().replace(".", " ").split())
    persons = {
        h.person
        for h in plan.hits
        if (h.given is not None and _answers_to(h, wanted)) or (h.kind == "title" and _after(reading, h) in wanted)
    }
    if not persons:
        plan.skip = "ambiguous"
        return
    kept = []
    for hit in plan.hits:
        if hit.kind not in ("pronoun", "descriptor"):
            if hit.person in persons:
                kept.append(hit)
            continue
        owners = reading.candidates(hit)
        if owners <= persons and owners:
            kept.append(hit)
        elif owners & persons or not owners:
            plan.skip = "ambiguous"
            return
    plan.hits = kept


def _answers_to(hit: Hit, wanted: set[str]) -> bool:
    assert hit.given is not None
    return hit.given.known.name.lower() in wanted or bool(hit.given.surname and hit.given.surname in wanted)


def _after(reading: Reading, hit: Hit) -> str:
    return reading.texts[hit.segment].tokens.low(hit.end)
