"""From messages to a ``Reading``: the places in their texts that mark groups, and the persons these belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from monitors.rewrite.ages import age_places
from monitors.rewrite.court import parties
from monitors.rewrite.figures import known_figures
from monitors.rewrite.given import find_given
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.people import group_persons
from monitors.rewrite.phrases import Found, fits
from monitors.rewrite.pronouns import pronoun_at, told_nonbinary
from monitors.rewrite.reading import Hit, Mention, Person, Reading, Text, by_segment
from monitors.rewrite.rows import is_in_row
from monitors.rewrite.segments import find_segments
from monitors.rewrite.strangers import find_relatives, find_strangers
from monitors.rewrite.tables import Tables
from monitors.rewrite.terms import is_code, match_term, speaks_of_person, stands_for_anyone
from monitors.rewrite.things import drop_things
from monitors.rewrite.tokens import quoted_alone
from monitors.rewrite.triggers import Trigger

ETHNICITY_SHARE = 60  # percent of a name's bearers that make it a mark of a group
PLACE = attrgetter("segment", "at")
GROUP = attrgetter("group")
NOWHERE: frozenset[int] = frozenset()
Marks = list[tuple[int, Trigger]]
Facts = dict[str, list[Found]]


class Scan:
    """What one pass over the words of a text has found."""

    __slots__ = ("blocked", "candidates", "marks", "places", "strangers", "things", "titles")

    def __init__(self) -> None:
        self.marks: Marks = []  # pronouns and terms
        self.candidates: list[tuple[int, KnownName]] = []  # capitalised words that are given names
        self.strangers: list[int] = []  # capitalised words that no table knows
        self.things = NOWHERE
        self.blocked = NOWHERE  # words of a brand, place, work or idiom
        self.places = NOWHERE  # those of them that belong to a place
        self.titles = NOWHERE  # those of them that belong to a brand or the title of a work


def read(messages: list[dict[str, Any]], tables: Tables) -> Reading:
    """Reads the mentions of every axis in a conversation in OpenAI's shape; ``messages`` is kept, not copied."""
    segments = find_segments(messages)
    texts: list[Text] = []
    hits: list[Hit] = []
    neutral: list[tuple[int, int]] = []
    found: Facts = {}
    rare: set[str] = set()
    scans: list[Scan] = []
    names = False
    characters = 0
    for index, segment in enumerate(segments):
        text = Text(segment)
        scan = _scan(index, text, tables, found, rare, hits)
        texts.append(text)
        scans.append(scan)
        characters += len(segment.text)
        if scan.candidates:
            names = True
    if "entities" in found or "idioms" in found:
        _block(texts, scans, found)
    if "figures" in found:
        _known_figures(texts, scans, tables, found)
    for index, scan in enumerate(scans):
        if scan.marks:
            _lexicon_hits(index, texts[index], scan, tables, hits, neutral)
    if "number" in rare:
        _age_hits(texts, tables, hits)
    if names:
        genders = {h.group for h in hits if h.kind in ("pronoun", "title") and h.axis == "gender"}
        marked = by_segment(hits)
        for index, scan in enumerate(scans):
            if scan.candidates:
                hits += _name_hits(index, texts[index], scan, genders, tables, marked.get(index, ()))
    if "stranger" in rare and hits:
        _stranger_hits(texts, scans, tables, hits)
    bare_they = False
    if len(hits) > 1 and (names or rare):
        hits.sort(key=PLACE)
    if "nonbinary" in map(GROUP, hits):
        hits, bare_they = told_nonbinary(hits, texts, tables)
    if hits and (len(messages) > 1 or "thing" in rare or "assistant" in rare):
        hits = drop_things(hits, texts, [scan.things for scan in scans], [str(m.get("role")) for m in messages], tables.english)
    persons = group_persons(hits, texts)
    return Reading(
        messages, tuple(texts), tuple(hits), persons, found, tuple(neutral), bare_they, _unsupported(messages), segments, characters
    )


def _unsupported(messages: list[dict[str, Any]]) -> bool:
    """Whether something other than text is said: audio and files count, an image stays as it is."""
    for message in messages:
        content = message.get("content")
        if isinstance(content, list) and any(p.get("type") in ("input_audio", "file") for p in content if isinstance(p, dict)):
            return True
    return False


def _scan(index: int, text: Text, tables: Tables, found: Facts, rares: set[str], hits: list[Hit]) -> Scan:
    """One look-up for each word of a text."""
    scan = Scan()
    things: list[int] = []
    sides: list[int] = []  # words of the parties to a court case
    tokens = text.tokens
    lows, count = tokens.lows, tokens.count
    casual: list[tuple[int, KnownName]] = []
    for at, trigger in enumerate(map(tables.words.__getitem__, tokens.words)):
        if trigger is None:
            continue
        pronoun, senses, phrases, rare, name, _ = trigger
        if pronoun or senses:
            scan.marks.append((at, trigger))
        for entry in phrases:
            place = at + entry.step
            if 0 <= place < count and (lows[place] == entry.beside or not entry.step) and fits(tokens, at, entry):
                start = at - entry.key
                found.setdefault(entry.book, []).append(Found(index, start, start + len(entry.words), entry.label, entry.phrase))
        if name is not None:
            (casual if tokens.words[at] == lows[at] else scan.candidates).append((at, name))
        if rare:
            rares.add(rare)
            if rare == "thing":
                things.append(at)
            elif rare == "stranger":
                scan.strangers.append(at)
            elif rare == "versus":
                sides.extend(parties(tokens, at))
            elif rare == "foreign":
                text.foreign += 1
            elif rare == "code" and is_code(text, at, tables):
                hits += _code_hits(index, at, tokens.words[at], tables)
    if things:
        scan.things = frozenset(things)
    if sides:
        scan.blocked = frozenset(sides)
    if casual and all(word == low or len(word) == 1 for word, low in zip(tokens.words, lows, strict=True)):
        # in a text without any capital, the plainest names are known without theirs
        scan.candidates = casual
    return scan


def _code_hits(index: int, at: int, word: str, tables: Tables) -> list[Hit]:
    letter = word[-1]
    return [
        Hit(index, at, at + 1, axis, x.codes[letter], "code", "a code in a field")
        for axis, x in tables.lexicons.items()
        if letter in x.codes
    ]


def _block(texts: list[Text], scans: list[Scan], found: Facts) -> None:
    """Words that belong to the name of a brand, place or work, or to an idiom, are no mentions."""
    kinds: dict[int, dict[str, set[int]]] = {}  # words of each text by what they belong to
    for phrase in found.get("entities", ()):
        tokens = texts[phrase.segment].tokens
        last = phrase.end - 2 if tokens.lows[phrase.end - 1] == "s" else phrase.end - 1
        capital = (phrase.start,) if phrase.label == "laws" else (phrase.start, last)
        if all(not tokens.words[i][0].islower() for i in capital):
            kinds.setdefault(phrase.segment, {}).setdefault(phrase.label, set()).update(range(phrase.start, phrase.end))
    for phrase in found.get("idioms", ()):
        kinds.setdefault(phrase.segment, {}).setdefault(phrase.label, set()).update(range(phrase.start, phrase.end))
    for index, words in kinds.items():
        scan = scans[index]
        scan.blocked = scan.blocked.union(*words.values())
        scan.titles = frozenset().union(*(words.get(label, ()) for label in ("works", "brands")))
        scan.places = frozenset(words.get("places", ()))


def _known_figures(texts: list[Text], scans: list[Scan], tables: Tables, found: Facts) -> None:
    found["figures"] = known_figures(found["figures"], texts, tables)
    named: dict[int, set[int]] = {}
    for figure in found["figures"]:
        named.setdefault(figure.segment, set()).update(range(figure.start, figure.end))
    for index, words in named.items():
        scans[index].blocked |= words


def _lexicon_hits(index: int, text: Text, scan: Scan, tables: Tables, hits: list[Hit], neutral: list[tuple[int, int]]) -> None:
    tokens = text.tokens
    plain, blocked = text.plain, scan.blocked
    skip = -1
    for at, trigger in scan.marks:
        if at <= skip or at in blocked or (not plain and text.untouchable(at)):
            continue
        if trigger.pronoun:
            pronoun = pronoun_at(text, at, tables)
            if pronoun is None:
                neutral.append((index, at))
                continue
            hit = Hit(index, at, at + 1, "gender", pronoun[0], "pronoun", pronoun[2])
            hit.case = pronoun[1]
            hits.append(hit)
            continue
        for senses in trigger.senses:
            sense = match_term(tokens, at, senses, tables.english)
            if sense is None or (trigger.named and sense.kind == "role" and not sense.plural and tokens.words[at][0].isupper()):
                continue
            end = at + len(sense.words)
            if sense.axis == "gender" and quoted_alone(tokens, at, end):
                neutral.append((index, at))
            elif speaks_of_person(tokens, at, sense, tables) and not stands_for_anyone(tokens, at, sense, tables):
                hits.append(Hit(index, at, end, sense.axis, sense.group, sense.kind, "", sense))
            skip = max(skip, end - 1)


def _age_hits(texts: list[Text], tables: Tables, hits: list[Hit]) -> None:
    for axis, lexicon in tables.lexicons.items():
        if lexicon.numbers:
            for index, at, number in age_places([t.tokens for t in texts], tables.english):
                if not texts[index].untouchable(at):
                    hits.append(Hit(index, at, at + 1, axis, number, "number", "an age in years"))


def _name_hits(index: int, text: Text, scan: Scan, genders: set[str], tables: Tables, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The given names of a text; ``hits`` are those it has so far."""
    taken = scan.blocked.union(*(range(h.at, h.end) for h in hits)) if hits else scan.blocked
    if scan.places:
        taken = taken | {
            at for at, known in scan.candidates if _may_be_place(text, at, known, tables) and is_in_row(text.tokens, at, scan.places)
        }
    told = {h.end: h.group for h in hits if h.kind in ("kinship", "spouse") and h.group != "nonbinary"}
    for given in find_given(text, scan.candidates, taken, scan.titles, tables.names, tables.english, genders, told):
        for axis, group in _name_groups(given.known):
            hit = Hit(index, given.start, given.end, axis, group, "name", given.rule)
            hit.given = given
            yield hit


def _may_be_place(text: Text, at: int, known: KnownName, tables: Tables) -> bool:
    return known.also == "place" or text.tokens.lows[at] in tables.english.place_names


def _stranger_hits(texts: list[Text], scans: list[Scan], tables: Tables, hits: list[Hit]) -> None:
    unknown, blocked = [s.strangers for s in scans], [s.blocked for s in scans]
    found = find_strangers(texts, unknown, blocked, hits, tables.english) or find_relatives(texts, unknown, blocked, hits, tables.english)
    for index, given in found:
        hit = Hit(index, given.start, given.end, "gender", given.known.gender, "name", given.rule)
        hit.given = given
        hits.append(hit)


def _name_groups(known: KnownName) -> Iterator[tuple[str, str]]:
    if known.gender != "unisex":
        yield "gender", known.gender
    if known.ethnicity and known.share >= ETHNICITY_SHARE:
        yield "ethnicity", known.ethnicity


__all__ = ["Mention", "Person", "Reading", "read"]
