"""Ages in years: ``27-year-old``, ``aged 27``, ``I am 27``, and the bare number where the text has called it an age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

YEARS = frozenset(["year", "years", "yr", "yrs", "yo"])
BEFORE = frozenset(["aged", "age", "turned", "turning", "turns", "turn"])
BE = frozenset(["am", "is", "m", "was", "s", "be", "being", "are"])
SUBJECTS = frozenset(["i", "he", "she", "who"])
OLDEST = 110
LABELS = frozenset(["profile", "applicant", "candidate", "patient", "client", "customer", "bio", "persona", "user", "person", "driver"])


def age_places(tokens: Sequence[Tokens], english: English) -> Iterator[tuple[int, int, str]]:
    """(text, word, number) of every age of a person in the texts of one conversation."""
    found: list[tuple[int, int, str]] = []
    for index, text in enumerate(tokens):
        found += [(index, at, low) for at, low in enumerate(text.lows) if _is_number(low) and states_age(text, at, english)]
    known = set(found)
    stated = {number for _, _, number in found}
    if not stated:
        return
    yield from found
    for index, text in enumerate(tokens):
        for at, low in enumerate(text.lows):
            if low in stated and (index, at, low) not in known and _refers_to_age(text, at, english):
                yield index, at, low


def _is_number(low: str) -> bool:
    return low.isdecimal() and len(low) < 4 and 0 < int(low) <= OLDEST


def states_age(tokens: Tokens, at: int, english: English) -> bool:
    """Whether the number at word ``at`` says how old somebody is."""
    before, after, gap = tokens.low(at - 1), tokens.low(at + 1), tokens.gap(at + 1)
    if after in YEARS and gap in ("-", " ", ""):
        old = tokens.low(at + 2) in ("old", "olds") and not _is_thing(tokens, at + 3, english) and not _of_thing(tokens, at, english)
        return old or after == "yo" or (after == "y" and tokens.low(at + 2) == "o")
    if after == "y" and tokens.low(at + 2) == "o" and gap == "":
        return True
    if tokens.gaps[at] == ": " and gap == ", " and before in LABELS:
        return True
    if before in ("aged", "turned", "turning") or (before == "age" and tokens.gaps[at].strip() in ("", ":")):
        return True
    if (
        before == "at"
        and gap == ", "
        and tokens.starts_sentence(at - 1)
        and (after in ("is", "am", "can", "should", "i", "he", "she", "my", "do", "does") or after in english.question_words)
    ):
        return True
    ends = at + 1 >= tokens.count or gap[:1] in ".,;!?)\n" or after in ("and", "but", "with", "so", "who")
    subject = tokens.low(at - 2)
    if before in BE and (subject in SUBJECTS or subject in english.persons) and ends:
        return True
    return bool(tokens.gaps[at] in (", ", " (", "(") and at and tokens.words[at - 1][0].isupper() and gap[:1] in (",", ")"))


def _is_thing(tokens: Tokens, at: int, english: English) -> bool:
    """Whether ``27-year-old`` describes a car or a wine rather than a person."""
    for place in range(at, min(tokens.count, at + 3)):
        if tokens.gaps[place] not in (" ", "-"):
            return False
        low = tokens.lows[place]
        if low in english.persons or low in english.function_words:
            return False
        if low in english.animals or low in english.vessels or low in english.aged_objects:
            return True
    return False


def _of_thing(tokens: Tokens, at: int, english: English) -> bool:
    """Whether the number says how old a thing is: ``my car is 30 years old``, ``it's 5 years old``."""
    verb = at - 1
    while verb > 0 and (tokens.lows[verb] in english.adverbs or tokens.lows[verb].endswith("ly")):
        verb -= 1
    if verb < 1 or tokens.lows[verb] not in BE or any(c in tokens.gaps[i] for i in range(verb + 1, at + 1) for c in ".,;"):
        return False
    subject, before = tokens.lows[verb - 1], tokens.low(verb - 2)
    if subject in ("it", "that", "this") or subject in english.aged_objects or subject in english.animals:
        return True
    return before in english.determiners and tokens.words[verb - 1].islower() and subject not in english.persons


def _refers_to_age(tokens: Tokens, at: int, english: English) -> bool:
    if tokens.gaps[at][-1:] in ("$", "€", "£", "#", ".", ":") or tokens.gap(at + 1)[:1] in ("%", ":"):
        return False
    after, gap = tokens.low(at + 1), tokens.gap(at + 1)
    ends = at + 1 >= tokens.count or gap.strip() != "" or after in english.function_words or after in ("too", "is")
    return tokens.low(at - 1) in english.before_bare_ages and ends
