"""The rules for ``her`` before a function word, where the object is likely; each rule is an exception or a reason."""

from __future__ import annotations

from monitors.rewrite.spot import DETERMINER, OBJECT, Rule, Spot, clause_ends, is_adverb

ENDING = ("inside", "outside", "past", "one", "all", "many", "few", "very", "pretty", "better")


def shares_noun(spot: Spot) -> bool:
    """Whether ``her and my team`` follows: a second possessive and then a noun."""
    tokens = spot.tokens
    if spot.following not in ("my", "your", "our", "their", "its", "his", "her") or spot.following == tokens.lows[spot.at]:
        return False
    return not clause_ends(tokens, spot.at + 3) and tokens.low(spot.at + 3) not in spot.english.function_words


def is_own(spot: Spot) -> bool:
    return spot.after == "own" or (spot.after == "very" and spot.following in ("own", "best", "first", "last"))


def _is_found_so(spot: Spot) -> bool:
    """``found her very helpful``: adverbs, an adjective, and the end of the phrase."""
    english, low = spot.english, spot.tokens.low
    if spot.after not in english.intensifiers or spot.before not in english.complement_verbs:
        return False
    place = spot.at + 1
    while low(place) in english.intensifiers or is_adverb(low(place), english):
        place += 1
    if clause_ends(spot.tokens, place) or low(place) in english.function_words:
        return False
    return clause_ends(spot.tokens, place + 1) or low(place + 1) in english.function_words


def _is_asked_many(spot: Spot) -> bool:
    english = spot.english
    return spot.after in english.quantifiers and (
        spot.before in english.giving_verbs or spot.before in english.telling_verbs or spot.following == "times"
    )


def _is_gerund(spot: Spot) -> bool:
    return spot.after in ("being", "having") and (not spot.before or spot.before in spot.english.before_gerunds)


def _is_her_will(spot: Spot) -> bool:
    if spot.after != "will":
        return False
    verbal = spot.following in spot.english.after_auxiliaries or (spot.following in spot.english.base_verbs and not spot.closes)
    return spot.ends or not verbal or spot.before in ("in", "of", "about", "change", "changed", "contest")


def _is_noun_after_preposition(spot: Spot) -> bool:
    english = spot.english
    if spot.before not in english.prepositions or spot.before in ("than", "like") or spot.after not in english.doubtful_words:
        return False
    return not spot.closes or spot.after in english.doubtful_nouns


def _is_sent_back(spot: Spot) -> bool:
    english = spot.english
    if spot.after not in ("back", "home") or not (spot.before in english.motion_verbs or spot.before in english.giving_verbs):
        return False
    return spot.closes or (spot.after == "back" and spot.before in english.giving_verbs)


def _is_right_away(spot: Spot) -> bool:
    if spot.after not in ("right", "wrong"):
        return False
    if spot.following in ("away", "now", "here", "there", "after", "before", "back", "in", "on", "at"):
        return True
    return spot.closes and (
        spot.after == "wrong" or spot.before in spot.english.complement_verbs or spot.before in ("prove", "proved", "proves")
    )


def _is_gave_more(spot: Spot) -> bool:
    if spot.following.endswith(("ed", "ive", "ful", "ous", "ent", "ant", "able")) and not spot.ends:
        return False
    return spot.after in ("more", "less", "much", "one") and (spot.before in spot.english.giving_verbs or spot.closes)


def _is_did_her_best(spot: Spot) -> bool:
    return spot.after in ("best", "worst", "most", "utmost") and spot.before in spot.english.trying_verbs


def _is_gave_it_her_all(spot: Spot) -> bool:
    return spot.after == "all" and spot.ends and spot.before in ("it", "this", "that", "give", "gave")


def _is_qualified_noun(spot: Spot) -> bool:
    """``her only friend``, ``her then husband``, ``her most recent job``; not ``tell her now``."""
    english = spot.english
    if spot.after not in english.qualifying_adverbs or spot.closes:
        return False
    if spot.after in english.comparing_words or spot.after == "only":
        return not (spot.after == "only" and spot.before in english.motion_verbs)
    moved = spot.before in english.motion_verbs or spot.before in english.giving_verbs or spot.before in english.telling_verbs
    return not moved and (spot.following.endswith(("ing", "ed")) or spot.following not in english.base_verbs)


FUNCTION_RULES: tuple[Rule, ...] = (
    ("her own", DETERMINER, is_own),
    ("before a compound", DETERMINER, lambda spot: spot.compound),
    ("found her very helpful", OBJECT, _is_found_so),
    ("asked her many questions", OBJECT, _is_asked_many),
    ("her being late", DETERMINER, _is_gerund),
    (
        "her and my",
        DETERMINER,
        lambda spot: spot.after in ("and", "or", "&") and spot.following not in ("his", "her") and shares_noun(spot),
    ),
    ("her will", DETERMINER, _is_her_will),
    ("before an auxiliary", OBJECT, lambda spot: spot.after == "will"),
    ("after a preposition", DETERMINER, _is_noun_after_preposition),
    ("sent her back", OBJECT, _is_sent_back),
    ("right away", OBJECT, _is_right_away),
    ("gave her more", OBJECT, _is_gave_more),
    ("did her best", DETERMINER, _is_did_her_best),
    ("gave it her all", DETERMINER, _is_gave_it_her_all),
    ("before a qualified noun", DETERMINER, _is_qualified_noun),
    ("before a noun", DETERMINER, lambda spot: spot.after in spot.english.doubtful_nouns and not (spot.after in ENDING and spot.closes)),
)
