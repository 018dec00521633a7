"""From messages to a ``Reading``: their texts, the places in them that mark groups, and the persons these belong to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitors.rewrite.given import Given, find_given
from monitors.rewrite.lexicon import Sense
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.people import Groups
from monitors.rewrite.phrases import Found
from monitors.rewrite.pronouns import pronoun_at
from monitors.rewrite.protect import Span, is_protected, protected_spans
from monitors.rewrite.segments import Segment, find_segments
from monitors.rewrite.tables import Tables
from monitors.rewrite.terms import match_term, speaks_of_person
from monitors.rewrite.things import drop_things
from monitors.rewrite.tokens import Tokens

ETHNICITY_SHARE = 60
PUBLIC_KINDS = {"spouse": "kinship", "code": "descriptor", "country": "descriptor", "group_noun": "descriptor", "surname": "name"}
COMMON_NAME = 6_000  # bearers of a name that is more than one known person's


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that marks a group: characters ``start`` to ``end`` of the text of segment ``segment``."""

    axis: str
    group: str
    segment: int
    start: int
    end: int
    text: str
    kind: str  # name | pronoun | title | kinship | role | descriptor
    person: int
    rule: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom mentions speak of; ``index`` is what mentions refer to."""

    index: int
    name: str | None
    gender: str | None
    ethnicity: str | None


class Hit:
    """A mention before it is written out: word ``at`` to ``end`` of a segment, and what is known about it."""

    __slots__ = ("at", "axis", "case", "end", "given", "group", "kind", "person", "rule", "segment", "sense")

    def __init__(self, segment: int, at: int, end: int, axis: str, group: str, kind: str, rule: str = "") -> None:
        self.segment = segment
        self.at = at
        self.end = end
        self.axis = axis
        self.group = group
        self.kind = kind
        self.rule = rule
        self.sense: Sense | None = None
        self.given: Given | None = None
        self.case = ""
        self.person = -1


@dataclass(slots=True)
class Text:
    """One segment with its words and the spans that stay."""

    segment: Segment
    tokens: Tokens
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Reading:
    """A conversation read for mentions; make it with ``read``, change nothing in it."""

    messages: list[dict[str, Any]]
    segments: tuple[Segment, ...]
    texts: tuple[Text, ...]
    hits: tuple[Hit, ...]
    persons: tuple[Person, ...]
    neutral: frozenset[tuple[int, int]] = frozenset()  # (segment, word) of "his or her" and the like
    figures: tuple[tuple[int, Found], ...] = ()  # known persons, by segment
    bare_they: bool = False  # they and them, but nobody declares them
    unsupported: bool = False

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention, in order of appearance."""
        return tuple(self._mentions())

    def _mentions(self) -> Iterator[Mention]:
        for hit in self.hits:
            tokens = self.texts[hit.segment].tokens
            start, end = tokens.start(hit.at), tokens.end(hit.end - 1)
            text, kind = tokens.text[start:end], PUBLIC_KINDS.get(hit.kind, hit.kind)
            yield Mention(hit.axis, hit.group, hit.segment, start, end, text, kind, hit.person, hit.rule)

    def hit_at(self, segment: int, at: int) -> Hit | None:
        """The hit on the gender axis that ends with word ``at``."""
        return next((h for h in self.hits if h.segment == segment and h.end - 1 == at and h.axis == "gender"), None)

    def surname_owner(self, segment: int, at: int) -> Hit | None:
        """The hit of the person whose surname is word ``at`` (``Mr. Okoye``, ``Anna Berg``)."""
        surname = self.texts[segment].tokens.low(at)
        for hit in reversed(self.hits):
            if hit.segment == segment and hit.at < at and hit.axis == "gender":
                if hit.given is not None and hit.given.surname == surname:
                    return hit
                if hit.kind == "title" and hit.end == at:
                    return hit
        return None

    def candidates(self, pronoun: Hit) -> set[int]:
        """The persons of its gender that a pronoun may speak of: those named in its sentence, else in the one before."""
        tokens = self.texts[pronoun.segment].tokens
        named = [
            h
            for h in self.hits
            if h.segment == pronoun.segment and h.axis == "gender" and h.group == pronoun.group and h.kind not in ("pronoun", "descriptor")
        ]
        everyone = {
            h.person for h in self.hits if h.axis == "gender" and h.group == pronoun.group and h.kind not in ("pronoun", "descriptor")
        }
        if len(everyone) <= 1:
            return everyone
        start = pronoun.at
        for _ in range(2):
            while start > 0 and not (tokens.starts_sentence(start) and any(c in tokens.gaps[start] for c in ".!?\n")):
                start -= 1
            found = {h.person for h in named if start <= h.at < pronoun.at}
            if found:
                return found
            start -= 1
        return everyone

    def origins(self, axis: str) -> tuple[str, ...]:
        """The groups of an axis that are marked in the text, in order of appearance."""
        return tuple(dict.fromkeys(h.group for h in self.hits if h.axis == axis))


def read(messages: list[dict[str, Any]], tables: Tables) -> Reading:
    """Reads the mentions of every axis in a conversation in OpenAI's shape; ``messages`` is kept, not copied."""
    segments = find_segments(messages)
    texts = tuple(Text(s, t, protected_spans(t.text)) for s in segments for t in (Tokens(s.text),))
    hits: list[Hit] = []
    neutral: set[tuple[int, int]] = set()
    for index, text in enumerate(texts):
        hits.extend(_lexicon_hits(index, text, tables, neutral))
        hits.extend(code_hits(index, text, tables))
    genders = {h.group for h in hits if h.axis == "gender" and h.kind in ("pronoun", "title")}
    for index, text in enumerate(texts):
        hits.extend(_name_hits(index, text, tables, genders, hits))
    hits.sort(key=lambda h: (h.segment, h.at))
    bare_they = not _declares_they(hits, texts) and any(h.group == "nonbinary" and h.kind == "pronoun" for h in hits)
    if bare_they:
        hits = [h for h in hits if not (h.group == "nonbinary" and h.kind == "pronoun")]
    hits = drop_things(hits, texts, [str(m.get("role")) for m in messages], tables.english)
    persons = group_persons(hits, texts, tables)
    figures = tuple((index, found) for index, text in enumerate(texts) for found in find_figures(text, tables))
    return Reading(messages, segments, texts, tuple(hits), persons, frozenset(neutral), figures, bare_they, _unsupported(messages))


def _declares_they(hits: list[Hit], texts: tuple[Text, ...]) -> bool:
    """Whether someone declares they/them, is called nonbinary or has the title Mx."""
    for hit in hits:
        if hit.group != "nonbinary":
            continue
        tokens = texts[hit.segment].tokens
        if hit.kind != "pronoun" or hit.rule == "declared pronouns":
            return True
        if hit.case == "subject" and (
            tokens.low(hit.at - 1) in ("uses", "use", "using", "by") or "pronouns" in tokens.lows[hit.end : hit.end + 3]
        ):
            return True
    return False


def _unsupported(messages: list[dict[str, Any]]) -> bool:
    """Whether something other than text is said: only audio and files count, an image stays as it is."""
    for message in messages:
        content = message.get("content")
        if isinstance(content, list) and any(isinstance(p, dict) and p.get("type") in ("input_audio", "file") for p in content):
            return True
    return False


def _lexicon_hits(index: int, text: Text, tables: Tables, neutral: set[tuple[int, int]]) -> Iterator[Hit]:
    tokens, pronouns, vocabulary = text.tokens, tables.pronouns, tables.vocabulary
    blocked = _entity_words(text, tables)
    skip = -1
    for at, low in enumerate(tokens.lows):
        is_pronoun = low in pronouns
        if at <= skip or not (is_pronoun or low in vocabulary) or at in blocked or _untouchable(text, at):
            continue
        if is_pronoun:
            found = pronoun_at(tokens, at, tables)
            if found is None:
                neutral.add((index, at))
                continue
            hit = Hit(index, at, at + 1, "gender", found[0], "pronoun", found[2])
            hit.case = found[1]
            yield hit
            continue
        sense = match_term(tokens, at, vocabulary[low])
        if sense is None:
            continue
        if speaks_of_person(tokens, at, sense, tables) and not _other_form(tokens, at, sense, tables):
            hit = Hit(index, at, at + len(sense.words), sense.axis, sense.group, sense.kind, " ".join(sense.words))
            hit.sense = sense
            yield hit
        skip = at + len(sense.words) - 1


SEX_FIELDS = frozenset(["sex", "gender"])
AGES = frozenset(["yo", "y", "o", "yr", "yrs", "year", "years", "old", "yof", "yom"])


def code_hits(index: int, text: Text, tables: Tables) -> Iterator[Hit]:
    """One-letter codes of a group where they stand in a field or behind an age: ``"sex": "F"``, ``45 yo M``."""
    tokens = text.tokens
    for axis, lexicon in tables.lexicons.items():
        if not lexicon.codes:
            continue
        for at, word in enumerate(tokens.words):
            group = lexicon.codes.get(word)
            if group is None or _untouchable(text, at):
                continue
            alone = tokens.count == 1 and text.segment.key.lower() in SEX_FIELDS
            labelled = tokens.low(at - 1) in SEX_FIELDS and tokens.gaps[at].strip(" \"'") in (":", "=", "|", ",", "")
            aged = tokens.low(at - 1) in AGES or (
                tokens.low(at - 1).isdigit()
                and tokens.gaps[at] in ("", "/", " ")
                and tokens.low(at + 1) in ("with", "w", "c", "presents", "presenting", "s", "who", "")
            )
            if alone or labelled or aged:
                yield Hit(index, at, at + 1, axis, group, "code", "code in a field" if not aged else "code behind an age")


def _other_form(tokens: Tokens, at: int, sense: Sense, tables: Tables) -> bool:
    """Whether the word stands in a pair for anyone: ``men and women``, ``boys or girls``, ``Sir/Madam``."""
    end = at + len(sense.words)
    for far, gaps, middle in (
        (end, (tokens.gaps[end],), ""),
        (at - 1, (tokens.gaps[at],), ""),
        (end + 1, (tokens.gaps[end], tokens.gap(end + 1)), tokens.low(end)),
        (at - 2, (tokens.gaps[at], tokens.gap(at - 1)), tokens.low(at - 1)),
    ):
        if not 0 <= far < tokens.count:
            continue
        joins = gaps[0] in ("/", " / ", " & ") if not middle else middle in ("and", "or") and gaps == (" ", " ")
        if joins:
            for other in tables.vocabulary.get(tokens.lows[far], ()):
                if (
                    other.term is sense.term
                    and other.group != sense.group
                    and (other.plural or middle == "or" or not middle or sense.kind == "spouse")
                ):
                    return sense.kind != "title"
    return False


def _untouchable(text: Text, at: int) -> bool:
    tokens = text.tokens
    if text.spans and is_protected(text.spans, tokens.start(at)):
        return True
    return tokens.gaps[at][-1:] == "_" or tokens.gaps[at + 1][:1] == "_"


def _entity_words(text: Text, tables: Tables) -> set[int]:
    """Words that belong to the name of a brand, place or work, or to an idiom."""
    tokens = text.tokens
    blocked: set[int] = set()
    for found in tables.entities.find(tokens):
        last = found.end - 2 if tokens.lows[found.end - 1] == "s" else found.end - 1
        if all(tokens.words[i][0].isupper() for i in (found.start, last)) or not tokens.words[found.start][0].isalpha():
            blocked.update(range(found.start, found.end))
    for found in tables.idioms.find(tokens):
        blocked.update(range(found.start, found.end))
    return blocked


def _name_hits(index: int, text: Text, tables: Tables, genders: set[str], hits: list[Hit]) -> Iterator[Hit]:
    taken = {at for h in hits if h.segment == index for at in range(h.at, h.end)}
    blocked = taken | _entity_words(text, tables) | _figure_words(text, tables)
    for given in find_given(text.tokens, blocked, tables.names, tables.english, genders):
        if any(_untouchable(text, at) for at in range(given.start, given.end)):
            continue
        for axis, group in _name_groups(given.known):
            hit = Hit(index, given.start, given.end, axis, group, "name", given.rule)
            hit.given = given
            yield hit


def _name_groups(known: KnownName) -> Iterator[tuple[str, str]]:
    if known.gender != "unisex":
        yield "gender", known.gender
    if known.ethnicity and known.share >= ETHNICITY_SHARE:
        yield "ethnicity", known.ethnicity


def _figure_words(text: Text, tables: Tables) -> set[int]:
    return {at for found in find_figures(text, tables) for at in range(found.start, found.end)}


def find_figures(text: Text, tables: Tables) -> list[Found]:
    """Known persons in a text; one who is known by a name that others bear too counts only beside another or where art is spoken of."""
    tokens = text.tokens
    found = [f for f in tables.figures.find(tokens) if tokens.words[f.start][0].isupper()]
    sure = [f for f in found if not _borne_by_others(tokens, f, tables)]
    if len({f.phrase for f in found}) > 1 or not ART.isdisjoint(tokens.lows):
        return found
    return sure


ART = frozenset(
    [
        "scene",
        "play",
        "story",
        "myth",
        "novel",
        "song",
        "album",
        "lyrics",
        "character",
        "movie",
        "film",
        "book",
        "series",
        "show",
        "saga",
        "poem",
        "painting",
        "painted",
        "wrote",
        "composed",
        "concert",
        "mythology",
        "legend",
        "fairy",
        "tale",
        "disney",
        "shakespeare",
    ]
)


def _borne_by_others(tokens: Tokens, found: Found, tables: Tables) -> bool:
    if found.end - found.start > 1:
        return False
    known = tables.names.known.get(tokens.lows[found.start])
    return (known is not None and known.bearers > COMMON_NAME) or (
        tokens.gap(found.end) == " " and tokens.words[found.end][:1].isupper() if found.end < tokens.count else False
    )


def group_persons(hits: list[Hit], texts: tuple[Text, ...], tables: Tables) -> tuple[Person, ...]:
    """Gives every hit its person and returns the persons in order of first mention."""
    groups = Groups()
    recent: dict[str, int] = {}
    for hit in hits:
        if hit.axis != "gender":
            continue
        tokens = texts[hit.segment].tokens
        if hit.given is not None:
            hit.person = groups.of_name(hit.given, hit.group, None, hit.given.surname)
        elif hit.kind == "title":
            surname = tokens.low(hit.end)
            hit.person = groups.by_surname.get(surname, -1)
            if hit.person < 0:
                named = next((h for h in hits if h.given and h.segment == hit.segment and h.at == hit.end), None)
                if named is not None and named.given is not None:
                    hit.person = groups.of_name(named.given, named.group, None, named.given.surname)
                else:
                    hit.person = groups.add(None, hit.group)
                    if surname:
                        groups.by_surname[surname] = hit.person
        elif hit.kind == "pronoun" or hit.kind == "descriptor":
            hit.person = recent.get(hit.group, -1)
            if hit.person < 0:
                hit.person = groups.add(None, hit.group)
        else:
            key = " ".join(tokens.lows[hit.at : hit.end])
            if key not in groups.by_noun:
                groups.by_noun[key] = groups.add(None, hit.group)
            hit.person = groups.by_noun[key]
        recent[hit.group] = hit.person
    for hit in hits:
        if hit.axis == "ethnicity" and hit.given is not None:
            key = hit.given.known.name
            if key not in groups.by_name:
                groups.by_name[key] = groups.add(key, None)
            hit.person = groups.by_name[key]
            groups.ethnicities[hit.person] = hit.group
        elif hit.axis != "gender":
            hit.person = groups.add(None, None, hit.group if hit.axis == "ethnicity" else None)
    return tuple(Person(i, n, g, e) for i, (n, g, e) in enumerate(zip(groups.names, groups.genders, groups.ethnicities, strict=True)))
