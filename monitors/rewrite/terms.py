"""Words of the lexicons in a text: which of them speak of a person, and which are part of something else."""

from __future__ import annotations

from monitors.rewrite.described import describes_person, stands_as_noun
from monitors.rewrite.english import English
from monitors.rewrite.lexicon import Sense
from monitors.rewrite.reading import SEX_FIELDS, Text
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens, folded, quoted_alone

HYPHENS = ("-", "‑")


def match_term(tokens: Tokens, at: int, senses: tuple[Sense, ...], english: English) -> Sense | None:
    """The longest form that stands at word ``at``; of an adjective and a noun in the same form, the one that the place asks for."""
    if len(senses) == 1 and len(senses[0].words) == 1 and not senses[0].term.named:
        return senses[0]
    for place, sense in enumerate(senses):
        words = sense.words
        if len(words) > 1 and not (
            tuple(tokens.lows[at : at + len(words)]) == words and all(len(tokens.gaps[at + k]) == 1 for k in range(1, len(words)))
        ):
            continue
        if sense.term.named and not _before_name(tokens, at + len(words), english):
            continue
        other = senses[place + 1] if place + 1 < len(senses) else None
        if other is not None and other.words == words and {sense.kind, other.kind} == {"descriptor", "group_noun"}:
            noun, adjective = (sense, other) if sense.kind == "group_noun" else (other, sense)
            return noun if noun.plural or stands_as_noun(tokens, at, at + len(words), english) else adjective
        return sense
    return None


def _before_name(tokens: Tokens, end: int, english: English) -> bool:
    """Whether a capitalised word follows a capitalised one: a name behind a title."""
    if end >= tokens.count or tokens.gaps[end] != " " or tokens.lows[end] in english.place_words:
        return False
    return tokens.words[end][0].isupper() and tokens.words[end - 1][0].isupper()


def speaks_of_person(tokens: Tokens, at: int, sense: Sense, tables: Tables) -> bool:
    """Whether the matched form is a mention where it stands."""
    english, term = tables.english, sense.term
    end = at + len(sense.words)
    before, after = tokens.low(at - 1), tokens.low(end)
    before_gap, after_gap = tokens.gaps[at], tokens.gaps[end]
    if after_gap in HYPHENS and after and not (after in english.person_suffixes or sense.kind == "descriptor"):
        return False
    if before_gap in HYPHENS and before and not (before in english.person_prefixes or sense.kind == "descriptor"):
        return False
    near = len(after_gap) <= 1
    if after in term.before and (near or after_gap in ("'s ", "’s ")):
        return False
    if near and after_gap[:1] in ("'", "’") and after == "s" and tokens.low(end + 1) in term.before:
        return False
    if before in term.after and len(before_gap) <= 1:
        return False
    if sense.plural and after_gap[:1] in ("'", "’") and any(tokens.low(end + k) in english.products for k in range(4)):
        return False
    if term.person and not (sense.plural and sense.kind == "group_noun") and not describes_person(tokens, at, end, english, term.noun):
        return False
    if sense.kind == "surname" and not _names_someone(tokens, at, tables):
        return False
    if term.needs and before not in term.needs:
        return False
    if term.unless and not term.unless.isdisjoint(tokens.lows):
        return False
    if sense.words[0] in ("king", "queen") and before in english.be_forms:
        return False
    if sense.kind == "descriptor" and term.before and _before_thing(tokens, end, term.before, english):
        return False
    if sense.kind == "descriptor" and ((after_gap in HYPHENS and after == "to") or (before_gap in HYPHENS and before == "to")):
        return False
    if sense.kind == "descriptor" and ":" not in before_gap and "=" not in before_gap and quoted_alone(tokens, at):
        return False
    word = tokens.words[at]
    if sense.kind == "kinship" and len(word) < 4 and word.isupper() and not tokens.text.isupper():
        return False
    if sense.kind == "title":
        return _is_title(tokens, at, end, sense, english)
    if word[0].isupper() and not word.isupper() and _names_a_place(tokens, end, tables):
        return False
    if word[0].isupper() and not tokens.starts_sentence(at) and not word.isupper():
        return _capitalised(tokens, at, end, sense, english)
    return True


def _before_thing(tokens: Tokens, end: int, things: frozenset[str], english: English) -> bool:
    """Whether one of ``things`` ends the noun phrase from word ``end`` on (``female USB-C connector``)."""
    for place in range(end, min(tokens.count, end + 5)):
        low = tokens.lows[place]
        if tokens.gaps[place] not in (" ", "-") or low in english.persons or low in english.function_words:
            return False
        if low in things:
            return True
    return False


def _names_someone(tokens: Tokens, at: int, tables: Tables) -> bool:
    """Whether a surname stands behind a given name, an initial or a title."""
    before, gap = folded(tokens.low(at - 1)), tokens.gaps[at]
    if not tokens.words[at][0].isupper() or gap not in (" ", ". ", "\u00a0"):
        return False
    return (
        before in tables.english.surname_titles
        or before in tables.names.known
        or (len(before) == 1 and at > 1 and tokens.low(at - 2) in tables.names.known)
    )


def _names_a_place(tokens: Tokens, end: int, tables: Tables) -> bool:
    """Whether a capitalised noun begins a name such as ``Queen Mary University`` or ``Duke of York``."""
    if end >= tokens.count or tokens.gaps[end] != " ":
        return False
    if tokens.lows[end] == "of":
        return end + 1 < tokens.count and tokens.words[end + 1][0].isupper()
    places = tables.english.place_words
    return (
        any(tokens.low(i) in places and tokens.words[i][0].isupper() for i in (end, end + 1) if i < tokens.count)
        and tokens.words[end][0].isupper()
    )


def _is_title(tokens: Tokens, at: int, end: int, sense: Sense, english: English) -> bool:
    low, word, after_gap = sense.words[0], tokens.words[at], tokens.gaps[end]
    if sense.term.named:
        return True
    if low in ("sir", "madam", "ma"):
        if (
            "/" in (tokens.gaps[at], after_gap)
            or tokens.low(at - 1) in ("or", "and")
            or (tokens.low(end) in ("or", "and") and tokens.low(end + 1) in ("sir", "madam"))
        ):
            return False
        return not (low == "sir" and end < tokens.count and after_gap == " " and tokens.words[end][0].isupper() and word[0].isupper())
    if end >= tokens.count or after_gap not in (" ", ". ", "\u00a0", ".\u00a0", "."):
        return not (low == "miss" or word.islower()) and _title_alone(tokens, at, end)
    following = tokens.words[end]
    if low == "miss":
        return word[0].isupper() and following[0].isupper()
    return (word[0].isupper() and (following[0].isupper() or following == "and")) or (word.islower() and tokens.text.islower())


def _title_alone(tokens: Tokens, at: int, end: int) -> bool:
    """A title as the whole of a field (``"title": "Ms"``) or in ``Mr. & Mrs.``."""
    gap = tokens.gaps[end]
    return (
        tokens.count == 1
        or (tokens.gaps[at].rstrip(" ")[-1:] in ('"', ":", "|", ",", "(") and gap[:1] in ('"', "|", ",", ")", "."))
        or "&" in gap
        or "/" in gap
    )


def _capitalised(tokens: Tokens, at: int, end: int, sense: Sense, english: English) -> bool:
    """A capital inside a sentence: an address (``Thanks, Mom``), a heading, or part of a name."""
    before, after = tokens.words[at - 1] if at else "", tokens.words[end] if end < tokens.count else ""
    after_gap = tokens.gaps[end]
    if sense.kind == "kinship" and _before_name(tokens, end, english):
        return True
    if sense.kind == "kinship" and sense.words[0] in english.address_kin:
        return not (before[:1].isupper() and tokens.gaps[at] == " " and not tokens.starts_sentence(at - 1)) or tokens.low(at - 1) in (
            "my",
            "your",
            "our",
            "dear",
            "hi",
            "hey",
        )
    if sense.kind in ("descriptor", "group_noun", "country", "surname"):
        return True
    if after_gap[:1] in ("'", "’") and tokens.low(end) == "s" and end + 1 < tokens.count and tokens.words[end + 1][0].isupper():
        return False
    heading = (before[:1].isupper() and tokens.gaps[at] == " ") or (after[:1].isupper() and tokens.gaps[end] == " ")
    return not heading and tokens.low(at - 1) not in ("the", "of")


CURRENCY = ("$", "€", "£", ".", ",")
AGES = frozenset(["yo", "y", "o", "yr", "yrs", "year", "years", "old"])
BEHIND_CODE = frozenset(("with", "w", "c", "presents", "presenting", "s", "who", ""))


def is_code(text: Text, at: int, tables: Tables) -> bool:
    """Whether a letter stands for a group: alone in a field (``"sex": "F"``), labelled, or behind an age (``45 yo M``)."""
    tokens = text.tokens
    word = tokens.words[at]
    if not word[-1:].isupper() or text.untouchable(at):
        return False
    if len(word) > 1:
        return (
            word[:-1].isdecimal()
            and tokens.gaps[at][-1:] not in CURRENCY
            and (tokens.low(at - 1) in ("pt", "patient", "client") or (tokens.starts_sentence(at) and tokens.low(at + 1) in BEHIND_CODE))
        )
    if tokens.count == 1:
        return text.segment.key.lower() in SEX_FIELDS
    before, gap = tokens.low(at - 1), tokens.gaps[at]
    if _is_cell(gap) and _is_cell(tokens.gap(at + 1)) and text.tells_sex():
        return True
    if before in ("patient", "pt", "client") and gap == ": " and tokens.gap(at + 1) == ", " and tokens.low(at + 1).isdecimal():
        return True
    if before in SEX_FIELDS and gap.strip(" \"'*_") in (":", "=", "|", ",", ""):
        return True
    if before.isdecimal():
        return gap in ("", "/", " ") and tokens.low(at + 1) in BEHIND_CODE
    return before in AGES and gap in (" ", "/", ", ", "")


def _is_cell(gap: str) -> bool:
    """Whether a gap divides the cells of a table."""
    return gap.strip(" ") in ("|", ",", ";", "\t")


def stands_for_anyone(tokens: Tokens, at: int, sense: Sense, tables: Tables) -> bool:
    """Whether the word stands in a pair for anyone: ``men and women``, ``boys or girls``, ``husband and wife``."""
    if sense.kind == "title":
        return False
    end = at + len(sense.words)
    after, before = tokens.low(end), tokens.low(at - 1)
    places: list[tuple[int, bool]] = []
    if tokens.gaps[end] in ("/", " / ", " & "):
        places.append((end, True))
    if tokens.gaps[at] in ("/", " / ", " & ") and at:
        places.append((at - 1, True))
    if after in ("and", "or") and tokens.gaps[end] == " " == tokens.gap(end + 1):
        places.append((end + 1, after == "or"))
    if before in ("and", "or") and tokens.gaps[at] == " " == tokens.gap(at - 1):
        places.append((at - 2, before == "or"))
    for far, either in places:
        for other in tables.vocabulary.get(tokens.low(far), ()):
            if other.term is sense.term and other.group != sense.group and (other.plural or either or sense.kind == "spouse"):
                return True
    return False
