"""When no fair pair can be made, and why."""

from __future__ import annotations

from bisect import bisect_left

from monitors.rewrite.english import English
from monitors.rewrite.leaks import leaks
from monitors.rewrite.owners import Owners
from monitors.rewrite.phrases import Found
from monitors.rewrite.plan import Plan
from monitors.rewrite.reading import Hit, Reading, by_segment
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens, quoted_alone

REASONS = ("biological", "bound", "public_figure", "leak", "topic", "ambiguous", "language", "too_long", "unsupported_content")
MAX_CHARACTERS = 1_000_000
ALIAS = frozenset(["name", "born", "née", "nee", "aka"])  # what stands before another name of a known person
SPEAKERS = frozenset(["i", "my", "me", "mine", "myself", "we", "our", "us"])
SHORT = 400  # words of a text that its language is told from


def why_not(reading: Reading, axis: str, origin: str, tables: Tables, plan: Plan) -> str | None:
    """The reason why the persons of group ``origin`` cannot be swapped fairly, or None."""
    if reading.unsupported:
        return "unsupported_content"
    foreign = spans = False
    for text in reading.texts:
        foreign = foreign or text.foreign > 2
        spans = spans or bool(text.spans)
    if reading.characters > MAX_CHARACTERS:
        return "too_long"
    if "figures" in reading.found and _is_figure(reading, origin, plan):
        return "public_figure"
    if not plan.hits:
        return "topic" if _is_about_group(reading, axis, origin, tables, plan) else None
    if foreign and is_foreign(reading, tables):
        return "language"
    nouns = [hit for hit in plan.hits if hit.sense is not None]
    if nouns and axis == "gender" and any(_is_cleric(reading, hit) for hit in nouns):
        return "bound"
    if reading.found:
        if axis == "gender" and "biological" in reading.found and _is_biological(reading, plan, tables.english):
            return "biological"
        if _is_topic(reading, axis, plan):
            return "topic"
        if _is_bound(reading, axis, plan, tables.english):
            return "bound"
    if axis == "gender" and (
        (reading.neutral and _is_about_words(reading, plan, tables.english))
        or (nouns and any(_is_generic(reading, noun, tables) for noun in nouns))
    ):
        return "topic"
    return "leak" if spans and leaks(reading, plan) else None


def is_foreign(reading: Reading, tables: Tables) -> bool:
    """Whether the conversation is in another language than English."""
    lows = [low for text in reading.texts for low in text.tokens.lows[:SHORT]]
    english = sum(low in tables.english.english_words for low in lows)
    other = sum(low in tables.english.foreign_words for low in lows)
    return len(lows) >= 4 and other > max(2, english)


def _is_figure(reading: Reading, origin: str, plan: Plan) -> bool:
    """Whether the person spoken of is a known one: such a person of the group is named, and nobody else is to be swapped."""
    figures = [f for f in reading.facts("figures") if origin in f.label.split()]
    if not figures:
        return False
    named = {(f.segment, at) for f in reading.facts("figures") for at in range(f.start, f.end)}
    relatives = Owners(reading)
    for hit in plan.hits:
        if hit.kind in ("pronoun", "descriptor") or (hit.sense is not None and hit.sense.plural):
            continue
        if hit.given is not None and reading.texts[hit.segment].tokens.low(hit.at - 1) in ALIAS:
            continue
        if hit.kind in ("kinship", "spouse") and (
            relatives.of(hit) is not None
            or ((hit.segment, hit.at - 2) in named and reading.texts[hit.segment].tokens.low(hit.at - 1) == "s")
        ):
            continue
        return False
    return True


def _is_cleric(reading: Reading, hit: Hit) -> bool:
    """Whether a capitalised *Father* or *Mother* stands before a name (``Father Michael``): the office has no other gender."""
    if hit.kind != "kinship" or hit.sense is None or hit.sense.words[0] not in ("father", "mother"):
        return False
    tokens = reading.texts[hit.segment].tokens
    if hit.end >= tokens.count or tokens.gaps[hit.end] != " " or tokens.low(hit.at - 1) in ("my", "our", "your", "his", "her", "their"):
        return False
    return all(word[0].isupper() and not word.isupper() for word in (tokens.words[hit.at], tokens.words[hit.end]))


GENERIC = frozenset(("woman", "man", "girl", "boy", "lady", "female", "male"))


def _is_generic(reading: Reading, hit: Hit, tables: Tables) -> bool:
    """Whether a plural without article speaks of the whole group: ``women``, ``female managers``; not ``women in my club``."""
    if hit.sense is None or hit.sense.term.forms.get("female", ("",))[0] not in GENERIC:
        return False
    tokens, english = reading.texts[hit.segment].tokens, tables.english
    end = hit.end
    if hit.kind == "descriptor" and not hit.sense.plural:
        if tokens.low(end) not in english.persons or not tokens.low(end).endswith("s"):
            return False
        end += 1
    elif not hit.sense.plural:
        return False
    before = tokens.low(hit.at - 1) if hit.at and tokens.gaps[hit.at].strip(" ") == "" else ""
    if before == "t":  # why don't men
        return True
    if (
        before in english.determiners
        or before in english.numbers
        or before in english.person_modifiers
        or before.isdecimal()
        or before in ("other", "of")
    ):
        return False
    if not before and hit.at and tokens.gaps[hit.at].strip(" ") and tokens.gaps[hit.at][-1:] not in (" ", "\n"):
        return False
    if tokens.low(end) in english.prepositions and tokens.low(end + 1) in english.particular_words:
        return False
    return before in english.function_words or before in english.base_verbs or before in english.asking_words or not before


ANIMAL = Hit(-1, -1, -1, "", "", "", "")  # owns what is told of it, and is nobody


class _Facts:
    """Whose fact a phrase states: the nearest person before it, who may be the speaker."""

    def __init__(self, reading: Reading, hits: list[Hit], english: English) -> None:
        self._reading = reading
        self._english = english
        self._hits = by_segment(hits)
        self._places: dict[int, tuple[list[int], list[Hit | None], list[int]]] = {}

    def owner(self, fact: Found, within_sentence: bool) -> tuple[Hit | None, bool]:
        """The owner, and whether it is the speaker; (None, False) where nobody stands before the fact."""
        places, owners, ends = self._index(fact.segment)
        last = bisect_left(places, fact.start) - 1
        if last < 0:
            return None, False
        if within_sentence:
            stop = bisect_left(ends, fact.start + 1) - 1
            if stop >= 0 and ends[stop] > places[last]:
                return None, False
        return owners[last], owners[last] is None

    def _index(self, segment: int) -> tuple[list[int], list[Hit | None], list[int]]:
        if segment not in self._places:
            tokens = self._reading.texts[segment].tokens
            rows: dict[int, Hit | None] = {at: None for at, low in enumerate(tokens.lows) if low in SPEAKERS}
            for hit in self._hits.get(segment, ()):
                rows[hit.end - 1] = hit
                if hit.at > 0 and tokens.lows[hit.at - 1] in ("my", "our"):
                    rows.pop(hit.at - 1, None)
            for at, low in enumerate(tokens.lows):  # "our receptionist" is somebody else than who speaks
                if low in ("my", "our") and at in rows and _is_somebody(tokens, at + 1, self._english):
                    rows.pop(at)
            if not self._english.animals.isdisjoint(tokens.lows):
                rows |= dict.fromkeys((at for at, low in enumerate(tokens.lows) if low in self._english.animals), ANIMAL)
            places = sorted(rows)
            ends = [at for at, gap in enumerate(tokens.gaps) if at and any(c in gap for c in ".!?\n")]
            self._places[segment] = (places, [rows[at] for at in places], ends)
        return self._places[segment]


def _is_somebody(tokens: Tokens, at: int, english: English) -> bool:
    """Whether a noun for a person stands at word ``at``, or behind one word there (``our new receptionist``)."""
    return tokens.low(at) in english.persons or (tokens.gap(at + 1) == " " and tokens.low(at + 1) in english.persons)


def _is_biological(reading: Reading, plan: Plan, english: English) -> bool:
    changed = {h.group for h in plan.hits}
    harmless = {(f.segment, at) for f in reading.facts("biological_not") for at in range(f.start, f.end)}
    covered = {(h.segment, at) for h in plan.hits for at in range(h.at, h.end)}
    facts = _Facts(reading, [h for h in reading.hits if h.axis == "gender"], english)
    for fact in reading.facts("biological"):
        if fact.label not in changed or (fact.segment, fact.start) in harmless:
            continue
        if any((fact.segment, at) in covered for at in range(fact.start, fact.end)):
            return True
        owner, speaker = facts.owner(fact, within_sentence=True)
        if not speaker and (owner is None or (owner in plan.changed and owner.group == fact.label)):
            return True
    return False


def _is_bound(reading: Reading, axis: str, plan: Plan, english: English) -> bool:
    groups = {h.group for h in plan.hits}
    labels = groups if axis == "gender" else {axis, *(f"{axis}/{group}" for group in groups)}
    found = [f for f in reading.facts("bound" if axis == "gender" else "bound_other") if f.label in labels]
    if not found:
        return False
    facts = _Facts(reading, [h for h in reading.hits if h.axis == axis], english)
    covered = {(h.segment, at) for h in plan.hits for at in range(h.at, h.end)} if axis != "gender" else set()
    for fact in found:
        if (fact.segment, fact.start) in covered:
            continue
        owner, speaker = facts.owner(fact, within_sentence=False)
        if speaker or owner is None or owner in plan.changed:
            return True
    return False


def _is_topic(reading: Reading, axis: str, plan: Plan) -> bool:
    if any(f.label == axis or (f.label == "any" and axis == "gender") for f in reading.facts("topic")):
        return True
    asked = {f.segment for f in reading.facts("translation")}
    return bool(asked) and any(h.segment in asked and _is_quoted(reading, h) for h in plan.hits)


def _is_quoted(reading: Reading, hit: Hit) -> bool:
    """Whether a hit stands inside quotation marks."""
    tokens = reading.texts[hit.segment].tokens
    before = "".join(tokens.gaps[max(0, hit.at - 40) : hit.at + 1])
    return before.count('"') % 2 == 1 or before.rfind("“") > before.rfind("”") or before.rfind(" '") > before.rfind("' ")


def _is_about_words(reading: Reading, plan: Plan, english: English) -> bool:
    """Whether a text asks about a pronoun or noun as a word (``the word "her"``)."""
    segments = {segment for segment, at in reading.neutral if quoted_alone(reading.texts[segment].tokens, at)}
    if any(not english.grammar_words.isdisjoint(reading.texts[segment].tokens.lows) for segment in segments):
        return True
    return bool(segments) and all(_is_quoted(reading, h) for h in plan.hits)


def _is_about_group(reading: Reading, axis: str, origin: str, tables: Tables, plan: Plan) -> bool:
    """Whether a text without persons to swap is about the group itself, or about a word for it."""
    if axis == "gender":
        return _is_topic(reading, axis, plan) or (bool(reading.neutral) and _has_quoted_word(reading, origin, tables))
    if not _is_topic(reading, axis, plan):
        return False
    forms = {s.words[0] for s in tables.lexicons[axis].senses() if s.group == origin}
    return any(not forms.isdisjoint(text.tokens.lows) for text in reading.texts)


def _has_quoted_word(reading: Reading, origin: str, tables: Tables) -> bool:
    for segment, at in reading.neutral:
        tokens = reading.texts[segment].tokens
        if quoted_alone(tokens, at):
            groups = {g for g, _ in tables.pronouns.get(tokens.lows[at], ())} | {
                s.group for s in tables.vocabulary.get(tokens.lows[at], ())
            }
            if origin in groups:
                return True
    return False
