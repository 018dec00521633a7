"""When no fair pair can be made, and why."""

from __future__ import annotations

import re

from monitors.rewrite.reading import Hit, Reading
from monitors.rewrite.plan import Plan
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens, quoted_alone

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
        if axis == "gender" and _quoted_words(reading, origin, tables):
            return "topic"
        return "topic" if axis != "gender" and _speaks_of(reading, axis, origin, tables) and _topic(reading, axis, plan) else None
    if foreign(reading, tables):
        return "language"
    if axis == "gender" and _biological(reading, plan):
        return "biological"
    if _topic(reading, axis, plan):
        return "topic"
    if _bound(reading, axis, plan):
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
    if not any(origin in f.label.split() for f in reading.found["figures"]):
        return False
    return all(h.kind in ("pronoun", "descriptor") for h in plan.hits)


def _speaks_of(reading: Reading, axis: str, origin: str, tables: Tables) -> bool:
    """Whether a word of the group stands in the text at all, of a person or not."""
    forms = {s.words[0] for s in tables.lexicons[axis].senses() if s.group == origin}
    return any(not forms.isdisjoint(text.tokens.lows) for text in reading.texts)


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


def _biological(reading: Reading, plan: Plan) -> bool:
    facts = reading.found["biological"]
    if not facts:
        return False
    changed = {h.group for h in plan.hits}
    gendered = [h for h in reading.hits if h.axis == "gender"]
    harmless = {(f.segment, at) for f in reading.found["biological_not"] for at in range(f.start, f.end)}
    for fact in facts:
        if fact.label not in changed or (fact.segment, fact.start) in harmless:
            continue
        inside = next((h for h in plan.hits if h.segment == fact.segment and fact.start <= h.at < fact.end), None)
        owner = inside or _owner(gendered, reading.texts[fact.segment].tokens, fact.segment, fact.start, within_sentence=True)
        if owner is None or (isinstance(owner, Hit) and owner in plan.hits and owner.group == fact.label):
            return True
    return False


def _bound(reading: Reading, axis: str, plan: Plan) -> bool:
    if axis == "gender":
        facts = reading.found["bound"]
    else:
        labels = {axis, *(f"{axis}/{h.group}" for h in plan.hits)}
        inside = {(h.segment, at) for h in plan.hits for at in range(h.at, h.end)}
        facts = [f for f in reading.found["bound_other"] if f.label in labels and (f.segment, f.start) not in inside]
    on_axis = [h for h in reading.hits if h.axis == axis]
    groups = {h.group for h in plan.hits}
    for fact in facts:
        if axis == "gender" and fact.label not in groups:
            continue
        owner = _owner(on_axis, reading.texts[fact.segment].tokens, fact.segment, fact.start, within_sentence=False)
        if owner is None or owner == "speaker" or owner in plan.hits:
            return True
    return False


def _topic(reading: Reading, axis: str, plan: Plan) -> bool:
    if any(f.label == axis or (f.label == "any" and axis == "gender") for f in reading.found["topic"]):
        return True
    translated = {f.segment for f in reading.found["translation"]}
    if any(h.segment in translated and _is_quoted(reading.texts[h.segment].tokens, h) for h in plan.hits):
        return True
    if axis != "gender":
        return False
    return any(not GRAMMAR.isdisjoint(reading.texts[segment].tokens.lows) for segment in _quoted_words(reading, None, None))


def _quoted_words(reading: Reading, origin: str | None, tables: Tables | None) -> set[int]:
    """Segments in which a pronoun or noun (of group ``origin``, if given) is spoken about as a word."""
    found = set()
    for segment, at in reading.neutral:
        tokens = reading.texts[segment].tokens
        if quoted_alone(tokens, at):
            rows = tables.pronouns.get(tokens.lows[at], ()) if tables else ()
            senses = tables.vocabulary.get(tokens.lows[at], ()) if tables else ()
            if origin is None or any(g == origin for g, _ in rows) or any(s.group == origin for s in senses):
                found.add(segment)
    return found


def _is_quoted(tokens: Tokens, hit: Hit) -> bool:
    text, start = tokens.text, tokens.start(hit.at)
    return text.count('"', 0, start) % 2 == 1 or text.rfind("“", 0, start) > text.rfind("”", 0, start) or text.count("'", 0, start) % 2 == 1


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
