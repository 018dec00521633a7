"""The case of ``her`` and ``his``: an ordered cascade of rules over the words around the pronoun.

Each rule has a name, so that ``evenhand rewrite --explain`` can say why. ``her`` is ``object`` or ``determiner``, ``his`` is
``determiner`` or ``possessive``.
"""

from __future__ import annotations

from monitors.rewrite.content_rules import CONTENT_RULES
from monitors.rewrite.english import English
from monitors.rewrite.function_rules import FUNCTION_RULES, shares_noun
from monitors.rewrite.spot import Spot, breaks, without_tags
from monitors.rewrite.tokens import Tokens
from monitors.rewrite.verbs import base_form

HESITATIONS = (" ", ", ", "- ", " - ", "-", " – ")
GIVING = frozenset(
    [
        "cost",
        "costs",
        "costing",
        "save",
        "saved",
        "show",
        "showed",
        "shown",
        "tell",
        "told",
        "get",
        "got",
        "find",
        "found",
        "read",
        "paid",
        "pay",
    ]
)
NEVER_FINAL = frozenset(
    ("own", "very", "same", "many", "few", "every", "right", "wrong", "better", "best", "worst", "worse", "early", "back", "home")
)
QUALIFYING = frozenset(
    (
        "then",
        "now",
        "once",
        "only",
        "ever",
        "always",
        "past",
        "inside",
        "outside",
        "still",
        "never",
        "most",
        "more",
        "less",
        "least",
        "one",
        "so",
    )
)


def case_of_her(tokens: Tokens, at: int, english: English) -> tuple[str, str]:
    """The case of ``her`` at word ``at`` and the rule that told it."""
    if at + 1 >= tokens.count:
        return "object", "at the end"
    if "<" in tokens.gaps[at + 1] or (at and ">" in tokens.gaps[at]):
        tokens, at = without_tags(tokens, at)
        if at + 1 >= tokens.count:
            return "object", "at the end"
    if tokens.lows[at + 1] == "her" and tokens.gaps[at + 1] == " " and tokens.low(at - 1) in english.giving_verbs | GIVING:
        return "object", "gave her her bag"
    if tokens.lows[at + 1] == "her" and tokens.low(at + 2) != "her" and tokens.gaps[at + 1] in HESITATIONS:
        at += 1  # said twice
        if at + 1 >= tokens.count:
            return "object", "at the end"
    if breaks(tokens.gaps[at + 1]):
        return "object", "before a break"
    spot = Spot(tokens, at, english)
    after = spot.after
    if after == "mid" and spot.compound:
        return "object", "interrupt her mid-sentence"
    if after in english.function_words or after in english.doubtful_words:
        for name, case, holds in FUNCTION_RULES:
            if holds(spot):
                return case, name
        return "object", "before a function word"
    plain = spot.before not in english.verbs_with_person and after not in english.verbs_after_person and tokens.gaps[at + 1] == " "
    if plain and not after.endswith(("ly", "ing")) and after not in english.fillers and not (spot.ends and after in english.adjectives):
        return "determiner", "before a noun"
    if after in english.fillers:
        return "object", "before a hesitation"
    for name, case, holds in CONTENT_RULES:
        if holds(spot):
            return case, name
    return "determiner", "before a noun"


def case_of_his(tokens: Tokens, at: int, english: English) -> tuple[str, str]:
    """The case of ``his`` at word ``at`` and the rule that told it."""
    if at + 1 < tokens.count and "<" in tokens.gaps[at + 1]:
        tokens, at = without_tags(tokens, at)
    if at + 1 >= tokens.count:
        return "possessive", "at the end"
    gap = tokens.gaps[at + 1]
    if breaks(gap):
        return ("determiner", "before a bracket") if gap.strip() in ("(", "[") else ("possessive", "before a break")
    spot = Spot(tokens, at, english)
    after = spot.after
    if spot.compound or after in NEVER_FINAL:
        return "determiner", "before a noun"
    if after in ("and", "or", "&") and shares_noun(spot):
        return "determiner", "his and her"
    if after in ("will", "can", "might") and not (
        not spot.ends and (spot.following in english.base_verbs or spot.following in ("be", "have", "not"))
    ):
        return "determiner", "before a noun"
    if after in QUALIFYING and not spot.closes:
        return "determiner", "before a qualified noun"
    if after in english.function_words:
        return "possessive", "before a function word"
    if _is_one_of(spot) and (
        after in english.finite_verbs
        or (after.endswith("s") and after[:-1] in english.base_verbs)
        or (tokens.low(at - 2) in english.persons and (after.endswith("ed") or after in english.past_verbs))
    ):
        return "possessive", "a friend of his"
    starts = at == 0 or breaks(tokens.gaps[at])
    if (
        starts
        and not spot.ends
        and _is_verb(after, english)
        and (
            spot.following in english.prepositions
            or spot.following in english.adverbs
            or spot.following in english.determiners
            or spot.following in english.numbers
            or spot.following.isdecimal()
        )
    ):
        return "possessive", "his goes back"
    return "determiner", "before a noun"


def _is_verb(low: str, english: English) -> bool:
    """Whether a word in the third person singular is a verb and no plural noun."""
    return low in english.finite_verbs or (low.endswith("s") and base_form(low) in english.unambiguous_verbs)


def _is_one_of(spot: Spot) -> bool:
    """Whether ``a friend of`` or the like stands before the pronoun."""
    low, at = spot.tokens.low, spot.at
    return low(at - 1) == "of" and any(low(i) in spot.english.indefinite for i in range(at - 5, at - 2))
