"""Verbs that follow a change between ``she is`` and ``they are``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitors.rewrite.english import English
from monitors.rewrite.spot import is_adverb
from monitors.rewrite.tokens import Tokens
from monitors.rewrite.verbs import base_form, is_third_person, third_person

TO_PLURAL: Mapping[str, str] = MappingProxyType(
    dict(
        pair.split("/")
        for pair in [
            "is/are",
            "was/were",
            "has/have",
            "does/do",
            "isn/aren",
            "wasn/weren",
            "hasn/haven",
            "doesn/don",
            "isnt/arent",
            "wasnt/werent",
            "hasnt/havent",
            "doesnt/dont",
        ]
    )
)
TO_SINGULAR: Mapping[str, str] = MappingProxyType({plural: singular for singular, plural in TO_PLURAL.items()})
COORDINATORS = ("and", "but", "or", "then", "yet")
OBJECTS = frozenset(["me", "him", "her", "us", "them", "you", "it"])
APOSTROPHES = ("'", "’")
MODALS = frozenset(["can", "could", "will", "would", "should", "shall", "may", "might", "must", "let", "make", "help"])
COMPARED = frozenset(
    ["harder", "faster", "longer", "later", "earlier", "sooner", "more", "less", "louder", "slower", "hard", "fast", "late", "early"]
)
MAX_ADVERBS = 4
Edits = list[tuple[int, int, str]]


def agree_verbs(tokens: Tokens, at: int, plural: bool, english: English) -> Edits:
    """The edits that make verbs agree with the subject pronoun at word ``at`` once it has become plural (or singular)."""
    edits: Edits = []
    table = TO_PLURAL if plural else TO_SINGULAR
    inverted = _inverted(tokens, at, table)
    if inverted is not None:
        _replace(tokens, inverted, table[tokens.lows[inverted]], edits)
        return edits
    verb = _verb(tokens, at, english)
    if verb is None:
        return edits
    if tokens.gaps[verb] in APOSTROPHES:
        _agree_contraction(tokens, verb, plural, english, edits)
        return edits
    low = tokens.lows[verb]
    if low in table:
        new = table[low]
    elif plural:
        new = base_form(low)
    else:
        new = third_person(low) if low in english.base_verbs or low in english.unambiguous_verbs else low
    if new != low:
        _replace(tokens, verb, new, edits)
    if plural or (new != low and tokens.gap(verb + 1) not in APOSTROPHES):
        _coordinated(tokens, verb, plural, english, edits)
    return edits


def _agree_contraction(tokens: Tokens, verb: int, plural: bool, english: English, edits: Edits) -> None:
    """``she's`` ↔ ``they're`` or ``they've``."""
    low = tokens.lows[verb]
    if plural and low == "s":
        perfect = _is_perfect(tokens, verb, english)
        _replace(tokens, verb, "ve" if perfect else "re", edits)
        if not perfect:
            _coordinated(tokens, verb, plural, english, edits)
    elif not plural and low in ("re", "ve"):
        _replace(tokens, verb, "s", edits)


def _replace(tokens: Tokens, at: int, new: str, edits: Edits) -> None:
    old = tokens.words[at]
    shaped = new.upper() if len(old) > 1 and old.isupper() else new[:1].upper() + new[1:] if old[0].isupper() else new
    edits.append((tokens.start(at), tokens.end(at), shaped))


def _inverted(tokens: Tokens, at: int, table: Mapping[str, str]) -> int | None:
    """The auxiliary before the pronoun in a question (``is she``, ``why doesn't she``)."""
    if at == 0 or tokens.gaps[at] != " ":
        return None
    before = at - 1
    if tokens.lows[before] == "t" and tokens.gaps[before] in APOSTROPHES:
        before -= 1
    return before if before >= 0 and tokens.lows[before] in table else None


def _verb(tokens: Tokens, at: int, english: English) -> int | None:
    """The word that is the subject's verb, past adverbs and asides."""
    for verb in range(at + 1, min(tokens.count, at + 2 + MAX_ADVERBS)):
        gap, low = tokens.gaps[verb], tokens.lows[verb]
        if verb == at + 1 and gap in APOSTROPHES:
            return verb
        if gap.strip() not in ("", ",", "*", "**", "_") or "\n" in gap:
            return None
        if not is_adverb(low, english) and (low not in english.adverbs or low in ("right", "well", "please")):
            return verb
    return None


def _is_perfect(tokens: Tokens, at: int, english: English) -> bool:
    """Whether ``'s`` stands for *has*: a past participle follows."""
    follow = at + 1
    while tokens.low(follow) in english.adverbs_before_verbs:
        follow += 1
    low, after = tokens.low(follow), tokens.low(follow + 1)
    if low in english.perfect_participles:
        return True
    # "he's helped me": an object follows, which "he's needed" cannot have
    return low.endswith("ed") and tokens.gap(follow + 1) == " " and (after in OBJECTS or after in english.determiners)


def _coordinated(tokens: Tokens, verb: int, plural: bool, english: English, edits: Edits) -> None:
    """Verbs joined by ``and``, ``but``, ``or``, ``then`` to the first one, up to the end of the sentence."""
    at, last = verb + 1, verb
    while at < tokens.count:
        gap, low = tokens.gaps[at], tokens.lows[at]
        if any(c in gap for c in '.!?;:\n"“”') or (low in english.new_subjects and not _is_object(tokens, at, last, english)):
            return
        if not plural and (low == "to" or low in MODALS):  # "they want to eat and sleep": no verbs of the subject
            return
        listed = plural and "," in gap and (low in TO_PLURAL or is_third_person(low))
        if (
            listed
            and (tokens.low(at + 1) in english.pronouns or tokens.low(at + 1) in english.determiners)
            and low in ("was", "is", "does", "has")
        ):
            return  # a question: "if she was late, was it her fault?"
        if low in COORDINATORS or listed:
            candidate = first = at + 1 if low in COORDINATORS else at
            while tokens.low(candidate) in english.adverbs_before_verbs or is_adverb(tokens.low(candidate), english):
                candidate += 1
            sure = candidate > first or low == "but" or at == last + 1
            if candidate < tokens.count and _is_finite(tokens, candidate, plural, english, sure):
                found = tokens.lows[candidate]
                new = (TO_PLURAL.get(found) or base_form(found)) if plural else (TO_SINGULAR.get(found) or third_person(found))
                _replace(tokens, candidate, new, edits)
                at = last = candidate
        at += 1


def _is_object(tokens: Tokens, at: int, verb: int, english: English) -> bool:
    """Whether *it* or *you* is the object of the verb or preposition before it."""
    return tokens.lows[at] in ("it", "you") and (at == verb + 1 or tokens.low(at - 1) in english.prepositions)


def _is_finite(tokens: Tokens, at: int, plural: bool, english: English, sure: bool) -> bool:
    """Whether a word behind ``and`` is a verb in the other number's form rather than a noun; ``sure`` behind an adverb."""
    low, after, gap = tokens.lows[at], tokens.low(at + 1), tokens.gap(at + 1)
    if low in (TO_PLURAL if plural else TO_SINGULAR):
        return True
    if not (is_third_person(low) if plural else low in english.base_verbs):
        return False
    base = base_form(low) if plural else low
    verb_only = base in english.unambiguous_verbs or (low if plural else third_person(low)) in english.finite_verbs
    known = verb_only or base in english.base_verbs
    if sure and known:
        return True
    if at + 1 >= tokens.count or gap != " ":
        return verb_only
    object_follows = after in english.determiners or after in english.pronouns or after in english.after_verbs
    if known:
        return verb_only or object_follows or after in english.prepositions or after in english.adverbs or after in COMPARED
    return object_follows and after not in ("that", "what")
