"""Verbs that follow a change between ``she is`` and ``they are``."""

from __future__ import annotations

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

TO_PLURAL = {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
    "isn": "aren",
    "wasn": "weren",
    "hasn": "haven",
    "doesn": "don",
    "isnt": "arent",
    "wasnt": "werent",
    "hasnt": "havent",
    "doesnt": "dont",
}
TO_SINGULAR = {new: old for old, new in TO_PLURAL.items()}
PARTICIPLES = frozenset(
    [
        "been",
        "got",
        "gone",
        "done",
        "had",
        "made",
        "taken",
        "given",
        "seen",
        "known",
        "said",
        "told",
        "left",
        "lost",
        "kept",
        "found",
        "worked",
        "lived",
        "asked",
        "moved",
        "become",
        "grown",
        "come",
        "met",
        "paid",
        "sent",
        "read",
        "written",
        "begun",
        "never",
        "already",
        "always",
        "recently",
        "just",
        "since",
        "not",
        "only",
        "long",
    ]
)
INVERTED = frozenset(["not", "also", "always", "ever", "really", "still"])
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
    if verb == at + 1 and tokens.gaps[verb] in ("'", "’"):
        if tokens.lows[verb] == "s" and plural:
            _replace(tokens, verb, "ve" if _is_perfect(tokens, verb) else "re", edits)
            if not _is_perfect(tokens, verb):
                _coordinated(tokens, verb, plural, english, edits)
        elif tokens.lows[verb] in ("re", "ve") and not plural:
            _replace(tokens, verb, "s", edits)
        return edits
    low = tokens.lows[verb]
    new = table.get(low) or (base_form(low) if plural else third_person(low, english))
    if new and new != low and (low in table or not plural or is_third_person(low)):
        _replace(tokens, verb, new, edits)
    if new and (plural or low in table or low in english.base_verbs):
        _coordinated(tokens, verb, plural, english, edits)
    return edits


def _replace(tokens: Tokens, at: int, new: str, edits: Edits) -> None:
    old = tokens.words[at]
    shaped = new.upper() if len(old) > 1 and old.isupper() else new[:1].upper() + new[1:] if old[0].isupper() else new
    edits.append((tokens.start(at), tokens.end(at), shaped))


def _inverted(tokens: Tokens, at: int, table: dict[str, str]) -> int | None:
    """The auxiliary before the pronoun in a question (``is she``, ``why doesn't she``)."""
    if at == 0:
        return None
    before = at - 1
    if tokens.lows[before] == "t" and tokens.gaps[before] in ("'", "’"):
        before -= 1
    elif tokens.gaps[at] != " ":
        return None
    if before >= 0 and tokens.lows[before] in table and tokens.gaps[at] == " ":
        return before
    return None


def _verb(tokens: Tokens, at: int, english: English) -> int | None:
    """The word that is the subject's verb, past adverbs and asides."""
    verb = at + 1
    if verb >= tokens.count:
        return None
    if tokens.gaps[verb] in ("'", "’"):
        return verb
    steps = 0
    while verb < tokens.count and steps < 4:
        gap, low = tokens.gaps[verb], tokens.lows[verb]
        if gap.strip() not in ("", ",", "*", "**", "_") or "\n" in gap:
            return None
        adverb = (low in english.adverbs and low not in ("is", "was", "right", "well", "please")) or (
            low.endswith("ly") and low not in english.ly_nouns
        )
        if not adverb:
            return verb
        verb += 1
        steps += 1
    return None


def is_third_person(low: str) -> bool:
    """Whether a word after the subject looks like a verb in the third person singular."""
    return low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 2


IRREGULAR_BASE = {
    "goes": "go",
    "does": "do",
    "has": "have",
    "dies": "die",
    "lies": "lie",
    "ties": "tie",
    "vies": "vie",
    "undergoes": "undergo",
    "focuses": "focus",
    "forgoes": "forgo",
    "overdoes": "overdo",
    "canvasses": "canvass",
    "quizzes": "quiz",
    "buses": "bus",
    "belies": "belie",
    "unties": "untie",
    "axes": "axe",
    "aches": "ache",
    "caches": "cache",
    "biases": "bias",
}


def base_form(low: str) -> str:
    """The base of a third-person form: ``tries`` → ``try``, ``watches`` → ``watch``, ``runs`` → ``run``."""
    if low in IRREGULAR_BASE:
        return IRREGULAR_BASE[low]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return low[:-2]
    return low[:-1] if is_third_person(low) else low


IRREGULAR_THIRD = {base: third for third, base in IRREGULAR_BASE.items()}


def third_person(low: str, english: English) -> str | None:
    """The third person of a base form, or None for a word that is not known as one (past forms and modals stay)."""
    if low in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[low]
    if low not in english.base_verbs and low not in english.unambiguous_verbs:
        return None
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return low[:-1] + "ies"
    return low + ("es" if low.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def _is_perfect(tokens: Tokens, at: int) -> bool:
    """Whether ``'s`` stands for *has*: a past participle follows."""
    follow = at + 1
    while tokens.low(follow) in (
        "never",
        "already",
        "always",
        "recently",
        "just",
        "not",
        "also",
        "only",
        "since",
        "ever",
        "probably",
        "clearly",
        "really",
    ):
        follow += 1
    return tokens.low(follow) in (
        "been",
        "got",
        "had",
        "done",
        "gone",
        "become",
        "made",
        "taken",
        "given",
        "seen",
        "lost",
        "left",
        "found",
        "met",
        "lived",
        "worked",
        "written",
        "known",
        "kept",
        "sent",
        "come",
        "grown",
        "begun",
        "forgotten",
        "asked",
        "started",
        "moved",
        "won",
        "applied",
        "missed",
        "paid",
        "told",
        "said",
        "decided",
        "finished",
        "passed",
        "received",
        "agreed",
        "changed",
        "bought",
        "failed",
        "led",
        "held",
        "run",
        "shown",
        "built",
        "spent",
        "put",
        "read",
        "tried",
        "earned",
    )


def _coordinated(tokens: Tokens, verb: int, plural: bool, english: English, edits: Edits) -> None:
    """Verbs joined by ``and``, ``but``, ``or``, ``then`` to the first one, up to the end of the sentence."""
    if not plural:
        return
    at = verb + 1
    while at < tokens.count:
        gap, low = tokens.gaps[at], tokens.lows[at]
        if any(c in gap for c in '.!?;:\n"“”'):
            return
        if low in (
            "i",
            "you",
            "he",
            "she",
            "we",
            "they",
            "it",
            "who",
            "which",
            "that",
            "because",
            "if",
            "when",
            "while",
            "since",
            "as",
            "before",
            "after",
            "although",
            "though",
            "so",
        ):
            return
        joined = low in ("and", "but", "or", "then", "yet") or ("," in gap and (low in TO_PLURAL or is_third_person(low)))
        if joined:
            candidate = at if "," in gap and low not in ("and", "but", "or", "then", "yet") else at + 1
            while tokens.low(candidate) in (
                "then",
                "also",
                "never",
                "still",
                "always",
                "often",
                "now",
                "even",
                "just",
                "rarely",
                "usually",
                "sometimes",
                "already",
                "not",
            ) or (tokens.low(candidate).endswith("ly") and tokens.low(candidate) not in english.ly_nouns):
                candidate += 1
            if candidate < tokens.count and _finite_here(tokens, candidate, english, sure=candidate > at + 1 or low == "but"):
                low_verb = tokens.lows[candidate]
                _replace(tokens, candidate, TO_PLURAL.get(low_verb) or base_form(low_verb), edits)
                at = candidate
        at += 1


def _finite_here(tokens: Tokens, at: int, english: English, sure: bool) -> bool:
    """Whether a word behind ``and`` is a verb in the third person rather than a plural noun; ``sure`` behind an adverb."""
    low, after, gap = tokens.lows[at], tokens.low(at + 1), tokens.gap(at + 1)
    if low in TO_PLURAL:
        return True
    if not is_third_person(low):
        return False
    base = base_form(low)
    known = base in english.base_verbs or base in english.unambiguous_verbs or low in english.finite_verbs
    if sure and known:
        return True
    if at + 1 >= tokens.count or gap != " ":
        return base in english.unambiguous_verbs or low in english.finite_verbs
    follows = (
        after in english.determiners
        or after in english.pronouns
        or after in ("her", "his", "to", "up", "out", "off", "back", "down", "away", "on", "not", "that", "how", "what", "why")
    )
    return (known and (follows or after in english.prepositions or after in english.adverbs or base in english.unambiguous_verbs)) or (
        follows and after not in ("of", "that", "what")
    )
