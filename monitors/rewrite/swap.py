"""Writes one arm: the messages with one group's mentions, equal to the original in every other byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from monitors.rewrite.agreement import agree_verbs
from monitors.rewrite.case import case_of_her, case_of_his
from monitors.rewrite.forms import article_edit, in_shape, written_like
from monitors.rewrite.reading import Hit, Person, Reading
from monitors.rewrite.plan import Plan, make_plan
from monitors.rewrite.segments import Splice, write_back
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens
from monitors.rewrite.validity import why_not

Pick = Callable[[Person, str], str]
"""(person, group of the arm) -> the given name that this person gets in that arm."""


class Edit(NamedTuple):
    """One replaced span of a segment's text."""

    segment: int
    start: int
    end: int
    old: str
    new: str


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
    plan = make_plan(reading, axis, origin, tables, target)
    reason = plan.skip or why_not(reading, axis, origin, tables, plan)
    if reason:
        return Skip(reason)
    edits = _edits(reading, axis, origin, group, pick, tables, plan) if plan.hits else []
    if not edits:
        return Arm(list(reading.messages), group, (), 0.0)
    splices: dict[int, list[Splice]] = {}
    edited = total = 0
    for edit in edits:
        splices.setdefault(edit[0], []).append((edit[1], edit[2], edit[4]))
        edited += edit[2] - edit[1]
    for text in reading.texts:
        total += len(text.segment.text)
    return Arm(write_back(reading.messages, reading.segments, splices), group, tuple(edits), edited / total)


def _edits(reading: Reading, axis: str, origin: str, group: str, pick: Pick, tables: Tables, plan: Plan) -> list[Edit]:
    found: list[Splice4] = []
    for hit in plan.hits:
        now = hit.group
        becomes = group if now == origin else _partner_group(now, origin, group)
        if hit.given is not None:
            found += _name_edits(reading, hit, pick(reading.persons[hit.person], becomes))
        elif becomes != now:
            found += _word_edits(reading, hit, axis, becomes, tables)
    if len(found) > 1:
        found.sort()
    edits, at = [], (-1, -1)
    for segment, start, end, new in found:
        if (segment, start) >= at:
            old = reading.texts[segment].segment.text[start:end]
            if old != new:
                edits.append(Edit(segment, start, end, old, new))
            at = (segment, end)
    return edits


def _partner_group(now: str, origin: str, group: str) -> str:
    """The group that a spouse of group ``now`` has in the arm of ``group``: the origin group if the couple is turned round."""
    return origin if now == group else now


Splice4 = tuple[int, int, int, str]


def _name_edits(reading: Reading, hit: Hit, name: str) -> list[Splice4]:
    tokens = reading.texts[hit.segment].tokens
    start, end = tokens.start(hit.at), tokens.end(hit.end - 1)
    return [(hit.segment, start, end, in_shape(name, tokens.text[start:end], name=True))]


def _word_edits(reading: Reading, hit: Hit, axis: str, becomes: str, tables: Tables) -> list[Splice4]:
    tokens = reading.texts[hit.segment].tokens
    start, end = tokens.start(hit.at), tokens.end(hit.end - 1)
    old = tokens.text[start:end]
    lexicon = tables.lexicons[axis]
    if hit.kind == "pronoun":
        case = hit.case or _case(reading, hit, tables)
        new = lexicon.pronouns[becomes].forms[case][0]
        shaped = in_shape(new, old)
        out = [(hit.segment, start, end, shaped)]
        if case == "subject" and lexicon.pronouns[becomes].plural_verbs != lexicon.pronouns[hit.group].plural_verbs:
            out += [(hit.segment, *e) for e in agree_verbs(tokens, hit.at, lexicon.pronouns[becomes].plural_verbs, tables.english)]
        return out
    if hit.kind == "code":
        letters = {g: letter for letter, g in lexicon.codes.items()}
        return [(hit.segment, start, end, in_shape(letters[becomes], old))] if becomes in letters else []
    if hit.kind == "number":
        return [(hit.segment, start, end, becomes), *_article(tokens, hit, becomes)] if becomes.isdecimal() else []
    if hit.sense is None:
        return []
    forms = (hit.sense.term.plurals if hit.sense.plural else hit.sense.term.forms).get(becomes)
    if not forms:
        return []
    own = (hit.sense.term.plurals if hit.sense.plural else hit.sense.term.forms)[hit.group]
    new = written_like(forms[0], old, own[0])
    out = [(hit.segment, start, end, new)]
    return out if hit.sense.kind == "title" else out + _article(tokens, hit, new)


def _article(tokens: Tokens, hit: Hit, new: str) -> list[Splice4]:
    article = article_edit(tokens, hit.at, new)
    return [(hit.segment, *article)] if article else []


def _case(reading: Reading, hit: Hit, tables: Tables) -> str:
    tokens = reading.texts[hit.segment].tokens
    decide = case_of_her if tokens.lows[hit.at] == "her" else case_of_his
    case, rule = decide(tokens, hit.at, tables.english)
    hit.rule = f"pronoun, {case}: {rule}"
    return case
