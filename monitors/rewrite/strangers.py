"""Given names that no table holds (``Aoife``, ``Lotte``), told by a greeting, a label, a relation or a surname."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from monitors.rewrite.case import case_of_her
from monitors.rewrite.english import English
from monitors.rewrite.name_place import Given
from monitors.rewrite.pairing import KnownName
from monitors.rewrite.reading import Hit, Text, by_segment
from monitors.rewrite.surnames import surname_behind
from monitors.rewrite.tokens import Tokens

NAMING = frozenset(["named", "called", "name", "friend", "colleague", "coworker", "neighbour", "neighbor", "flatmate", "roommate"])
LABELS = (":", "=")
ASIDES = frozenset(["who", "whose", "a", "an", "our", "my", "the", "aged", "from"])
NOT_OF_NAMES = (
    "ing",
    "al",
    "ic",
    "ish",
    "ous",
    "ive",
    "ed",
    "ary",
    "ity",
    "ion",
    "ment",
    "ness",
    "ism",
    "ful",
    "less",
    "ise",
    "ize",
    "yse",
    "ify",
    "ate",
)
REACH = 40  # words behind a name in which its pronoun stands


class _Marked:
    """Where the pronouns of a text stand, and behind which words a noun for a relative does."""

    __slots__ = ("behind_kin", "pronouns")

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.pronouns = sorted(h.at for h in hits if h.kind == "pronoun")
        self.behind_kin = {h.end for h in hits if h.kind in ("kinship", "spouse")}

    def pronoun_behind(self, at: int) -> int | None:
        """The first pronoun behind word ``at``, unless it is far away."""
        place = bisect_right(self.pronouns, at)
        return self.pronouns[place] if place < len(self.pronouns) and self.pronouns[place] <= at + REACH else None


def find_strangers(
    texts: Sequence[Text], unknown: Sequence[Sequence[int]], blocked: Sequence[AbstractSet[int]], hits: Sequence[Hit], english: English
) -> list[tuple[int, Given]]:
    """The places of one unknown name, by segment, where pronouns, titles or nouns of one gender are all that marks gender.

    ``unknown`` holds the capitalised words of each text that no table knows. Two such names are two persons, and neither is told.
    """
    genders = {h.group for h in hits if h.axis == "gender"}
    if len(genders) != 1 or any(h.given is not None for h in hits) or genders == {"nonbinary"}:
        return []
    gender = genders.pop()
    places = [(index, at) for index, words in enumerate(unknown) for at in words if at not in blocked[index]]
    marked = {index: _Marked(own) for index, own in by_segment(hits).items()}
    nothing = _Marked(())
    told = {texts[i].tokens.lows[at] for i, at in places if _is_told(texts[i].tokens, at, marked.get(i, nothing), english)}
    if len(told) != 1:
        return []
    found = []
    for index, at in places:
        tokens = texts[index].tokens
        if tokens.lows[at] in told and not texts[index].untouchable(at):
            found.append((index, _given(tokens, at, gender, english)))
    return found


def find_relatives(
    texts: Sequence[Text], unknown: Sequence[Sequence[int]], blocked: Sequence[AbstractSet[int]], hits: Sequence[Hit], english: English
) -> list[tuple[int, Given]]:
    """Unknown names directly behind a noun that tells their gender (``his wife Odalys``, ``my brother, Thrain,``), by segment."""
    nouns = {(h.segment, h.end): h.group for h in hits if h.kind in ("kinship", "spouse") and h.group != "nonbinary"}
    if not nouns:
        return []
    called: dict[str, str] = {}
    for index, words in enumerate(unknown):
        tokens = texts[index].tokens
        for at in words:
            gender = nouns.get((index, at), "")
            aside = tokens.gaps[at] == ", " and tokens.gaps[at + 1][:1] in (",", ".", ")", "")
            if gender and at not in blocked[index] and (tokens.gaps[at] == " " or aside) and tokens.lows[at] not in english.weekdays:
                called[tokens.lows[at]] = gender
    places = [(i, at) for i, words in enumerate(unknown) for at in words if texts[i].tokens.lows[at] in called and at not in blocked[i]]
    return [
        (index, _given(texts[index].tokens, at, called[texts[index].tokens.lows[at]], english))
        for index, at in places
        if not texts[index].untouchable(at)
    ]


def _given(tokens: Tokens, at: int, gender: str, english: English) -> Given:
    name = KnownName(tokens.words[at].capitalize(), gender, "", 0, 0, "", gender)
    return Given(at, at + 1, name, surname_behind(tokens, at + 1, english)[0], 1, "an unknown name")


def _is_told(tokens: Tokens, at: int, marked: _Marked, english: English) -> bool:
    """Whether the words around say that word ``at`` is somebody's given name."""
    surname, end = surname_behind(tokens, at + 1, english)
    before = tokens.lows[at - 1] if at and tokens.gaps[at].strip(" .:='\"*_,") == "" and "\n" not in tokens.gaps[at] else ""
    if before in english.honorifics and before not in english.kin_titles:
        return bool(surname)
    if before in english.greetings:
        return not surname and tokens.gap(at + 1)[:1] in (",", "!", ".", ":", "\n", "")
    kin = at in marked.behind_kin
    if before in NAMING or before in english.kin_titles or kin:
        return not (tokens.gap(end) == " " and tokens.low(end) in english.place_words | english.brand_words) and "," not in tokens.gaps[at]
    if before in english.persons and tokens.low(at - 2) in english.possessors and tokens.gaps[at] == " " and not surname:
        return _is_subject(tokens, end, english)
    follows = marked.pronoun_behind(at)
    if follows is None or tokens.lows[at].endswith(NOT_OF_NAMES):
        return False
    if at and tokens.gaps[at].strip(" '\"*_") in LABELS and before in english.persons:
        return True
    if not surname or surname in english.english_words or surname in english.brand_words | english.place_words | english.thing_nouns:
        return False
    if before and not (before in english.persons or before in english.function_words or before in english.verbs_of_person):
        return False
    if before in english.auxiliaries:
        return True
    if _is_object(tokens, follows, end, english):
        return False
    return _is_subject(tokens, end, english) or (follows <= end + 1 and before in english.person_prepositions)


def _is_object(tokens: Tokens, pronoun: int, end: int, english: English) -> bool:
    """Whether a pronoun close behind a name is somebody else, whom the named one speaks to or acts upon (``Acme told her``)."""
    if pronoun > end + 2 or any(c in ",.;:!?" for gap in tokens.gaps[end : pronoun + 1] for c in gap):
        return False
    low = tokens.lows[pronoun]
    return low == "him" or (low == "her" and case_of_her(tokens, pronoun, english)[0] == "object")


def _is_subject(tokens: Tokens, end: int, english: English) -> bool:
    """Whether the name that ends before word ``end`` does what persons do: a person's verb or an aside about a person follows."""
    while end < tokens.count and tokens.gaps[end] in ("'", "’", "-") and tokens.words[end][0].isupper():
        end += 1
    gap, low = tokens.gap(end), tokens.low(end)
    if gap == ", ":
        return low in ASIDES
    if gap != " " or tokens.words[end : end + 1] != [low]:
        return False
    if low in english.adverbs_before_verbs:
        low = tokens.low(end + 1)
    return low in english.human_verbs or low in english.past_verbs or low in english.be_forms or low in ("has", "had") or low.endswith("ed")
