"""A word that may be a given name, with what stands beside it and what is known of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitors.rewrite.english import English
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.rows import is_listed_with_things

if TYPE_CHECKING:
    from monitors.rewrite.reading import Text

POSSESSIVE = ("'", "’")
LABELS = (":", "=")


@dataclass(slots=True)
class Given:
    """A given name at words ``start`` to ``end``, with the surname's words if one follows."""

    start: int
    end: int
    known: KnownName
    surname: str  # in lower case, "" if none follows
    score: int
    rule: str


@dataclass(slots=True)
class Known:
    """What is known of a text before one of its names is weighed: it grows from name to name."""

    english: English
    genders: set[str]  # that pronouns of the conversation show
    plainly: set[str]  # words that are given names and nothing else
    shouting: bool  # whether all of the text is in capitals
    surnames: set[str]
    works: set[str]  # names of books and films


class Place:
    """A word that may be a given name, with the words and gaps beside it."""

    __slots__ = (
        "after", "after_gap", "after_word", "at", "before", "before_gap", "before_word", "end", "entry", "label", "listed", "low", "month",
        "of_things", "possessive", "starts", "text", "tokens", "word",
    )  # fmt: skip

    def __init__(self, text: Text, at: int, end: int, entry: KnownName, english: English) -> None:
        tokens = text.tokens
        words, lows, gaps = tokens.words, tokens.lows, tokens.gaps
        before_gap, after_gap = gaps[at], gaps[end]
        self.text, self.tokens, self.at, self.end, self.entry = text, tokens, at, end, entry
        self.low, self.word, self.before_gap, self.after_gap = lows[at], words[at], before_gap, after_gap
        self.label = lows[at - 1] if at and before_gap.strip(" \"'*_") in LABELS else ""
        near = at and before_gap.strip(" .\"“'‘(*_\u00a0") == "" and "\n" not in before_gap
        self.before, self.before_word = (lows[at - 1], words[at - 1]) if near else ("", "")
        joined = end < tokens.count and after_gap in (" ", "\u00a0")
        self.after, self.after_word = (lows[end], words[end]) if joined else ("", "")
        self.listed = is_listed_with_things(tokens, at, end, english)
        self.starts = tokens.starts_sentence(at)
        self.possessive = after_gap[:1] in POSSESSIVE and tokens.low(end) == "s"
        self.of_things = entry.also in ("place", "brand") or self.low in english.place_names or self.low in english.brand_names
        self.month = self.low in english.months

    def pass_adverb(self, english: English) -> None:
        """Takes the word behind an adverb for the one that follows (``Grace recently asked``)."""
        tokens, end = self.tokens, self.end
        if self.after in english.adverbs_before_verbs and end + 1 < tokens.count and tokens.gaps[end + 1] == " ":
            self.after, self.after_word = tokens.lows[end + 1], tokens.words[end + 1]
