"""What is done to a person, or seen or made of her: ``let her go``, ``saw her leaving``, ``made her captain``, ``found her asleep``."""

from __future__ import annotations

from monitors.rewrite.spot import Spot, clause_ends, is_adverb


def is_made_to(spot: Spot) -> bool:
    """``let her go``, ``make her wait``, ``saw her leave the house``, ``help her plan a trip``."""
    english, before, after = spot.english, spot.before, spot.after
    if spot.compound:
        return False
    if before in english.causative_verbs and spot.following in ("it", "them", "him", "me", "us") and after not in english.persons:
        return True
    if before in ("let", "lets", "letting"):
        return _is_let(spot)
    if after not in english.base_verbs:
        return False
    counted = spot.following in english.determiners or spot.following in english.numbers or spot.following.isdecimal()
    if counted and (before in english.causative_verbs or before in english.perception_verbs):
        return True
    if after in english.unambiguous_verbs:
        return bool(before) and before not in english.prepositions and before not in english.determiners
    if before in ("make", "makes", "made", "making"):
        return after in english.made_to or (spot.closes and after not in english.verb_nouns and after not in english.possessive_idioms)
    if before in ("have", "has", "had", "having"):
        return spot.closes and not spot.ends and after not in english.verb_nouns and after not in english.possessive_idioms
    if before in english.perception_verbs:
        if spot.ends:
            return after in english.seen_acts
        return after not in english.verb_nouns or spot.following in english.determiners or spot.following in english.pronouns
    if before in ("help", "helps", "helped", "helping"):
        return after in english.helped_acts if spot.ends else spot.following not in english.auxiliaries
    return before in ("bid", "bade")


def _is_let(spot: Spot) -> bool:
    """``let her cool down``; not ``let her brother drive``, ``let her hair down``, ``let her phone ring``."""
    english, after = spot.english, spot.after
    if after in english.persons or after in english.body_parts or after in english.animals or after in english.let_nouns:
        return False
    if after in english.base_verbs:
        return not (after in english.verb_nouns and (spot.following in english.base_verbs or spot.following in ("be", "have")))
    return spot.closes and not spot.ends and spot.following not in ("be", "have")


def is_seen_doing(spot: Spot) -> bool:
    english = spot.english
    if not spot.after.endswith("ing"):
        return False
    if spot.after in ("knowing", "doing", "saying", "going", "getting", "taking", "asking", "coming") and spot.before:
        return spot.before not in ("of", "for", "to", "by")
    if spot.before in ("with", "without") and spot.after not in english.ing_nouns:
        return spot.following != "of" and (spot.following in english.prepositions or spot.following in english.determiners)
    if spot.before not in english.ing_verbs or spot.after in english.ing_nouns:
        return False
    if spot.before in english.getting_verbs and not spot.closes and not is_adverb(spot.following, english):
        return False  # get her driving licence
    return spot.closes or not spot.following.endswith(("s", "tion", "ment", "voice"))


def is_office(spot: Spot) -> bool:
    """``made her team lead``: a bare office up to the end of its phrase."""
    english, tokens = spot.english, spot.tokens
    if spot.before not in english.appointing_verbs or spot.after not in english.offices:
        return False
    place = spot.at + 1
    while tokens.low(place) in english.offices and (place == spot.at + 1 or not clause_ends(tokens, place)):
        place += 1
    return clause_ends(tokens, place) or tokens.lows[place] in english.function_words


def is_complement(spot: Spot) -> bool:
    """``made her happy``, ``had her arrested``."""
    if spot.before not in spot.english.complement_verbs or not spot.closes or spot.compound:
        return False
    return (
        spot.after in spot.english.adjectives
        or spot.after in spot.english.participles
        or (spot.after.endswith("ed") and len(spot.after) > 4)
    )
