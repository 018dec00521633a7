"""Points for and against a given name, each by the rule that gives them."""

from __future__ import annotations

from monitors.rewrite.english import English
from monitors.rewrite.name_place import Known, Place
from monitors.rewrite.rows import LIST_GAPS, next_in_row
from monitors.rewrite.verbs import base_form

CELL = frozenset(",;\t|")
CELL_START = CELL | {"\n"}
CELLS = frozenset(("| ", " |", ", ", "; ", "- ", "* "))


def points_of(place: Place, known: Known, surname: str) -> dict[str, int]:
    """Points by the rule that gives them; rules that are not told begin with an underscore."""
    english, tokens, end, entry = known.english, place.tokens, place.end, place.entry
    before, after, uncertain = place.before, place.after, place.of_things or place.month
    points: dict[str, int] = {}
    if surname:
        points["surname follows"] = 3
    if field := _field(place):
        points["a field of its own"] = field
    if after == "from" and (tokens.low(end + 1) in english.departments or tokens.low(end + 1) in ("the", "my", "our")):
        points["a department follows"] = 3 if tokens.low(end + 1) in english.departments else 1
    points |= _verb(place, english)
    if place.possessive:
        points["possessive"] = 1
    if entry.also in ("surname", "place") and not place.listed and _is_beside_name(place, known.plainly):
        points["beside another name"] = 3
    if before in english.auxiliaries and (after in english.base_verbs or after in ("be", "have")):
        points["a person in a question"] = 2
    if before in english.speech_verbs and not after:
        points["said by"] = 2
    if before in english.greetings or before in english.kin_titles:
        points["greeting"] = 3
    elif before in english.verbs_of_person and place.before_gap == " ":
        points["a person is asked or told"] = 2 if place.of_things else 1
    elif before in english.person_prepositions and not uncertain:
        points["_preposition"] = 1
    if not place.starts and place.word[0].isupper() and not uncertain:
        alone = entry.also == "word" and not (known.shouting or place.before_word[:1].isupper() or place.after_word[:1].isupper())
        points["_capital"] = 2 if alone else 1
    if entry.gender in known.genders:
        points["pronoun agrees"] = 1
    aside = place.after_gap[:1] in (",", ":", "(", ")", "|", "\t") or place.after_gap[:2] in (" (", " –", " —", " -", " |")
    if aside and not (uncertain or (place.starts and entry.also)):
        points["_aside"] = 1
    if place.label in english.persons or place.label == "name" or before in english.introducing:
        points["apposition"] = 2
    if before in english.determiners and before not in ("my", "our", "your", "his", "her", "their", "that"):
        points["_article"] = -2
    return points


def _field(place: Place) -> int:
    """Points for a name that fills a field of JSON or a cell of a table."""
    text, before_gap, after_gap = place.text, place.before_gap, place.after_gap
    short = text.segment.json and place.tokens.count <= 3
    cell = before_gap.rstrip("\"'")[-1:] in CELL_START and after_gap.lstrip("\"'")[:1] in CELL and before_gap.strip(" ")
    if (short and "name" in text.segment.key.lower()) or cell:
        return 3
    return 2 if short or (before_gap[-2:] in CELLS and (after_gap[:1] in CELL or after_gap[:2] in CELLS)) else 0


def _verb(place: Place, english: English) -> dict[str, int]:
    """Points for the verb that follows."""
    after = place.after
    if not after or not place.after_word[0].islower():
        return {}
    passive = place.before in english.auxiliaries
    if after in english.human_verbs or (after.endswith("ed") and after not in ("red", "need") and not passive):
        return {"a person's verb follows": 3}
    if after in english.past_verbs:
        return {"a verb follows": 3}
    if after in english.name_verbs or (after.endswith("s") and base_form(after) in english.base_verbs):
        return {"a verb follows": 2}
    return {}


def _is_beside_name(place: Place, plainly: set[str]) -> bool:
    if place.after_gap in LIST_GAPS and next_in_row(place.tokens, place.end) in plainly:
        return True
    return place.before_gap == ", " and place.tokens.lows[place.at - 1] in plainly
