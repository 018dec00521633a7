"""Writes one arm: the messages with one group's mentions, equal to the original in every other byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from monitors.rewrite.agreement import agree_verbs
from monitors.rewrite.axes import TIMES, parts
from monitors.rewrite.case import case_of_her, case_of_his
from monitors.rewrite.forms import article_edit, in_shape, written_like
from monitors.rewrite.lexicon import Lexicon, Pronouns
from monitors.rewrite.plan import Plan, make_plan
from monitors.rewrite.reading import Hit, Person, Reading
from monitors.rewrite.segments import Splice, raw_form, raw_offsets, write_back
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens
from monitors.rewrite.validity import why_not

ANSWERS = frozenset(["yes", "no", "ok", "okay", "sure", "thanks", "you", "sorry", "please", "me", "yep", "nope", "right"])
Splice4 = tuple[int, int, int, str]  # segment, start, end, what comes there
Pick = Callable[[Person, str], str]
"""(person, group of the arm) -> the given name that this person gets in that arm."""


class Edit(NamedTuple):
    """One replaced span of a segment's text."""

    segment: int
    start: int
    end: int
    old: str
    new: str
    raw: str = ""  # how ``old`` is written inside a JSON string, where it could be written otherwise


class Arm(NamedTuple):
    """The messages as one group's arm, what was edited, and the share of characters that was."""

    messages: list[dict[str, Any]]
    group: str
    edits: tuple[Edit, ...]
    edited_share: float


class Skip(NamedTuple):
    """Why no fair pair can be made: biological, bound, public_figure, leak, topic, ambiguous, language, too_long or unsupported_content."""

    reason: str


def make_arm(reading: Reading, axis: str, origin: str, group: str, pick: Pick, tables: Tables, target: str | None = None) -> Arm | Skip:
    """Rewrites every person of group ``origin`` into ``group``; with ``group == origin`` only their names change.

    ``target`` names the one person to rewrite. A ``Skip`` depends on the text, the axis and ``origin`` alone, never on ``group``.
    """
    if TIMES in axis:
        found = _product(reading, axis, origin, group, pick, tables, target)
    else:
        found = _one(reading, axis, origin, group, pick, tables, target)
    if isinstance(found, Skip):
        return found
    return _written(found, reading, group)


def _one(reading: Reading, axis: str, origin: str, group: str, pick: Pick, tables: Tables, target: str | None) -> list[Splice4] | Skip:
    """What changes on one axis."""
    plan = make_plan(reading, axis, origin, tables, target)
    reason = plan.skip or why_not(reading, axis, origin, tables, plan)
    if reason:
        return Skip(reason)
    return _edits(reading, axis, origin, group, pick, tables, plan) if plan.hits else []


def _product(reading: Reading, axis: str, origin: str, group: str, pick: Pick, tables: Tables, target: str | None) -> list[Splice4] | Skip:
    """What changes on several axes at once; only where the text marks just one group of each, so that all belong together."""
    marked = reading.origins(axis)
    if marked != (origin,):
        here = all(own in reading.origins(factor) for factor, own in parts(axis, origin))
        return Skip("ambiguous") if here and not marked else []
    found: list[Splice4] = []
    groups = group.split(TIMES)
    for place, (factor, own, other) in enumerate(parts(axis, origin, group)):

        def named(person: Person, becomes: str, place: int = place) -> str:
            return pick(person, TIMES.join([*groups[:place], becomes, *groups[place + 1 :]]))

        more = _one(reading, factor, own, other, named, tables, target)
        if isinstance(more, Skip):
            return more
        found += more
    return found


def _edits(reading: Reading, axis: str, origin: str, group: str, pick: Pick, tables: Tables, plan: Plan) -> list[Splice4]:
    lexicon, texts = tables.lexicons[axis], reading.texts
    found: list[Splice4] = []
    for hit in plan.hits:
        now, index = hit.group, hit.segment
        # A spouse of the group that the persons are rewritten to takes the origin group: the couple is turned round.
        becomes = group if now == origin else origin if now == group else now
        tokens = texts[index].tokens
        start, end = tokens.span(hit.at, hit.end)
        if hit.given is not None:
            name = pick(reading.persons[hit.person], becomes)
            found.append((index, start, end, in_shape(name, tokens.text[start:end], name=True)))
        elif becomes == now:
            continue
        elif hit.kind == "pronoun":
            case = hit.case or _case(tokens, hit, tables)
            pronouns = lexicon.pronouns[becomes]
            own = _own_set(reading, pronouns, tables) if pronouns.others else None
            found.append((index, start, end, in_shape(own[case] if own else pronouns.forms[case][0], tokens.words[hit.at])))
            plural = pronouns.plural_verbs and own is None
            if case == "subject" and plural != (lexicon.pronouns[now].plural_verbs and tokens.lows[hit.at] not in tables.neopronouns):
                found += [(index, *e) for e in agree_verbs(tokens, hit.at, plural, tables.english)]
        else:
            new = _word(hit, tokens, tokens.text[start:end], becomes, lexicon)
            if new is not None:
                found.append((index, start, end, new))
                if hit.kind != "title" and (article := article_edit(tokens, hit.at, new)):
                    found.append((index, *article))
    return found


def _written(found: list[Splice4], reading: Reading, group: str) -> Arm:
    """The arm with the edits in order of their places, without those that change nothing or begin inside an earlier one."""
    segments = reading.segments
    found.sort()
    edits: list[Edit] = []
    splices: dict[int, list[Splice]] = {}
    edited = behind = 0
    last = -1
    starts: list[int] | None = None
    for index, start, end, new in found:
        segment = segments[index]
        if index != last:
            last, behind = index, 0
            starts = raw_offsets(segment) if segment.json else None
        if start >= behind:
            behind = end
            old = segment.text[start:end]
            if old != new:
                edited += end - start
                edits.append(Edit(index, start, end, old, new, raw_form(segment, starts, start, end) if segment.json else ""))
                splices.setdefault(index, []).append((start, end, new))
    messages = write_back(reading.messages, segments, splices)
    return Arm(messages, group, tuple(edits), edited / reading.characters if edits else 0.0)


def _own_set(reading: Reading, pronouns: Pronouns, tables: Tables) -> Mapping[str, str] | None:
    """The neopronouns that the text itself uses for the group, or None where it uses the common ones."""
    words = {reading.texts[h.segment].tokens.lows[h.at] for h in reading.hits if h.kind == "pronoun" and h.group == pronouns.group}
    return max(
        (own for own in pronouns.others if not words.isdisjoint(own.values())), key=lambda own: len(words & {*own.values()}), default=None
    )


def _word(hit: Hit, tokens: Tokens, old: str, becomes: str, lexicon: Lexicon) -> str | None:
    """What a title, noun, descriptor, code or number becomes, or None where the group has no such form."""
    if hit.kind == "code":
        letter = next((letter for letter, group in lexicon.codes.items() if group == becomes), None)
        return old[:-1] + letter if letter else None
    if hit.kind == "number":
        return becomes if becomes.isdecimal() else None
    if hit.sense is None:
        return None
    table = hit.sense.term.plurals if hit.sense.plural else hit.sense.term.forms
    if not table.get(becomes):
        return None
    new = _courteous(table[becomes], hit, tokens)
    if "-" in new and "-" in table[hit.group][0] and "-" not in old:  # a twin brother is a twin sister, a twin-brother a twin-sister
        new = new.replace("-", " ")
    return written_like(new, old, table[hit.group][0])


def _courteous(forms: tuple[str, ...], hit: Hit, tokens: Tokens) -> str:
    """The form of a title that goes with its place: *Mrs* beside the husband's *Mr*, *ma'am* behind a yes or thanks; else the first."""
    if hit.kind == "title" and len(forms) > 1:
        if (
            "Mrs" in forms
            and "mrs" in (tokens.low(hit.at - 2), tokens.low(hit.end + 1))
            and (tokens.low(hit.at - 1) in ("and", "mrs") or tokens.low(hit.end) == "and" or "&" in tokens.gap(hit.end))
        ):
            return "Mrs"
        if "ma'am" in forms and tokens.low(hit.at - 1) in ANSWERS:
            return "ma'am"
    return forms[0]


def _case(tokens: Tokens, hit: Hit, tables: Tables) -> str:
    may_be_object = (hit.group, "object") in tables.pronouns[tokens.lows[hit.at]]
    case, rule = (case_of_her if may_be_object else case_of_his)(tokens, hit.at, tables.english)
    hit.rule = f"pronoun, {case}: {rule}"
    return case
