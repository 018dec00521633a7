"""What is read from a conversation: its texts, the places that mark groups, and the persons these speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitors.rewrite.given import Given
from monitors.rewrite.lexicon import Sense
from monitors.rewrite.phrases import Found
from monitors.rewrite.protect import Span, is_protected
from monitors.rewrite.segments import Segment
from monitors.rewrite.tokens import Tokens

PUBLIC_KINDS = {
    "spouse": "kinship",
    "code": "descriptor",
    "number": "descriptor",
    "country": "descriptor",
    "group_noun": "descriptor",
    "surname": "name",
}


class Mention(NamedTuple):
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
    """A mention before it is written out: words ``at`` to ``end`` of a segment, and what is known about them."""

    __slots__ = ("at", "axis", "case", "end", "given", "group", "kind", "person", "rule", "segment", "sense")

    def __init__(self, segment: int, at: int, end: int, axis: str, group: str, kind: str, rule: str, sense: Sense | None = None) -> None:
        self.segment = segment
        self.at = at
        self.end = end
        self.axis = axis
        self.group = group
        self.kind = kind
        self.rule = rule
        self.sense = sense
        self.given: Given | None = None
        self.case = ""  # of a pronoun; empty where the words around decide it
        self.person = -1


class Text:
    """One segment with its words and the spans that stay."""

    __slots__ = ("segment", "spans", "tokens")

    def __init__(self, segment: Segment, tokens: Tokens, spans: list[Span]) -> None:
        self.segment = segment
        self.tokens = tokens
        self.spans = spans

    def untouchable(self, at: int) -> bool:
        """Whether word ``at`` lies in a span that stays, or is part of an identifier."""
        tokens = self.tokens
        if self.spans and is_protected(self.spans, tokens.start(at)):
            return True
        before, after = tokens.gaps[at], tokens.gaps[at + 1]
        return (before[-1:] == "_" and at > 0 and not before.strip("_")) or (after[:1] == "_" and at + 1 < tokens.count and not after.strip("_"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A conversation read for mentions; make it with ``read``, change nothing in it."""

    messages: list[dict[str, Any]]
    segments: tuple[Segment, ...]
    texts: tuple[Text, ...]
    hits: tuple[Hit, ...]
    persons: tuple[Person, ...]
    found: Mapping[str, list[Found]]  # phrases by what is asked of them
    neutral: tuple[tuple[int, int], ...]  # (segment, word) of pronouns that mark nobody, such as "his or her"
    bare_they: bool  # they and them, but nobody declares them
    unsupported: bool  # audio or files besides text

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention, in order of appearance."""
        return tuple(self._mentions())

    def _mentions(self) -> Iterator[Mention]:
        for hit in self.hits:
            tokens = self.texts[hit.segment].tokens
            start, end = tokens.start(hit.at), tokens.end(hit.end - 1)
            kind = PUBLIC_KINDS.get(hit.kind, hit.kind)
            yield Mention(hit.axis, hit.group, hit.segment, start, end, tokens.text[start:end], kind, hit.person, hit.rule)

    def origins(self, axis: str) -> tuple[str, ...]:
        """The groups of an axis that are marked in the text, in order of appearance."""
        return tuple(dict.fromkeys(h.group for h in self.hits if h.axis == axis))

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
        """The persons of its gender that a pronoun may speak of: those named in its sentence before it, else in the sentence before."""
        tokens = self.texts[pronoun.segment].tokens
        nouns = [h for h in self.hits if h.axis == "gender" and h.group == pronoun.group and h.kind not in ("pronoun", "descriptor")]
        everyone = {h.person for h in nouns}
        if len(everyone) <= 1:
            return everyone
        named = [h for h in nouns if h.segment == pronoun.segment]
        start = pronoun.at
        for _ in range(2):
            while start > 0 and not any(c in tokens.gaps[start] for c in ".!?\n"):
                start -= 1
            found = {h.person for h in named if start <= h.at < pronoun.at}
            if found:
                return found
            start -= 1
        return everyone
