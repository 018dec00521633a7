"""The words around a pronoun, as the rules of its case see them."""

from __future__ import annotations

import re
from collections.abc import Callable

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

BREAK = frozenset(".,;:!?…)]}\n\r|—–/<>=+»")
TAG = re.compile(r"</?(?:b|i|u|em|strong|span|mark|font|a|small|code)(?:\s[^<>]*)?>")
NEIGHBOURHOOD = 120  # characters on each side of a pronoun beside markup
HYPHENS = ("-", "‑")
OBJECT, DETERMINER = "object", "determiner"


class Spot:
    """What stands before and behind the pronoun at word ``at``; words are in lower case, empty where a clause ends."""

    __slots__ = ("after", "at", "before", "closes", "compound", "ends", "english", "following", "tokens")

    def __init__(self, tokens: Tokens, at: int, english: English) -> None:
        self.tokens = tokens
        self.at = at
        self.english = english
        self.before = tokens.lows[at - 1] if at and not breaks(tokens.gaps[at]) else ""
        self.after = tokens.lows[at + 1]
        self.following = tokens.low(at + 2)
        self.ends = clause_ends(tokens, at + 2)
        self.closes = self.ends or self.following in english.function_words
        self.compound = tokens.gap(at + 2) in HYPHENS


def breaks(gap: str) -> bool:
    """Whether a gap between words ends a phrase."""
    if gap == " ":
        return False
    return not BREAK.isdisjoint(gap) or " -" in gap or gap.lstrip().startswith("(")


def without_tags(tokens: Tokens, at: int) -> tuple[Tokens, int]:
    """The neighbourhood of word ``at`` without inline markup, and the word's place in it."""
    start, end = tokens.start(at), tokens.end(at)
    left = TAG.sub("", tokens.text[max(0, start - NEIGHBOURHOOD) : start])
    right = TAG.sub("", tokens.text[end : end + NEIGHBOURHOOD])
    return Tokens(left + tokens.words[at] + right), Tokens(left).count


def clause_ends(tokens: Tokens, at: int) -> bool:
    """Whether a clause ends before word ``at``."""
    return at >= tokens.count or breaks(tokens.gaps[at])


def noun_phrase_end(tokens: Tokens, at: int, english: English) -> int:
    """The index behind the words from ``at`` on that can belong to one noun phrase without article."""
    end = at
    while end < tokens.count and tokens.lows[end] not in english.function_words and (end == at or tokens.gaps[end] in (" ", "-")):
        end += 1
    return end


def is_adverb(low: str, english: English) -> bool:
    """Whether a word in -ly is an adverb."""
    return low.endswith("ly") and low not in english.ly_nouns


def phrase_ends(spot: Spot, at: int) -> bool:
    """Whether a clause or phrase ends before word ``at``."""
    return clause_ends(spot.tokens, at) or spot.tokens.low(at) in spot.english.function_words


Rule = tuple[str, str, Callable[[Spot], bool]]
"""Name, case, and whether it holds."""
