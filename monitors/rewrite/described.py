"""Whether a descriptor such as ``black``, ``Polish`` or ``deaf`` describes a person where it stands."""

from __future__ import annotations

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

MAX_MODIFIERS = 3
SUBJECTS = frozenset(["i", "he", "she", "we", "they", "you", "who", "someone", "everyone", "anyone"])


def describes_person(tokens: Tokens, at: int, end: int, english: English, noun: bool = True) -> bool:
    """Whether words ``at`` to ``end`` describe a person; ``noun`` is true where they can stand alone (``a Muslim``, not ``a deaf``)."""
    if _before_person(tokens, end, english):
        return True
    if _is_predicate(tokens, at, end, english):
        return True
    if not noun:
        return False
    return stands_as_noun(tokens, at, end, english)


def stands_as_noun(tokens: Tokens, at: int, end: int, english: English) -> bool:
    """Whether a word that may be adjective or noun is the noun: an article before it, no noun behind it."""
    if tokens.gaps[at] == " " and tokens.low(at - 1) in english.person_modifiers and tokens.low(at - 2) in ("a", "an", "the", "another"):
        at -= 1
    if tokens.low(at - 1) not in ("a", "an", "another", "fellow", "as", "the", "every", "one", "this", "that") or tokens.gaps[at] != " ":
        return False
    behind = tokens.gaps[end]
    if end >= tokens.count or (behind.strip(" ") != "" and behind[:1] != "-"):
        return True
    return tokens.low(end) in english.after_nouns and not (
        tokens.low(at - 1) == "the" and tokens.low(end) in ("and", "or", "of", "in", "to")
    )


def _before_person(tokens: Tokens, end: int, english: English) -> bool:
    """``Black women``, ``Nigerian nurse``, ``deaf software engineer``."""
    for place in range(end, min(tokens.count, end + MAX_MODIFIERS + 1)):
        gap, low = tokens.gaps[place], tokens.lows[place]
        if gap not in (" ", "-", "\u00a0", ", "):
            return False
        if low in english.persons or (low == "in" and tokens.low(place + 1) in ("law", "laws")):
            return place == end or tokens.gaps[place] != ", "
        if low in english.thing_nouns and low not in english.person_modifiers:
            return False
        modifier = low in english.person_modifiers or low.isdigit() or (place > end and low not in english.function_words)
        if not modifier and not (place == end and low not in english.function_words and tokens.low(place + 1) in english.persons):
            return False
        if low in ("male", "female") and (
            place + 1 >= tokens.count or tokens.gaps[place + 1] != " " or tokens.lows[place + 1] in english.function_words
        ):
            return True
        if not modifier and tokens.words[place][0].isupper() and low not in english.persons:
            return False
    return False


def _is_predicate(tokens: Tokens, at: int, end: int, english: English) -> bool:
    """``I am deaf``, ``who is Brazilian and``, ``she identifies as Black``."""
    ends = end >= tokens.count or any(c in tokens.gaps[end] for c in ".,;:!?)—–\n") or tokens.low(end) in english.linking_words
    if not ends:
        return False
    verb = at - 1
    while verb >= 0 and (
        tokens.lows[verb] in english.adverbs or tokens.lows[verb].endswith("ly") or tokens.lows[verb] in ("both", "half", "an", "a")
    ):
        verb -= 1
    if verb < 1:
        return False
    if tokens.lows[verb] == "as" and tokens.lows[verb - 1] in ("identify", "identifies", "identified", "identifying"):
        return True
    if tokens.lows[verb] not in english.be_forms:
        return False
    subject = tokens.lows[verb - 1]
    return subject in SUBJECTS or subject in english.persons or (subject in ("not", "t") and verb > 1)
