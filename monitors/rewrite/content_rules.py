"""The rules for ``her`` before a content word, where the determiner is likely; each rule is an exception."""

from __future__ import annotations

from monitors.rewrite.act_rules import is_complement, is_made_to, is_office, is_seen_doing
from monitors.rewrite.function_rules import is_own
from monitors.rewrite.spot import DETERMINER, OBJECT, Rule, Spot, clause_ends, is_adverb, noun_phrase_end, phrase_ends

QUOTES = frozenset("\"“'‘")
BEINGS = ("is", "was", "are", "were", "will", "would", "had", "has", "can", "could", "isn", "wasn")


def _is_quoted(spot: Spot) -> bool:
    return not QUOTES.isdisjoint(spot.tokens.gaps[spot.at + 1])


def _is_called_quoted(spot: Spot) -> bool:
    return _is_quoted(spot) and (
        spot.before in spot.english.calling_verbs or spot.before in spot.english.telling_verbs or spot.before == "to"
    )


def _is_called_name(spot: Spot) -> bool:
    word = spot.tokens.words[spot.at + 1]
    if not word[0].isupper() or spot.before not in spot.english.calling_verbs or spot.after in spot.english.weekdays:
        return False
    return not spot.tokens.words[spot.at].isupper() and not (word.isupper() and len(word) > 1)


def _is_given_number(spot: Spot) -> bool:
    english = spot.english
    if not (spot.after[0].isdecimal() or spot.after in english.numbers):
        return False
    return (
        spot.before in english.giving_verbs
        or spot.before in english.weak_giving_verbs
        or spot.before in english.rating_verbs
        or spot.following in ("more", "less", "extra")
    )


def _is_time(spot: Spot) -> bool:
    """``saw her last week``, ``see her Monday``, ``tell her Monday works``; not ``in her last week``."""
    english = spot.english
    if not spot.before or spot.before in english.prepositions:
        return False
    if spot.after in ("next", "last") and spot.following in english.time_nouns:
        return spot.before not in english.spending_verbs
    if spot.after in english.weekdays:
        follows = spot.following in english.base_verbs or spot.following.endswith("s") or spot.following in english.auxiliaries
        return spot.closes or (spot.before in english.telling_verbs and follows)
    return spot.after in ("first", "last", "early", "daily", "weekly", "monthly", "yearly", "next") and spot.closes


def _is_full_time(spot: Spot) -> bool:
    """``hire her full time``."""
    return spot.after in ("full", "part") and spot.following == "time" and phrase_ends(spot, spot.at + 3)


def _is_adverb(spot: Spot) -> bool:
    if not is_adverb(spot.after, spot.english) or spot.compound:
        return False
    return spot.closes or spot.before in spot.english.motion_verbs or spot.before in spot.english.telling_verbs


def _is_finite(spot: Spot) -> bool:
    """``everyone who met her says``."""
    english = spot.english
    if spot.after not in english.finite_verbs or spot.compound:
        return False
    return spot.after not in english.finite_nouns or (bool(spot.before) and spot.following in english.determiners)


def _is_made_by_herself(spot: Spot) -> bool:
    """``how she made her soup``: who makes something and owns it is one person."""
    return spot.before in ("made", "makes", "make", "cooked", "cooks", "baked", "bakes", "ate", "eats", "drank") and "she" in (
        spot.tokens.low(spot.at - 2),
        spot.tokens.low(spot.at - 3),
    )


def _is_made_dinner(spot: Spot) -> bool:
    return spot.after in spot.english.meals and spot.before in spot.english.cooking_verbs and not _is_made_by_herself(spot)


def _is_bare_object(spot: Spot) -> bool:
    """``gave her new documents``: a plural or a mass without article, up to the end of its phrase, is given to the person."""
    english, tokens = spot.english, spot.tokens
    if _is_made_by_herself(spot) or (spot.before not in english.giving_verbs and spot.before not in english.weak_giving_verbs):
        return False
    start = spot.at + 1
    end = noun_phrase_end(tokens, start, english)
    head = tokens.lows[end - 1]
    if end - start > 1 and (spot.after in english.persons or spot.after in english.own_gifts):
        return False
    if (
        end - start > 4
        or head in english.own_gifts
        or head in english.persons
        or head in english.possessive_idioms
        or head in english.finite_verbs
    ):
        return False
    if (
        not clause_ends(tokens, end)
        and tokens.lows[end] in english.after_subjects
        and not (head in english.to_nouns and tokens.lows[end] == "to")
    ):
        return False
    if spot.before in english.weak_giving_verbs:
        if spot.tokens.low(spot.at - 2) == "she":  # what she refused or paid is her own
            return False
        return head in english.bare_objects and spot.after in english.bare_objects
    plural = head.endswith("s") and not head.endswith(("ss", "us", "is")) and len(head) > 3 and head not in english.body_parts
    return (
        plural
        or head in english.bare_objects
        or (spot.after in english.bare_objects and spot.after not in english.bare_adjectives and end - start < 3)
    )


def _is_told_that(spot: Spot) -> bool:
    english = spot.english
    if spot.before not in english.telling_verbs or spot.after in english.adjectives or spot.after in english.persons:
        return False
    return spot.following in BEINGS


CONTENT_RULES: tuple[Rule, ...] = (
    ("her own", DETERMINER, is_own),
    ("before a quotation", OBJECT, _is_called_quoted),
    ("before a quoted word", DETERMINER, _is_quoted),
    ("called her Name", OBJECT, _is_called_name),
    ("gave her five", OBJECT, _is_given_number),
    ("saw her last week", OBJECT, _is_time),
    (
        "keep her company",
        OBJECT,
        lambda spot: spot.after == "company" and spot.closes and spot.before in ("keep", "keeps", "kept", "keeping"),
    ),
    ("hire her full time", OBJECT, _is_full_time),
    ("before an adverb", OBJECT, _is_adverb),
    ("before a finite verb", OBJECT, _is_finite),
    ("let her go", OBJECT, is_made_to),
    ("saw her leaving", OBJECT, is_seen_doing),
    ("called her names", OBJECT, lambda spot: spot.after == "names" and spot.before in spot.english.calling_verbs),
    ("made her captain", OBJECT, is_office),
    ("made her dinner", OBJECT, _is_made_dinner),
    ("wished her happy birthday", OBJECT, lambda spot: spot.after == "happy" and spot.before.startswith("wish")),
    (
        "about her true",
        OBJECT,
        lambda spot: spot.ends and spot.after in spot.english.adjectives and spot.before in spot.english.prepositions,
    ),
    (
        "taught her French",
        OBJECT,
        lambda spot: spot.after in spot.english.skills and spot.before in ("teach", "teaches", "taught", "teaching"),
    ),
    ("made her happy", OBJECT, is_complement),
    ("gave her new documents", OBJECT, _is_bare_object),
    ("told her dinner was ready", OBJECT, _is_told_that),
)
