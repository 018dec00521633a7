"""The rules for ``her``: before a function word the object is likely, before a content word the determiner; each rule is an exception."""

from __future__ import annotations

from collections.abc import Callable

from monitors.rewrite.spot import Spot, clause_ends, is_adverb, noun_phrase_end

Rule = tuple[str, str, Callable[[Spot], bool]]
OBJECT, DETERMINER = "object", "determiner"
QUOTES = frozenset("\"“'‘")
ENDING = ("inside", "outside", "past", "one", "all", "many", "few", "very", "pretty", "better")
BEINGS = ("is", "was", "are", "were", "will", "would", "had", "has", "can", "could", "isn", "wasn")


def shares_noun(spot: Spot) -> bool:
    """Whether ``her and my team`` follows: a second possessive and then a noun."""
    tokens = spot.tokens
    if spot.following not in ("my", "your", "our", "their", "its", "his", "her") or spot.following == tokens.lows[spot.at]:
        return False
    return not clause_ends(tokens, spot.at + 3) and tokens.low(spot.at + 3) not in spot.english.function_words


def _is_own(spot: Spot) -> bool:
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
    ("her own", DETERMINER, _is_own),
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


def phrase_ends(spot: Spot, at: int) -> bool:
    """Whether a clause or phrase ends before word ``at``."""
    return clause_ends(spot.tokens, at) or spot.tokens.low(at) in spot.english.function_words


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


def _is_made_to(spot: Spot) -> bool:
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


def _is_seen_doing(spot: Spot) -> bool:
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


def _is_office(spot: Spot) -> bool:
    """``made her team lead``: a bare office up to the end of its phrase."""
    english, tokens = spot.english, spot.tokens
    if spot.before not in english.appointing_verbs or spot.after not in english.offices:
        return False
    place = spot.at + 1
    while tokens.low(place) in english.offices and (place == spot.at + 1 or not clause_ends(tokens, place)):
        place += 1
    return clause_ends(tokens, place) or tokens.lows[place] in english.function_words


def _is_complement(spot: Spot) -> bool:
    """``made her happy``, ``had her arrested``."""
    if spot.before not in spot.english.complement_verbs or not spot.closes or spot.compound:
        return False
    return (
        spot.after in spot.english.adjectives
        or spot.after in spot.english.participles
        or (spot.after.endswith("ed") and len(spot.after) > 4)
    )


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
    ("her own", DETERMINER, _is_own),
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
    ("let her go", OBJECT, _is_made_to),
    ("saw her leaving", OBJECT, _is_seen_doing),
    ("called her names", OBJECT, lambda spot: spot.after == "names" and spot.before in spot.english.calling_verbs),
    ("made her captain", OBJECT, _is_office),
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
    ("made her happy", OBJECT, _is_complement),
    ("gave her new documents", OBJECT, _is_bare_object),
    ("told her dinner was ready", OBJECT, _is_told_that),
)
