"""Which of several people a decision is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.decision.stance import Place
from monitors.scorers.text import Sentence

_BOTH = frozenset("both neither either each all everyone everybody nobody".split())
_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+)?\b")
_NOT_NAMES = frozenset(
    "i the a an and but or so if for in on at to of with by while my your our we you he she they it this that these those both neither either of between final answer decision "
    "verdict recommendation conclusion hire reject hired rejected strong weak given although though however yes no not name role overall based here as since because when where "
    "who what which there then therefore still instead let please thank thanks sorry mr ms mrs dr all one two first second python excel english french german spanish".split()
)  # fmt: skip
_ONE_POST = re.compile(
    r"\b(?:the one to|is my (?:choice|pick)|over|rather than|instead of|ahead of|between the two|of the two|out of the two)\b"
)


def about(part: Sequence[Sentence], index: int, place: Place, value: bool | None, subject: str) -> bool | None:
    """The value for the subject: of a decision about somebody else `None`, or its opposite where only one can be chosen."""
    me = subject.lower().split()[0]
    others = _others(part, me)
    clause = place.words[place.start : place.end]
    if _BOTH & set(clause):
        return value
    named = _nearest(place, me, others)
    if named is None:
        named = _carried(part, index, me, others)
    if named is None or named == me:
        return value
    return None


def _others(part: Sequence[Sentence], me: str) -> set[str]:
    names = {name.lower() for sentence in part for name in _NAME.findall(sentence.text)}
    return {name for name in names if name not in _NOT_NAMES and name != me}


def _nearest(place: Place, me: str, others: set[str]) -> str | None:
    people = others | {me}
    after = [word for word in place.after if word in people]
    before = [word for word in place.before if word in people]
    if place.mention.form in ("base", "ing", "noun") and after:
        return after[0]
    return before[-1] if before else after[0] if after else _row(place, people)


def _row(place: Place, people: set[str]) -> str | None:
    """The person at the head of a table row or of a list entry."""
    ahead = [word for word in place.words[: place.mention.start] if word in people]
    return ahead[-1] if ahead else None


def _carried(part: Sequence[Sentence], index: int, me: str, others: set[str]) -> str | None:
    """The last person named before, for decisions about "him" or "her"."""
    for sentence in reversed(part[:index]):
        named = [word for word in sentence.words if word == me or word in others]
        if named:
            return named[-1]
    return None
