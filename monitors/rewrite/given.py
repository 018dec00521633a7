"""Given names in a text, told from words, places and brands by what stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitors.rewrite.english import English
from monitors.rewrite.names import Names
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.rows import LIST_GAPS, is_in_row, is_listed_with_things, next_in_row
from monitors.rewrite.tokens import Tokens, quoted_alone
from monitors.rewrite.verbs import base_form

if TYPE_CHECKING:
    from monitors.rewrite.reading import Text

POSSESSIVE = ("'", "’")
QUOTED_BY = ('" ', "” ", "' ", "’ ")
TITLE_GAPS = (" ", ". ", "\u00a0", ".\u00a0", ".")


@dataclass(slots=True)
class Given:
    """A given name at words ``start`` to ``end``, with the surname's words if one follows."""

    start: int
    end: int
    known: KnownName
    surname: str  # in lower case, "" if none follows
    score: int
    rule: str


def find_given(
    text: Text,
    candidates: list[tuple[int, KnownName]],
    blocked: set[int],
    titles: set[int],
    names: Names,
    english: English,
    genders: set[str],
    told: Mapping[int, str],
) -> list[Given]:
    """The given names among the capitalised words ``candidates``.

    Words ``blocked`` are part of something else, those in ``titles`` of a work or a brand. ``genders`` are those that the pronouns of
    the conversation show; ``told`` has the gender that a noun directly before a word tells (``his wife Robin``).
    """
    tokens = text.tokens
    found: list[Given] = []
    surnames: set[str] = set()
    works: set[str] = set()  # names of books and films in the text
    taken = -1
    shouting = tokens.text.isupper()
    plainly = {tokens.lows[at] for at, entry in candidates if not entry.also}
    for at, entry in candidates:
        if at <= taken or at in blocked or tokens.lows[at] in english.honorifics or len(tokens.words[at]) == 1 or _is_part(tokens, at):
            continue
        if titles and is_in_row(tokens, at, titles):
            works.add(tokens.lows[at])
            continue
        end = at + 1
        if tokens.gaps[end] == "-" and end < tokens.count and tokens.words[end][0].isalpha():
            joined = _hyphenated(tokens, at, names, genders)
            if joined is None:
                continue
            entry, end = joined
        elif _has_second_name(tokens, end, names):
            end += 1
        if entry.gender == "unisex" and genders == {entry.leaning} and not text.spans:
            entry = entry._replace(gender=entry.leaning)
        if entry.gender == "unisex" and at in told and tokens.gaps[at] in (" ", ", "):
            entry = entry._replace(gender=told[at])
        if (entry.gender == "unisex" and not entry.ethnicity) or any(text.untouchable(i) for i in range(at, end)):
            continue
        candidate = weigh(text, at, end, entry, english, genders, surnames, works, plainly, shouting)
        if candidate is None:
            continue
        found.append(candidate)
        taken = end - 1
        if candidate.surname:
            taken = _behind_surname(tokens, end, candidate.surname) - 1
            surnames.add(candidate.surname)
    return _settle(found)


def _is_part(tokens: Tokens, at: int) -> bool:
    """Whether the word is the second part of a hyphenated or Irish name (``O'Connor``)."""
    return at > 0 and (tokens.gaps[at] == "-" or (tokens.gaps[at] in POSSESSIVE and len(tokens.words[at - 1]) == 1))


def _hyphenated(tokens: Tokens, at: int, names: Names, genders: set[str]) -> tuple[KnownName, int] | None:
    if tokens.lows[at] in ("al", "el", "abu", "bin", "ben"):
        return None
    first, second = names.known.get(tokens.lows[at]), names.known.get(tokens.lows[at + 1])
    end = at + 2
    if tokens.gaps[end] == "-" or (not tokens.words[at + 1][0].isupper() and second is None):
        return None
    whole = names.known.get(tokens.lows[at] + tokens.lows[at + 1])
    options = [k for k in (whole, second, first) if k is not None]
    clear = [k for k in options if k.gender != "unisex"]
    if first and second and first.gender == second.gender != "unisex":
        return first._replace(name=f"{first.name}-{second.name}", also=""), end
    if not options or (first is None and whole is None):
        return None
    if not clear and len(genders) == 1:
        return options[0]._replace(gender=next(iter(genders))), end
    return (clear or options)[0], end


def _has_second_name(tokens: Tokens, end: int, names: Names) -> bool:
    """Whether a second given name and a surname follow (``Mary Ann Fischer``)."""
    if end + 1 >= tokens.count or tokens.gaps[end] != " " or tokens.gaps[end + 1] != " " or not tokens.words[end + 1][0].isupper():
        return False
    second, third = names.find(tokens.words[end]), names.find(tokens.words[end + 1])
    return tokens.words[end][0].isupper() and second is not None and not second.also and (third is None or bool(third.also))


def weigh(
    text: Text,
    at: int,
    end: int,
    entry: KnownName,
    english: English,
    genders: set[str],
    surnames: set[str],
    works: set[str],
    plainly: set[str],
    shouting: bool,
) -> Given | None:
    """The name if what stands around it says that a person is meant, else None."""
    tokens = text.tokens
    words, lows, gaps = tokens.words, tokens.lows, tokens.gaps
    low, word = lows[at], words[at]
    before_gap, after_gap = gaps[at], gaps[end]
    label = lows[at - 1] if at and before_gap.strip(" \"'*_") in LABELS else ""
    before = lows[at - 1] if at and before_gap.strip(" .\"“'‘(*_\u00a0") == "" and "\n" not in before_gap else ""
    before_word = words[at - 1] if before else ""
    joined = after_gap in (" ", "\u00a0")
    after = lows[end] if end < tokens.count and joined else ""
    after_word = words[end] if after else ""
    casual = word.islower()
    if after_gap in POSSESSIVE and tokens.low(end) == "t":  # Don't
        return None
    if before in ("of", "to") and tokens.low(at - 2) in english.copies:
        return None
    first = at - 1 if before_word[:1].isupper() and before_gap == " " and before not in english.honorifics else at
    if first and lows[first - 1] in ("a", "an") and gaps[first] == " ":  # a drink, a tool: "a Rob Roy", "a Jacob's ladder"
        return None
    if after_gap[:2] in QUOTED_BY and lows[at - 1 : at] != ["by"] and tokens.low(end) == "by" and quoted_alone(tokens, at):
        return None
    if after == "of" and words[end + 1 : end + 2] == lows[end + 1 : end + 2] and tokens.low(end + 1) not in english.determiners:
        return None  # nick of time, jack of clubs
    if _stands_quoted(before_gap, after_gap) and before not in NAMED and not label and quoted_alone(tokens, at):
        return None
    if low in works or _is_work(tokens, at, end, works, english):
        works.add(low)
        return None
    listed = is_listed_with_things(tokens, at, end, english)
    if before_word[:1].isupper() and before_gap == " " and not shouting and _is_surname_of(tokens, at, before, english):
        return None
    if (
        not entry.also
        and not casual
        and before not in english.before_no_name
        and after not in english.behind_no_name
        and low not in surnames
        and low not in english.base_verbs
    ):
        plain = after_gap[:1] not in POSSESSIVE and not listed and low not in english.name_like and not (word.isupper() and len(word) < 5)
        if plain:
            return Given(at, end, entry, surname_behind(tokens, end, english)[0] if after_word[:1].isupper() else "", 1, "a given name")
    starts = tokens.starts_sentence(at)
    if low in surnames and not (after_word[:1].isupper() and not after_word.isupper()):
        return None
    if before in english.place_before and before_word[:1].isupper() and before_gap in (" ", ". ", "-"):
        return None
    if (
        word.isupper()
        and not shouting
        and len(word) < 5
        and not (after_word.isupper() or before_word.isupper() or before in english.greetings)
    ):
        return None
    possessive = after_gap[:1] in POSSESSIVE and tokens.low(end) == "s"
    owned = tokens.low(end + 1) if possessive else ""
    thing = owned or after
    if thing in english.brand_words and (words[end + 1 if possessive else end][0].isupper() or thing in english.eponyms):
        return None
    if after in english.place_words and after_word[0].isupper() and after not in english.place_surnames:
        return None
    if before in STORMS:
        surnames.add(low)
        return None
    if before in english.names_of_things_before and (
        (before_word[0].isupper() and before not in ("the",)) or before in ("hms", "uss", "rms")
    ):
        return None
    if before in english.honorifics and before_gap in TITLE_GAPS:
        titled = _after_title(tokens, at, end, entry, english, before, after_word)
        if titled is None:
            surnames.add(low)
        return titled
    surname, middle_end = surname_behind(tokens, end, english)
    score, rules = 0, []
    place = entry.also in ("place", "brand") or low in english.place_names or low in english.brand_names
    month = low in english.months
    if surname:
        score += 3
        rules.append("surname follows")
    if (text.segment.json and tokens.count <= 3 and "name" in text.segment.key.lower()) or (
        gaps[at].rstrip("\"'")[-1:] in CELL_START and after_gap.lstrip("\"'")[:1] in CELL and gaps[at].strip(" ")
    ):
        score += 3
        rules.append("a field of its own")
    elif (text.segment.json and tokens.count <= 3) or (before_gap[-2:] in CELLS and (after_gap[:1] in CELL or after_gap[:2] in CELLS)):
        score += 2
        rules.append("a field of its own")
    if after in english.adverbs_before_verbs and end + 1 < tokens.count and gaps[end + 1] == " ":
        after, after_word = lows[end + 1], words[end + 1]
    if after == "from" and (tokens.low(end + 1) in english.departments or tokens.low(end + 1) in ("the", "my", "our")):
        score += 3 if tokens.low(end + 1) in english.departments else 1
        rules.append("a department follows")
    if after and after_word[0].islower():
        passive = before in english.auxiliaries
        if after in english.human_verbs or (after.endswith("ed") and after not in ("red", "need") and not passive):
            score += 3
            rules.append("a person's verb follows")
        elif after in english.past_verbs:
            score += 3
            rules.append("a verb follows")
        elif after in english.name_verbs or (after.endswith("s") and base_form(after) in english.base_verbs):
            score += 2
            rules.append("a verb follows")
    if possessive:
        score += 1
        rules.append("possessive")
    if (
        entry.also in ("surname", "place")
        and not listed
        and ((after_gap in LIST_GAPS and next_in_row(tokens, end) in plainly) or (before_gap == ", " and lows[at - 1] in plainly))
    ):
        score += 3
        rules.append("beside another name")
    asked = before in english.auxiliaries and (after in english.base_verbs or after in ("be", "have"))
    if asked:
        score += 2
        rules.append("a person in a question")
    told = before in english.speech_verbs and (not after or not joined)
    if told:
        score += 2
        rules.append("said by")
    if before in english.greetings or before in english.kin_titles:
        score += 3
        rules.append("greeting")
    elif before in english.verbs_of_person and (before_gap == " "):
        score += 1 if not place else 2
        rules.append("a person is asked or told")
    elif before in english.person_prepositions:
        score += 0 if place or month else 1
    if not starts and word[0].isupper():
        alone = entry.also == "word" and not (shouting or before_word[:1].isupper() or after_word[:1].isupper())
        score += 0 if place or month else 2 if alone else 1
    if entry.gender in genders:
        score += 1
        rules.append("pronoun agrees")
    if after_gap[:1] in (",", ":", "(", ")", "|", "\t") or after_gap[:2] in (" (", " –", " —", " -", " |") or after_gap[:2] == ", ":
        score += 0 if place or month or (starts and entry.also) else 1
    if label in english.persons or label == "name" or before in english.introducing:
        score += 2
        rules.append("apposition")
    if before in english.titled_words and quoted_alone(tokens, at):
        return None
    if before in english.determiners and before not in ("my", "our", "your", "his", "her", "their", "that"):
        score -= 2
    if (
        place
        and after_gap == ", "
        and end < tokens.count
        and words[end][0].isupper()
        and (len(words[end]) == 2 or lows[end] in english.place_names)
    ):
        return None
    if place and before in english.place_prepositions:
        letters = tokens.low(at - 2) in english.before_senders
        if not letters:
            return None if not (score >= 3 and surname) else Given(at, middle_end, entry, surname, score, "surname follows")
        score += 2
    if month and (
        before in english.before_months or after.isdigit() or before.isdigit() or (after in english.months and after_word != after)
    ):
        return None
    if listed and after in ("and", "or"):
        score -= 2
    if low in english.deities and not (told or asked or surname or (after != "and" and STRONG & set(rules))):
        return None
    need = 2 if casual else 3 if place or month or listed else 2 if entry.also in ("word", "deity") else 1 if entry.also else 0
    if starts and low in ("will", "may") and surname and tokens.low(end + 1) in english.base_verbs | {"be", "have", "not"}:
        return None
    if low in english.brand_names and before in english.possessors and not surname:  # my Alexa, my Tesla
        return None
    may_be_word = entry.also or low in english.base_verbs
    if starts and may_be_word and after and (after in english.pronouns or after in english.determiners) and not surname:
        return None
    return Given(at, end, entry, surname, score - need, ", ".join(rules) or "a given name")


STORMS = frozenset(["hurricane", "storm", "typhoon", "cyclone"])
LABELS = (":", "=")
STRONG = frozenset(["a person's verb follows", "a verb follows", "greeting", "a field of its own", "apposition", "a department follows"])
NAMED = frozenset(["named", "called", "name", "nickname", "nicknamed", "alias", "user", "username", "signed", "said", "says"])
READING = frozenset(["read", "reread", "watched", "rewatched", "novel", "novels", "film", "films", "movie", "album", "titled", "entitled"])
CELL = frozenset(",;\t|")
CELL_START = CELL | {"\n"}
CELLS = frozenset(("| ", " |", ", ", "; ", "- ", "* "))


def _stands_quoted(before: str, after: str) -> bool:
    """Whether the gaps put a name in quotation marks of prose, not of data."""
    return before[-2:] in (' "', " “", '"', "“") and after[:1] in ('"', "”") and after[1:2] in ("", " ", ".", "?", "!")


def _is_work(tokens: Tokens, at: int, end: int, works: set[str], english: English) -> bool:
    """Whether the name is a book's or a film's (``I read Emma and Rebecca``), not that of who is read to (``read Emma a story``)."""
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


def _is_surname_of(tokens: Tokens, at: int, before: str, english: English) -> bool:
    """Whether a capitalised word that is neither title nor ordinary word stands before (``Nawaz Sharif``): this is its surname."""
    if tokens.starts_sentence(at - 1) or before in english.honorifics or before in english.greetings or before in english.kin_titles:
        return False
    return not (
        before in english.function_words or before in english.persons or before in english.base_verbs or before in english.verbs_of_person
    )


def _after_title(tokens: Tokens, at: int, end: int, entry: KnownName, english: English, title: str, after_word: str) -> Given | None:
    surname, _ = surname_behind(tokens, end, english)
    if surname:
        return Given(at, end, entry, surname, 3, "title and surname around it")
    if title in english.kin_titles or (title == "miss" and not entry.also) or (title in ("nurse", "father", "coach") and not entry.also):
        return Given(at, end, entry, "", 3, f"after {title}")
    return None


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


def _behind_surname(tokens: Tokens, end: int, surname: str) -> int:
    """The index behind a surname that follows word ``end - 1``, with what a hyphen joins to it."""
    at = end
    while tokens.lows[at] != surname:
        at += 1
    at += 1
    while at < tokens.count and tokens.gaps[at] in ("-", "'", "’") and tokens.words[at][0].isupper():
        at += 1
    return at


def _settle(found: list[Given]) -> list[Given]:
    """Keeps the names that have enough evidence, and weaker ones of a name that has it elsewhere."""
    sure = {g.known.name for g in found if g.score >= 0}
    kept = []
    for given in found:
        if given.score >= 0 or (given.known.name in sure and given.score >= -1):
            kept.append(given)
    return kept
