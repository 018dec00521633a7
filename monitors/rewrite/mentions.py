"""From messages to a ``Reading``: the places in their texts that mark groups, and the persons these belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitors.rewrite.ages import age_places
from monitors.rewrite.figures import known_figures
from monitors.rewrite.given import find_given
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.people import group_persons
from monitors.rewrite.phrases import PREFIX, Found, fits
from monitors.rewrite.pronouns import declares_they, pronoun_at
from monitors.rewrite.protect import protected_spans
from monitors.rewrite.reading import Hit, Mention, Person, Reading, Text
from monitors.rewrite.segments import find_segments
from monitors.rewrite.tables import Tables
from monitors.rewrite.terms import is_code, match_term, speaks_of_person, stands_for_anyone
from monitors.rewrite.things import drop_things
from monitors.rewrite.tokens import Tokens, folded, quoted_alone
from monitors.rewrite.triggers import Trigger

ETHNICITY_SHARE = 60  # percent of a name's bearers that make it a mark of a group
BOOKS = ("entities", "idioms", "figures", "biological", "biological_not", "bound", "bound_other", "topic", "translation")
Marks = list[tuple[int, Trigger]]


def read(messages: list[dict[str, Any]], tables: Tables) -> Reading:
    """Reads the mentions of every axis in a conversation in OpenAI's shape; ``messages`` is kept, not copied."""
    segments = find_segments(messages)
    texts: list[Text] = []
    hits: list[Hit] = []
    neutral: list[tuple[int, int]] = []
    found: dict[str, list[Found]] = {book: [] for book in BOOKS}
    things: list[set[int]] = []
    numbers = assistants = False
    blocked: list[set[int]] = []
    for index, segment in enumerate(segments):
        tokens = Tokens(segment.text)
        text = Text(segment, tokens, protected_spans(segment.text))
        texts.append(text)
        triggers = tables.triggers
        marks = [(at, triggers[low]) for at, low in enumerate(tokens.lows) if low in triggers]
        if not segment.text.isascii():
            marks += [(at, triggers[plain]) for at, low in enumerate(tokens.lows) if low not in triggers and (plain := folded(low)) != low and plain in triggers]
            marks.sort(key=lambda mark: mark[0])
        _find_phrases(index, tokens, marks, tables, found)
        stopped = _blocked(index, tokens, found)
        blocked.append(stopped)
        things.append({at for at, trigger in marks if trigger.thing})
        for at, trigger in marks:
            numbers = numbers or trigger.number
            assistants = assistants or trigger.assistant
            if trigger.code and is_code(text, at, tables):
                letter = tokens.words[at]
                hits += [Hit(index, at, at + 1, axis, x.codes[letter], "code", "a code in a field") for axis, x in tables.lexicons.items() if letter in x.codes]
        _lexicon_hits(index, text, marks, stopped, tables, hits, neutral)
    if numbers:
        _age_hits(texts, tables, hits)
    figures = found["figures"] = known_figures(found["figures"], texts, tables) if found["figures"] else []
    genders = {h.group for h in hits if h.kind in ("pronoun", "title") and h.axis == "gender"}
    for index, text in enumerate(texts):
        _name_hits(index, text, blocked[index], figures, genders, tables, hits)
    if len(hits) > 1:
        hits.sort(key=lambda h: (h.segment, h.at))
    bare_they = False
    if any(h.group == "nonbinary" for h in hits) and not declares_they(hits, texts):
        bare_they = True
        hits = [h for h in hits if h.group != "nonbinary"]
    if any(things) or assistants or any(m.get("role") in ("system", "developer") for m in messages):
        hits = drop_things(hits, texts, things, [str(m.get("role")) for m in messages], tables.english)
    persons = group_persons(hits, texts)
    return Reading(messages, segments, tuple(texts), tuple(hits), persons, found, tuple(neutral), bare_they, _unsupported(messages))


def _unsupported(messages: list[dict[str, Any]]) -> bool:
    """Whether something other than text is said: audio and files count, an image stays as it is."""
    for message in messages:
        content = message.get("content")
        if isinstance(content, list) and any(p.get("type") in ("input_audio", "file") for p in content if isinstance(p, dict)):
            return True
    return False


def _find_phrases(index: int, tokens: Tokens, marks: Marks, tables: Tables, found: dict[str, list[Found]]) -> None:
    for at, trigger in marks:
        for entry in trigger.phrases:
            if fits(tokens, at, entry):
                start = at - entry.key
                found[entry.book].append(Found(index, start, start + len(entry.words), entry.label, entry.phrase))
    stems = tables.stems
    for at, low in enumerate(tokens.lows):
        for entry in stems.get(low[:PREFIX], ()):
            if fits(tokens, at, entry):
                start = at - entry.key
                found[entry.book].append(Found(index, start, start + len(entry.words), entry.label, entry.phrase))


def _blocked(index: int, tokens: Tokens, found: dict[str, list[Found]]) -> set[int]:
    """Words that belong to the name of a brand, place or work, or to an idiom."""
    blocked: set[int] = set()
    for phrase in found["entities"]:
        if phrase.segment == index:
            last = phrase.end - 2 if tokens.lows[phrase.end - 1] == "s" else phrase.end - 1
            if all(not tokens.words[i][0].islower() for i in ((phrase.start,) if phrase.label == "laws" else (phrase.start, last))):
                blocked.update(range(phrase.start, phrase.end))
    for phrase in found["idioms"]:
        if phrase.segment == index:
            blocked.update(range(phrase.start, phrase.end))
    return blocked


def _lexicon_hits(
    index: int, text: Text, marks: Marks, blocked: set[int], tables: Tables, hits: list[Hit], neutral: list[tuple[int, int]]
) -> None:
    tokens = text.tokens
    skip = -1
    for at, trigger in marks:
        if at <= skip or not (trigger.pronoun or trigger.senses) or at in blocked or text.untouchable(at):
            continue
        if trigger.pronoun:
            pronoun = pronoun_at(tokens, at, tables)
            if pronoun is None:
                neutral.append((index, at))
                continue
            hit = Hit(index, at, at + 1, "gender", pronoun[0], "pronoun", pronoun[2])
            hit.case = pronoun[1]
            hits.append(hit)
            continue
        sense = match_term(tokens, at, trigger.senses)
        if sense is None:
            continue
        if len(sense.words) == 1 and quoted_alone(tokens, at) and sense.axis == "gender":
            neutral.append((index, at))
        elif speaks_of_person(tokens, at, sense, tables) and not stands_for_anyone(tokens, at, sense, tables):
            hits.append(Hit(index, at, at + len(sense.words), sense.axis, sense.group, sense.kind, " ".join(sense.words), sense))
        skip = at + len(sense.words) - 1


def _age_hits(texts: list[Text], tables: Tables, hits: list[Hit]) -> None:
    for axis, lexicon in tables.lexicons.items():
        if lexicon.numbers:
            for index, at, number in age_places([t.tokens for t in texts], tables.english):
                if not texts[index].untouchable(at):
                    hits.append(Hit(index, at, at + 1, axis, number, "number", "an age in years"))


def _name_hits(index: int, text: Text, blocked: set[int], figures: list[Found], genders: set[str], tables: Tables, hits: list[Hit]) -> None:
    candidates = [
        at for at, (word, low) in enumerate(zip(text.tokens.words, text.tokens.lows, strict=True)) if word != low and len(word) > 1
    ]
    if not candidates:
        return
    taken = {at for h in hits if h.segment == index for at in range(h.at, h.end)}
    taken |= blocked | {at for f in figures if f.segment == index for at in range(f.start, f.end)}
    for given in find_given(text, candidates, taken, tables.names, tables.english, genders):
        for axis, group in _name_groups(given.known):
            hit = Hit(index, given.start, given.end, axis, group, "name", given.rule)
            hit.given = given
            hits.append(hit)


def _name_groups(known: KnownName) -> Iterator[tuple[str, str]]:
    if known.gender != "unisex":
        yield "gender", known.gender
    if known.ethnicity and known.share >= ETHNICITY_SHARE:
        yield "ethnicity", known.ethnicity


__all__ = ["Mention", "Person", "Reading", "read"]
