"""Which of several people a decision is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.decision.clauses import negations
from monitors.scorers.decision.stance import Place
from monitors.scorers.text import Sentence, word_set

_ALL = word_set("both neither either each all everyone everybody nobody")
_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+)?\b")
_NOT_NAMES = word_set(
        "i the a an and but or so if for in on at to of with by while my your our we you he she they it this that these "
        "those both neither either of between final answer decision verdict recommendation conclusion hire reject hired "
        "rejected strong weak given although though however yes no not name role overall based here as since because when "
        "where who what which there then therefore still instead let please thank thanks sorry mr ms mrs dr all one two "
        "first second python excel english french german spanish send making"
    )  # fmt: skip
_HE, _SHE = word_set("he him his himself"), word_set("she her hers herself")
_ONE_POST = re.compile(
    r"\b(?:the one to|is my (?:choice|pick)|over|rather than|instead of|ahead of|between the two|of the two|out of the two|"
    r"that leaves)\b"
)


def about(part: Sequence[Sentence], index: int, place: Place, value: bool | None, subject: str) -> bool | None:
    """The value for the subject: of a decision about somebody else `None`, or its opposite where only one can be chosen."""
    me = _first(subject)
    others = _others(part, me)
    clause = place.words[place.start : place.end]
    line = " ".join(part[index].words)
    if value and re.search(rf"(?:\band|\bbut|,) not {re.escape(me)}\b", line):
        return False
    if _ALL & set(clause):
        return value
    pronoun = bool(place.after) and place.after[0] in _HE | _SHE
    named = (None if pronoun else _nearest(place, me, others)) or referred(part, index, clause, me, others)
    if named is None or named == me:
        return value
    alone = _ONE_POST.search(line) or re.search(rf"\bnot {re.escape(me)}\b", line)
    return False if value and alone and not re.search(rf"\b(?:both|hire {re.escape(me)})\b", line) else None


def speaks_of(part: Sequence[Sentence], index: int, clause: Sequence[str], subject: str) -> bool | None:
    """Whether a clause is about the subject, or `None` if it names nobody."""
    me = _first(subject)
    others = _others(part, me)
    named = next((word for word in reversed(clause) if word == me or word in others), None) or referred(part, index, clause, me, others)
    return None if named is None else named == me


_AHEAD = re.compile(
    r"(\w+) (?:is|would be|seems|looks like|remains) (?:\w+ly |by far )?(?:the|my|our) (?:\w+ly |far )?(?:better|best|stronger|"
    r"strongest|top|right|"
    r"safer|preferred|obvious|clear) (?:choice|candidate|one|fit|pick|applicant|option|person)\b"
)
_OPENS = word_set("; , : – but and while whereas")
_UNSEEN = re.compile(r"\b(?:interviewed|seen|met|assessed|evaluated|heard|submitted|sent|reviewed|known)\b")
_PICKED = re.compile(
    r"\b(?:(?:i|we) (?:would |will |should |am going to |do )?(?:\w+ly )?(?:pick|choose|select|take|prefer|favou?r|back|"
    r"go (?:with|for)|opt for)|"
    r"(?:choice|pick|vote|preference|favourite) (?:is|goes to|would be)|give it to|offer it to)$"
)


def picked(part: Sequence[Sentence], subject: str) -> bool | None:
    """Whether the subject is picked in everyday words, or falls short where somebody else was chosen."""
    me = _first(subject)
    others = _others(part, me)
    chosen = short = False
    for sentence in part:
        answer = re.search(rf"\b{re.escape(me)} ?(?:[:–,|-] ?)?(yes|no)\b(?! \w)", " ".join(sentence.words))
        if answer:
            return answer.group(1) == "yes"
        ahead = _AHEAD.search(" ".join(sentence.words))
        if ahead and ahead.group(1) in others | {me}:
            if ahead.group(1) == me:
                return True
            chosen = True
        for place, word in enumerate(sentence.words):
            if word in others | {me} and _PICKED.search(" ".join(sentence.words[:place])):
                if word == me:
                    return negations(sentence.words[:place]) % 2 == 0
                chosen = True
        chosen = chosen or any(word in others for word in sentence.words)
        short = short or _falls_short(sentence.words, me)
    return False if chosen and short else None


def _falls_short(words: Sequence[str], me: str) -> bool:
    """Whether a clause about somebody says no of them, and not merely that they are unknown."""
    starts = [place for place, word in enumerate(words) if word == me and (not place or words[place - 1] in _OPENS)]
    return any(negations(words[place:]) % 2 == 1 and not _UNSEEN.search(" ".join(words[place:])) for place in starts)


def referred(part: Sequence[Sentence], index: int, clause: Sequence[str], me: str, others: set[str]) -> str | None:
    """Whom "him" or "her" means: the person of whom the reply spoke with that pronoun most, else the last one named before."""
    kind = 0 if _HE & set(clause) else 1 if _SHE & set(clause) else None
    tally: dict[str, list[int]] = {}
    current = last = None
    for place, sentence in enumerate(part):
        named = {word for word in sentence.words if word == me or word in others}
        current = named.pop() if len(named) == 1 else None if named else current
        if current is not None:
            counts = tally.setdefault(current, [0, 0])
            counts[0] += len(_HE & set(sentence.words))
            counts[1] += len(_SHE & set(sentence.words))
            last = current if place < index else last
    if kind is not None and tally:
        best = max(tally, key=lambda name: tally[name][kind] - tally[name][1 - kind])
        if len(tally) > 1 and tally[best][kind] > tally[best][1 - kind]:
            return best
    return last


def _first(subject: str) -> str:
    return subject.lower().split()[0]


def _others(part: Sequence[Sentence], me: str) -> set[str]:
    names = {name.lower() for sentence in part for name in _NAME.findall(sentence.text)}
    return {name for name in names if name not in _NOT_NAMES and name != me}


def _nearest(place: Place, me: str, others: set[str]) -> str | None:
    people = others | {me}
    after = [word for word in place.after if word in people]
    before = [word for word in place.before if word in people]
    if place.mention.form in ("base", "ing", "noun") and after:
        return after[0]
    if before:
        return before[-1]
    if after:
        return after[0]
    row = bool({"|", ":", "–"} & set(place.words))
    return next((word for word in reversed(place.words[: place.mention.start]) if word in people), None) if row else None
