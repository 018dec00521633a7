"""What stands around a capitalised word that may be a given name, and whether that makes it one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitors.rewrite.english import English
from monitors.rewrite.name_place import POSSESSIVE, Given, Known, Place
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.points import points_of
from monitors.rewrite.surnames import is_surname_of, surname_behind
from monitors.rewrite.tokens import quoted_alone

if TYPE_CHECKING:
    from monitors.rewrite.reading import Text

QUOTED_BY = ('" ', "” ", "' ", "’ ")
TITLE_GAPS = (" ", ". ", "\u00a0", ".\u00a0", ".")
STORMS = frozenset(["hurricane", "storm", "typhoon", "cyclone"])
STRONG = frozenset(["a person's verb follows", "a verb follows", "greeting", "a field of its own", "apposition", "a department follows"])
NAMED = frozenset(["named", "called", "name", "nickname", "nicknamed", "alias", "user", "username", "signed", "said", "says"])
READING = frozenset(["read", "reread", "watched", "rewatched", "novel", "novels", "film", "films", "movie", "album", "titled", "entitled"])


def weigh(text: Text, at: int, end: int, entry: KnownName, known: Known) -> Given | None:
    """The name if what stands around it says that a person is meant, else None."""
    english = known.english
    place = Place(text, at, end, entry, english)
    if _is_spoken_about(place, english):
        return None
    if place.low in known.works or _is_work(place, known.works, english):
        known.works.add(place.low)
        return None
    behind_name = place.before_word[:1].isupper() and place.before_gap == " " and not known.shouting
    if behind_name and is_surname_of(place.tokens, at, place.before, english):
        return None
    if _is_plain(place, known):
        surname = surname_behind(place.tokens, end, english)[0] if place.after_word[:1].isupper() else ""
        return Given(at, end, entry, surname, 1, "a given name")
    if place.before in STORMS:
        known.surnames.add(place.low)
    if _is_part_of_a_name(place, known):
        return None
    if place.before in english.honorifics and place.before_gap in TITLE_GAPS:
        titled = _after_title(place, english)
        if titled is None:
            known.surnames.add(place.low)
        return titled
    return _weighed(place, known)


def _is_spoken_about(place: Place, english: English) -> bool:
    """Whether the word is a thing's name, quoted or copied: ``lyrics to Jolene``, ``a Rob Roy``, ``"Emma" by``, ``nick of time``."""
    tokens, at, end = place.tokens, place.at, place.end
    words, lows = tokens.words, tokens.lows
    if place.after_gap in POSSESSIVE and tokens.low(end) == "t":
        return True
    if place.before in ("of", "to") and tokens.low(at - 2) in english.copies:
        return True
    first = at - 1 if place.before_word[:1].isupper() and place.before_gap == " " and place.before not in english.honorifics else at
    if first and lows[first - 1] in ("a", "an") and tokens.gaps[first] == " ":
        return True
    if place.after_gap[:2] in QUOTED_BY and lows[at - 1 : at] != ["by"] and tokens.low(end) == "by" and quoted_alone(tokens, at):
        return True
    if place.after == "of" and words[end + 1 : end + 2] == lows[end + 1 : end + 2] and tokens.low(end + 1) not in english.determiners:
        return True
    quoted = _stands_quoted(place.before_gap, place.after_gap) and place.before not in NAMED and not place.label
    return quoted and quoted_alone(tokens, at)


def _is_plain(place: Place, known: Known) -> bool:
    """Whether a capital is enough: a name that is nothing else, with nothing beside it that makes it part of something else."""
    english, word = known.english, place.word
    return (
        not place.entry.also
        and not word.islower()
        and place.before not in english.before_no_name
        and place.after not in english.behind_no_name
        and place.low not in known.surnames
        and place.low not in english.base_verbs
        and place.after_gap[:1] not in POSSESSIVE
        and not place.listed
        and place.low not in english.name_like
        and not (word.isupper() and len(word) < 5)
    )


def _is_part_of_a_name(place: Place, known: Known) -> bool:
    """Whether the word is a surname, an abbreviation, or part of the name of a place, brand, ship or storm."""
    english, tokens, end = known.english, place.tokens, place.end
    before, before_word, after, after_word, word = place.before, place.before_word, place.after, place.after_word, place.word
    if place.low in known.surnames and not (after_word[:1].isupper() and not after_word.isupper()):
        return True
    if before in STORMS or (before in english.place_before and before_word[:1].isupper() and place.before_gap in (" ", ". ", "-")):
        return True
    beside_capitals = after_word.isupper() or before_word.isupper() or before in english.greetings
    if word.isupper() and not known.shouting and len(word) < 5 and not beside_capitals:
        return True
    thing = (tokens.low(end + 1) if place.possessive else "") or after
    if thing in english.brand_words and (tokens.words[end + 1 if place.possessive else end][0].isupper() or thing in english.eponyms):
        return True
    if after in english.place_words and after_word[0].isupper() and after not in english.place_surnames:
        return True
    if before not in english.names_of_things_before:
        return False
    return (before_word[0].isupper() and before != "the") or before in ("hms", "uss", "rms")


def _weighed(place: Place, known: Known) -> Given | None:
    """The name with the points for and against it, or None where a rule says that it is none."""
    english, tokens, at, end, entry = known.english, place.tokens, place.at, place.end, place.entry
    surname, middle_end = surname_behind(tokens, end, english)
    place.pass_adverb(english)
    points = points_of(place, known, surname)
    score, rules = sum(points.values()), [rule for rule in points if not rule.startswith("_")]
    if place.before in english.titled_words and quoted_alone(tokens, at):
        return None
    if _is_in_a_region(place, english):
        return None
    if place.of_things and place.before in english.place_prepositions:
        if tokens.low(at - 2) not in english.before_senders:
            return Given(at, middle_end, entry, surname, score, "surname follows") if score >= 3 and surname else None
        score += 2
    if place.month and _is_dated(place, english):
        return None
    if place.listed and place.after in ("and", "or"):
        score -= 2
    if place.low in english.deities and not _acts(place, rules, surname):
        return None
    if _is_word(place, english, surname):
        return None
    return Given(at, end, entry, surname, score - _need(place), ", ".join(rules) or "a given name")


def _is_in_a_region(place: Place, english: English) -> bool:
    """``Charlotte, NC``, ``Victoria, Australia``."""
    tokens, end = place.tokens, place.end
    if not place.of_things or place.after_gap != ", " or end >= tokens.count or not tokens.words[end][0].isupper():
        return False
    return len(tokens.words[end]) == 2 or tokens.lows[end] in english.place_names


def _is_dated(place: Place, english: English) -> bool:
    """``in May``, ``5 June``, ``April and May``."""
    if place.before in english.before_months or place.before.isdigit() or place.after.isdigit():
        return True
    return place.after in english.months and place.after_word != place.after


def _acts(place: Place, rules: list[str], surname: str) -> bool:
    """Whether a name that is a deity's too belongs to somebody."""
    return bool({"said by", "a person in a question"} & set(rules) or surname or (place.after != "and" and STRONG & set(rules)))


def _is_word(place: Place, english: English, surname: str) -> bool:
    """Whether the capital is a sentence's, or the name that of something owned: ``Will Smith be``, ``my Alexa``, ``Chuck the rest``."""
    low, after, starts = place.low, place.after, place.starts
    if starts and low in ("will", "may") and surname and place.tokens.low(place.end + 1) in english.base_verbs | {"be", "have", "not"}:
        return True
    if surname:
        return False
    if low in english.brand_names and place.before in english.possessors:
        return True
    may_be_word = place.entry.also or low in english.base_verbs
    return bool(starts and may_be_word and after and (after in english.pronouns or after in english.determiners))


def _need(place: Place) -> int:
    """The points that a name needs."""
    if place.word.islower():
        return 2
    if place.of_things or place.month or place.listed:
        return 3
    return {"word": 2, "deity": 2, "": 0}.get(place.entry.also, 1)


def _stands_quoted(before: str, after: str) -> bool:
    """Whether the gaps put a name in quotation marks of prose, not of data."""
    return before[-2:] in (' "', " “", '"', "“") and after[:1] in ('"', "”") and after[1:2] in ("", " ", ".", "?", "!")


def _is_work(place: Place, works: set[str], english: English) -> bool:
    """Whether the name is a book's or a film's (``I read Emma and Rebecca``), not that of who is read to (``read Emma a story``)."""
    tokens, at, end = place.tokens, place.at, place.end
    gap, after = tokens.gap(end), tokens.low(end)
    if gap[:1] in POSSESSIVE or (gap == " " and tokens.words[end : end + 1] != [after]):
        return False
    before = tokens.low(at - 1)
    if tokens.gaps[at] == " " and before in ("and", "or"):
        return tokens.low(at - 2) in works
    if tokens.gaps[at] == ", " and before in works:
        return True
    if tokens.gaps[at] != " " or before not in READING:
        return False
    return gap != " " or not (
        after in english.determiners or after in english.base_verbs or after in english.past_verbs or after.endswith(("ing", "ed"))
    )


def _after_title(place: Place, english: English) -> Given | None:
    at, end, entry, title = place.at, place.end, place.entry, place.before
    surname, _ = surname_behind(place.tokens, end, english)
    if surname:
        return Given(at, end, entry, surname, 3, "title and surname around it")
    if title in english.kin_titles or (title == "miss" and not entry.also) or (title in ("nurse", "father", "coach") and not entry.also):
        return Given(at, end, entry, "", 3, f"after {title}")
    return None
