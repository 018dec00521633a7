"""Surnames: what follows a given name, and words that are one themselves."""

from __future__ import annotations

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens


def surname_behind(tokens: Tokens, end: int, english: English) -> tuple[str, int]:
    """The surname that follows word ``end - 1``, through initials and particles, and the index behind it."""
    at = end
    while at < tokens.count and tokens.gaps[at] in (" ", ". ", "\u00a0"):
        word, low = tokens.words[at], tokens.lows[at]
        if len(word) == 1 and word.isupper() and tokens.gap(at + 1)[:1] in (".", " "):
            at += 1
            continue
        if (
            low in ("de", "la", "van", "von", "der", "den", "del", "di", "da", "bin", "al", "el", "dos", "le", "ter", "st")
            and at + 1 < tokens.count
        ):
            at += 1
            continue
        if tokens.gaps[at] == ". " and at == end:
            return "", end
        fits = word[0].isupper() and low not in english.function_words and low not in english.months and low not in english.weekdays
        if fits and not (low in english.place_words and low not in english.place_surnames) and low not in english.honorifics:
            return low, at + 1
        break
    return "", end


def behind_surname(tokens: Tokens, end: int, surname: str) -> int:
    """The index behind a surname that follows word ``end - 1``, with what a hyphen joins to it."""
    at = end
    while tokens.lows[at] != surname:
        at += 1
    at += 1
    while at < tokens.count and tokens.gaps[at] in ("-", "'", "’") and tokens.words[at][0].isupper():
        at += 1
    return at


def is_surname_of(tokens: Tokens, at: int, before: str, english: English) -> bool:
    """Whether a capitalised word that is neither title nor ordinary word stands before (``Nawaz Sharif``): this is its surname."""
    if tokens.starts_sentence(at - 1) or before in english.honorifics or before in english.greetings or before in english.kin_titles:
        return False
    return not (
        before in english.function_words or before in english.persons or before in english.base_verbs or before in english.verbs_of_person
    )
