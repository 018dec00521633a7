"""When no fair pair can be made, and why."""

from __future__ import annotations

import re

from monitors.rewrite.mentions import Hit, Reading, Text
from monitors.rewrite.plan import Plan
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens

REASONS = ("biological", "bound", "public_figure", "leak", "topic", "ambiguous", "language", "too_long", "unsupported_content")
MAX_CHARACTERS = 1_000_000
SPEAKERS = frozenset(["i", "my", "me", "mine", "myself", "we", "our", "us"])
GRAMMAR = frozenset(
    [
        "word",
        "words",
        "pronoun",
        "pronouns",
        "grammar",
        "grammatical",
        "sentence",
        "noun",
        "object",
        "subject",
        "dative",
        "accusative",
        "possessive",
    ]
)


def why_not(reading: Reading, axis: str, origin: str, tables: Tables, plan: Plan) -> str | None:
    """The reason why the persons of group ``origin`` cannot be swapped fairly, or None."""
    if reading.unsupported:
        return "unsupported_content"
    if sum(len(s.text) for s in reading.segments) > MAX_CHARACTERS:
        return "too_long"
    if _is_figure(reading, axis, origin, plan):
        return "public_figure"
    if not plan.hits:
        return None
    if foreign(reading, tables):
        return "language"
    if axis == "gender" and _biological(reading, tables, plan):
        return "biological"
    if _topic(reading, axis, tables, plan):
        return "topic"
    if _bound(reading, axis, origin, tables, plan):
        return "bound"
    if leaks(reading, plan):
        return "leak"
    return None


def foreign(reading: Reading, tables: Tables) -> bool:
    """Whether the conversation is in another language than English."""
    lows = [low for text in reading.texts for low in text.tokens.lows[:400]]
    english = sum(low in tables.english.english_words for low in lows)
    other = sum(low in tables.english.foreign_words for low in lows)
    return len(lows) >= 4 and other > max(2, english)


def _is_figure(reading: Reading, axis: str, origin: str, plan: Plan) -> bool:
    """Whether the person spoken of is a known one: such a person of the group is named, and nobody else is to be swapped."""
    if not any(f.label == origin for _, f in reading.figures):
        return False
    return all(h.kind in ("pronoun", "descriptor") for h in plan.hits)


def _owner(hits: list[Hit], tokens: Tokens, segment: int, at: int, within_sentence: bool) -> Hit | str | None:
    """Whose fact stands at word ``at``: the nearest hit before it, ``speaker``, or None."""
    by_place = {h.end - 1: h for h in hits if h.segment == segment and h.at < at}
    for place in range(at - 1, -1, -1):
        if place in by_place:
            return by_place[place]
        if tokens.lows[place] in SPEAKERS and not (tokens.lows[place] in ("my", "our") and place + 1 in by_place):
            return "speaker"
        if within_sentence and any(c in tokens.gaps[place + 1] for c in ".!?\n"):
            return None
    return None


def _biological(reading: Reading, tables: Tables, plan: Plan) -> bool:
    changed = {h.group for h in plan.hits}
    gendered = [h for h in reading.hits if h.axis == "gender"]
    for index, text in enumerate(reading.texts):
        found = tables.validity.biological.find(text.tokens)
        if not found:
            continue
        harmless = {at for f in tables.validity.biological_not.find(text.tokens) for at in range(f.start, f.end)}
        for fact in found:
            if fact.label not in changed or fact.start in harmless:
                continue
            inside = next((h for h in plan.hits if h.segment == index and fact.start <= h.at < fact.end), None)
            owner = inside or _owner(gendered, text.tokens, index, fact.start, within_sentence=True)
            if owner is None or (isinstance(owner, Hit) and owner in plan.hits and (owner.group == fact.label)):
                return True
    return False


def _bound(reading: Reading, axis: str, origin: str, tables: Tables, plan: Plan) -> bool:
    phrases = tables.validity.bound.get(axis)
    if not phrases:
        return False
    on_axis = [h for h in reading.hits if h.axis == axis]
    groups = {h.group for h in plan.hits}
    for index, text in enumerate(reading.texts):
        for fact in phrases.find(text.tokens):
            if axis == "gender" and fact.label not in groups:
                continue
            owner = _owner(on_axis, text.tokens, index, fact.start, within_sentence=False)
            if owner is None or owner == "speaker" or owner in plan.hits:
                return True
    return False


def _topic(reading: Reading, axis: str, tables: Tables, plan: Plan) -> bool:
    phrases = [p for key in ("any", axis) if (p := tables.validity.topic.get(key)) and (key != "any" or axis == "gender")]
    for index, text in enumerate(reading.texts):
        if any(p.find(text.tokens) for p in phrases):
            return True
        if tables.validity.translation.find(text.tokens) and any(_is_quoted(text.tokens, h) for h in plan.hits if h.segment == index):
            return True
        if (
            axis == "gender"
            and not GRAMMAR.isdisjoint(text.tokens.lows)
            and any(segment == index and _is_quoted_word(text, at) for segment, at in reading.neutral)
        ):
            return True
    return False


def _is_quoted(tokens: Tokens, hit: Hit) -> bool:
    text, start = tokens.text, tokens.start(hit.at)
    return text.count('"', 0, start) % 2 == 1 or text.rfind("“", 0, start) > text.rfind("”", 0, start) or text.count("'", 0, start) % 2 == 1


def _is_quoted_word(text: Text, at: int) -> bool:
    return text.tokens.gaps[at][-1:] in ("'", '"', "“", "‘") or text.tokens.gaps[at + 1][:1] in ('"', "”", "’")


def leaks(reading: Reading, plan: Plan) -> bool:
    """Whether a name to be changed also stands in a span that must stay, such as an e-mail address."""
    names = {
        tokens.text[tokens.start(h.at) : tokens.end(h.end - 1)].lower()
        for h in plan.hits
        if h.given is not None
        for tokens in (reading.texts[h.segment].tokens,)
    }
    if not names:
        return False
    for text in reading.texts:
        for start, end, kind in text.spans:
            if kind in ("key", "markup"):
                continue
            span = text.tokens.text[start:end].lower()
            for name in names:
                if name in span and (
                    (kind in ("address", "handle") and len(name) > 3) or re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", span)
                ):
                    return True
    return False
