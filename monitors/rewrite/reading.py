"""What is read from a conversation: its texts, the places that mark groups, and the persons these speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitors.rewrite.axes import TIMES
from monitors.rewrite.lexicon import Sense
from monitors.rewrite.name_place import Given
from monitors.rewrite.phrases import Found
from monitors.rewrite.protect import is_protected, protected_spans
from monitors.rewrite.segments import Segment
from monitors.rewrite.tokens import Tokens

SEX_FIELDS = frozenset(("sex", "gender"))
PUBLIC_KINDS = {
    "contraction": "pronoun",
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


def by_segment(hits: Iterable[Hit]) -> dict[int, list[Hit]]:
    """Hits by the text they stand in, so that one text's are not looked for among those of all."""
    found: dict[int, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.segment, []).append(hit)
    return found


# Gaps of ordinary prose. Whatever stays as it is (code, addresses, paths, markup, keys) needs another one.
PLAIN_GAPS = frozenset(
    [
        *("", "'", "’", "-", "—", " (", " $", "$", ' "', " “", " - ", " – ", " — "),
        *(
            end + space
            for end in ("", *',.!?;:)"”’', "),", ").", ',"', '."', '?"', ",”", ".”", "?”")
            for space in (" ", "\n", "\n\n", "\n- ")
        ),
    ]
)


class Text:
    """One segment with its words, the spans that stay, and how many words in it are foreign."""

    __slots__ = ("_tells_sex", "foreign", "plain", "segment", "spans", "tokens")

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.tokens = Tokens(segment.text)
        self.plain = PLAIN_GAPS.issuperset(self.tokens.gaps[:-1])  # nothing in it is untouchable
        self.spans = [] if self.plain else protected_spans(segment.text)
        self.foreign = 0
        self._tells_sex: bool | None = None

    def tells_sex(self) -> bool:
        """Whether the text speaks of a sex or gender, as the head of a table does."""
        if self._tells_sex is None:
            self._tells_sex = not SEX_FIELDS.isdisjoint(self.tokens.lows)
        return self._tells_sex

    def untouchable(self, at: int) -> bool:
        """Whether word ``at`` lies in a span that stays, or is part of an identifier."""
        tokens = self.tokens
        if self.spans and is_protected(self.spans, tokens.start(at)):
            return True
        before, after = tokens.gaps[at], tokens.gaps[at + 1]
        if "_" not in before and "_" not in after:
            return False
        return (before[-1:] == "_" and at > 0 and not before.strip("_")) or (
            after[:1] == "_" and at + 1 < tokens.count and not after.strip("_")
        )


class Reading(NamedTuple):
    """A conversation read for mentions; make it with ``read``, change nothing in it."""

    messages: list[dict[str, Any]]
    texts: tuple[Text, ...]
    hits: tuple[Hit, ...]
    persons: tuple[Person, ...]
    found: Mapping[str, list[Found]]  # phrases by what is asked of them
    neutral: tuple[tuple[int, int], ...]  # (segment, word) of pronouns that mark nobody, such as "his or her"
    bare_they: bool  # they and them, but nobody declares them
    unsupported: bool  # audio or files besides text
    segments: Sequence[Segment]  # the texts of the messages, in order
    characters: int  # of all of them

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention, in order of appearance."""
        return tuple(self._mentions())

    def _mentions(self) -> Iterator[Mention]:
        for hit in self.hits:
            tokens = self.texts[hit.segment].tokens
            start, end = tokens.span(hit.at, hit.end)
            kind = PUBLIC_KINDS.get(hit.kind, hit.kind)
            yield Mention(hit.axis, hit.group, hit.segment, start, end, tokens.text[start:end], kind, hit.person, hit.rule)

    def origins(self, axis: str) -> tuple[str, ...]:
        """The groups of an axis that are marked in the text, in order of appearance.

        Of a product (``gender×ethnicity``) the combination of its factors' groups, where the text marks just one of each.
        """
        if TIMES in axis:
            factors = [self.origins(factor) for factor in axis.split(TIMES)]
            return (TIMES.join(groups[0] for groups in factors),) if all(len(groups) == 1 for groups in factors) else ()
        return tuple(dict.fromkeys(h.group for h in self.hits if h.axis == axis))

    def facts(self, book: str) -> list[Found]:
        """The phrases found that say something of one kind."""
        return self.found.get(book, [])
