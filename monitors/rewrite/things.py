"""Animals, ships, deities and assistants: what has a name or a pronoun and is nobody to swap."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from monitors.rewrite.case import case_of_her
from monitors.rewrite.english import English
from monitors.rewrite.reading import Hit, Text
from monitors.rewrite.tokens import Tokens
from monitors.rewrite.triggers import ASSISTANT_WORDS

SHIP_CLASSES = ("hms", "uss", "rms", "ss")
PATIENT = frozenset(["is", "was", "be", "very", "so", "more", "being", "are", "were", "s"])  # what makes it an adjective
NEAR = 3
KEEPERS = frozenset(["vet", "vets", "veterinarian", "groomer", "breeder", "trainer", "owner", "captain", "crew", "skipper"])
OWNING = frozenset(["my", "our", "your", "his", "her", "their", "a", "the"])  # what stands before a breed ("our Labrador Daisy")


def drop_things(
    hits: list[Hit], texts: Sequence[Text], words: Sequence[AbstractSet[int]], roles: Sequence[str], english: English
) -> list[Hit]:
    """``hits`` (in order of appearance) without those that speak of a thing or of the assistant itself; ``words`` may name things."""
    things = [
        {at for at in found if _is_thing(text.tokens, at, english) and not text.untouchable(at)}
        for text, found in zip(texts, words, strict=True)
    ]
    assistants = _assistant_names(hits, texts, roles)
    if not any(things) and not assistants:
        return hits
    kept: list[Hit] = []
    named_things: set[str] = set()
    humans: set[str] = set()
    spoken: set[str] = set()  # groups whose pronouns have stood for a thing
    last: tuple[int, int] | None = None
    for hit in hits:
        tokens = texts[hit.segment].tokens
        if hit.given is not None:
            name = hit.given.known.name
            if name in assistants:
                continue
            if name in named_things or last == (hit.segment, hit.at - 1) or names_a_thing(tokens, hit, things[hit.segment], english):
                named_things.add(name)
                last = (hit.segment, hit.at)
                continue
        elif hit.kind == "title" and _is_ships_name(tokens, hit.at, things[hit.segment]):
            last = (hit.segment, hit.at)
            continue
        elif hit.kind in ("descriptor", "role", "kinship") and _beside(tokens, things[hit.segment], hit.at, hit.end, english):
            continue
        elif (
            hit.axis == "gender"
            and hit.kind in ("pronoun", "descriptor")
            and hit.group not in humans
            and (
                _refers_to_thing(hit, texts, things, last, hit.group in spoken, english)
                or (hit.group in spoken and hit.case != "subject" and _is_object(tokens, hit.at, english))
            )
        ):
            last = (hit.segment, hit.at)
            spoken.add(hit.group)
            continue
        if hit.axis == "gender":
            humans.add(hit.group)
        kept.append(hit)
    return kept


def _is_ships_name(tokens: Tokens, at: int, things: AbstractSet[int]) -> bool:
    """``our ship, the Lady Margaret``."""
    return tokens.low(at - 1) == "the" and any(place in things for place in (at - 2, at - 3))


def _is_thing(tokens: Tokens, at: int, english: English) -> bool:
    low = tokens.lows[at]
    if low in english.animals or low in english.vessels:
        capital = tokens.words[at][0].isupper() and not tokens.words[at].isupper()
        return not (
            capital
            and low in english.animals
            and tokens.low(at - 1) not in OWNING
            and at + 1 < tokens.count
            and tokens.gaps[at + 1] == " "
            and tokens.words[at + 1][0].isupper()
        )
    return tokens.words[at][0].isupper() and (low in english.certain_deities or not tokens.starts_sentence(at))


def names_a_thing(tokens: Tokens, hit: Hit, things: AbstractSet[int], english: English) -> bool:
    """Whether a name is an animal's or a ship's: ``our dog Max``, ``Bella, my cat``, ``Rex is a beagle``, ``a cat named Tom``."""
    at, end = hit.at, hit.end
    before = at - 1
    while (
        before >= max(0, at - NEAR)
        and tokens.gaps[before + 1] in (" ", ", ", "-", " (", "'", ": ")
        and (tokens.lows[before] in ("named", "called", "is", "s", "name") or before in things)
    ):
        if before in things:
            return tokens.lows[before] not in ("queen", "bear", "bull", "buck", "pig")
        before -= 1
    if at - 1 >= 0 and tokens.lows[at - 1] in SHIP_CLASSES:
        return True
    follow = end
    limit = min(tokens.count, end + 7)
    if tokens.gap(end)[:1] == "," and tokens.low(end) in ("my", "our", "the", "a", "an", "her", "his", "their", "your"):
        return any(i in things for i in range(end, min(tokens.count, end + 4)) if "," not in "".join(tokens.gaps[end + 1 : i + 1]))
    if tokens.low(follow) in ("is", "was", "s") and tokens.low(follow + 1) in ("a", "an", "my", "our", "the"):
        for place in range(follow + 2, limit):
            if (
                any(c in tokens.gaps[place] for c in ".,;!?")
                or tokens.lows[place] in english.prepositions
                or tokens.lows[place] in english.persons
            ):
                return False
            if place in things:
                return True
    return False


def _beside(tokens: Tokens, things: AbstractSet[int], at: int, end: int, english: English) -> bool:
    """Whether an animal stands directly behind a word (``mother cat``), or before it."""
    place = end
    while place < end + NEAR and place < tokens.count and tokens.gaps[place] == " ":
        if place in things:
            return True
        if tokens.lows[place] in english.function_words or tokens.lows[place] in english.persons:
            break
        place += 1
    return at - 1 in things and tokens.gaps[at] == " "


def _refers_to_thing(
    hit: Hit, texts: Sequence[Text], things: Sequence[AbstractSet[int]], last: tuple[int, int] | None, spoken: bool, english: English
) -> bool:
    """Whether the nearest noun before a pronoun, among things and persons, is a thing that the pronoun can stand for.

    ``spoken`` is true where such a pronoun has stood for a thing: then who treats or keeps animals is no other person.
    """
    tokens = texts[hit.segment].tokens
    if hit.case == "subject" and _is_said_to_be_thing(tokens, hit.at, things[hit.segment]):
        return True
    for segment in range(hit.segment, -1, -1):
        tokens = texts[segment].tokens
        start = hit.at - 1 if segment == hit.segment else tokens.count - 1
        for place in range(start, -1, -1):
            if place in things[segment] or (segment, place) == last:
                return not (segment == hit.segment and is_object_beside(tokens, place, hit.at, english))
            low = tokens.lows[place]
            if low in english.persons and not (spoken and low in KEEPERS) and not (low == "patient" and tokens.low(place - 1) in PATIENT):
                return False
    return False


def _is_object(tokens: Tokens, at: int, english: English) -> bool:
    """Whether a pronoun ends a sentence as its object (``call the vet for her?``): it stands for what was spoken of before."""
    return tokens.lows[at] == "him" or (tokens.lows[at] == "her" and case_of_her(tokens, at, english)[0] == "object")


def _is_said_to_be_thing(tokens: Tokens, at: int, things: AbstractSet[int]) -> bool:
    """``she is a great ship``."""
    if tokens.low(at + 1) not in ("is", "was", "s") or tokens.low(at + 2) not in ("a", "an", "the", "my", "our"):
        return False
    return any(place in things and all(tokens.gaps[i] == " " for i in range(at + 3, place + 1)) for place in range(at + 3, at + 6))


def is_object_beside(tokens: Tokens, subject: int, pronoun: int, english: English) -> bool:
    """Whether a pronoun is the object of the clause whose subject is the word before (``the dog bit her``): then it is someone else."""
    if not 1 < pronoun - subject <= 6:
        return False
    between = tokens.lows[subject + 1 : pronoun]
    if any(low in english.clause_words or low in english.pronouns for low in between):
        return False
    if any(c in "".join(tokens.gaps[subject + 1 : pronoun + 1]) for c in ".,;:!?\n"):
        return False
    low = tokens.lows[pronoun]
    return low == "him" or (low == "her" and case_of_her(tokens, pronoun, english)[0] == "object")


def _assistant_names(hits: Sequence[Hit], texts: Sequence[Text], roles: Sequence[str]) -> set[str]:
    """Names that a system message gives the assistant (``You are Ada, ...``), or any message gives a bot."""
    found = set()
    for hit in hits:
        if hit.given is None:
            continue
        text, at = texts[hit.segment], hit.at
        lows = text.tokens.lows
        two = tuple(lows[max(0, at - 2) : at])
        if two in INTRODUCING:
            role, about = roles[text.segment.message], {*lows[max(0, at - 5) : at], *lows[hit.end : at + 9]}
            if (role in ("system", "developer") and two[0] != "i") or (role != "tool" and about & ASSISTANT_WORDS):
                found.add(hit.given.known.name)
    return found


INTRODUCING = frozenset(
    [
        ("you", "are"),
        ("name", "is"),
        ("i", "am"),
        ("i", "m"),
        ("assistant", "named"),
        ("assistant", "called"),
        ("bot", "named"),
        ("bot", "called"),
        ("act", "as"),
        ("virtual", "assistant"),
        ("chatbot", "called"),
        ("chatbot", "named"),
    ]
)
