"""The case of ``her`` and ``his``: an ordered cascade of rules over the words around the pronoun.

Each rule names itself, so that ``evenhand rewrite --explain`` can say why. ``her`` is ``object`` or ``determiner``, ``his`` is
``determiner`` or ``possessive``.
"""

from __future__ import annotations

import re

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

BREAK = frozenset(".,;:!?…)]}\n\r|—–/<>=+»")
TAG = re.compile(r"</?(?:b|i|u|em|strong|span|mark|font|a|small|code)(?:\s[^<>]*)?>")


def case_of_her(tokens: Tokens, at: int, english: English) -> tuple[str, str]:
    """The case of ``her`` at word ``at`` and the rule that told it."""
    gap = tokens.gaps[at + 1]
    if at + 1 >= tokens.count:
        return "object", "end"
    if gap != " " and _breaks(gap):
        return "object", "before a break"
    after = tokens.lows[at + 1]
    before = tokens.lows[at - 1] if at and not _breaks(tokens.gaps[at]) else ""
    if after == "own" or (after == "very" and tokens.low(at + 2) in ("own", "best", "first", "last")):
        return "determiner", "her own"
    if after in english.function_words or after in _NOUNS_TOO:
        return _before_function_word(tokens, at, before, after, english)
    return _before_content_word(tokens, at, before, after, english)


def case_of_his(tokens: Tokens, at: int, english: English) -> tuple[str, str]:
    """The case of ``his`` at word ``at`` and the rule that told it."""
    gap = tokens.gaps[at + 1]
    if at + 1 >= tokens.count:
        return "possessive", "end"
    if gap != " " and _breaks(gap):
        return ("determiner", "before a bracket") if gap.strip() in ("(", "[") else ("possessive", "before a break")
    after = tokens.lows[at + 1]
    if after in (
        "own",
        "very",
        "all",
        "most",
        "more",
        "many",
        "few",
        "every",
        "one",
        "less",
        "least",
        "no",
        "so",
        "then",
        "now",
        "once",
        "always",
        "never",
        "ever",
        "still",
        "well",
        "better",
        "best",
        "worst",
        "worse",
        "much",
        "quite",
        "rather",
        "almost",
        "nearly",
        "only",
        "wrong",
        "right",
        "straight",
        "back",
        "home",
        "inside",
        "outside",
        "down",
        "up",
        "off",
        "past",
        "under",
        "over",
        "on",
        "in",
        "out",
        "will",
        "can",
        "might",
        "apart",
        "later",
        "early",
        "plus",
        "either",
        "other",
        "such",
        "just",
        "like",
        "near",
        "aside",
        "ok",
    ):
        return _his_before_doubtful(tokens, at, after, english)
    if after in english.function_words:
        if after in ("and", "or", "&") and _shares_noun(tokens, at, english):
            return "determiner", "his and her"
        return "possessive", "before a function word"
    if (
        tokens.low(at - 1) == "of"
        and tokens.low(at - 2) not in english.function_words
        and (after in english.finite_verbs or (after.endswith("s") and after[:-1] in english.base_verbs))
    ):
        return "possessive", "a friend of his"
    return "determiner", "before a noun"


def _his_before_doubtful(tokens: Tokens, at: int, after: str, english: English) -> tuple[str, str]:
    if _hyphen(tokens, at + 2):
        return "determiner", "before a compound"
    following = tokens.low(at + 2)
    ends = _ends(tokens, at + 2)
    if after in (
        "in",
        "on",
        "under",
        "over",
        "off",
        "up",
        "down",
        "out",
        "like",
        "near",
        "plus",
        "past",
        "inside",
        "outside",
        "either",
        "apart",
        "later",
        "just",
        "still",
        "then",
        "now",
        "so",
        "no",
        "always",
        "never",
        "ever",
        "once",
        "only",
        "every",
        "such",
    ):
        owns = (
            after in ("then", "now", "once", "only", "every", "ever", "always", "past", "inside", "outside", "still", "never")
            and not ends
            and following not in english.function_words
        )
        return ("determiner", "before a qualified noun") if owns else ("possessive", "before a function word")
    if (
        after in ("will", "can", "might")
        and not ends
        and (following in ("be", "have", "not", "never", "do") or following in english.base_verbs)
    ):
        return "possessive", "before an auxiliary"
    return "determiner", "before a noun"


def _breaks(gap: str) -> bool:
    if "<" in gap:
        gap = TAG.sub("", gap)
    return not BREAK.isdisjoint(gap) or " -" in gap or gap.lstrip().startswith("(")


def _hyphen(tokens: Tokens, at: int) -> bool:
    """Whether a hyphen joins word ``at`` to the one before."""
    return tokens.gap(at) in ("-", "‑")


def _ends(tokens: Tokens, at: int) -> bool:
    """Whether a clause ends before word ``at``."""
    return at >= tokens.count or _breaks(tokens.gaps[at])


def _shares_noun(tokens: Tokens, at: int, english: English) -> bool:
    """Whether ``her and my team`` follows: a second possessive and then a noun."""
    second = tokens.low(at + 2)
    if second not in ("my", "your", "our", "their", "his", "her", "its"):
        return False
    return not _ends(tokens, at + 3) and tokens.low(at + 3) not in english.function_words


def _before_function_word(tokens: Tokens, at: int, before: str, after: str, english: English) -> tuple[str, str]:
    following = tokens.low(at + 2)
    ends = _ends(tokens, at + 2)
    follows_function = ends or following in english.function_words
    if _hyphen(tokens, at + 2):
        return "determiner", "before a compound"
    if after in ("being", "having"):
        gerund = not before or before in ("of", "for", "to", "by", "about", "on", "from", "after", "before", "despite", "than", "due")
        return ("determiner", "before a gerund") if gerund else ("object", "before a participle")
    if after in ("and", "or", "&") and second_possessive(tokens, at, english):
        return "determiner", "her and my"
    if after == "will":
        if ends:
            return "determiner", "her will"
        verbal = following in ("be", "have", "not", "never", "do", "always", "also", "probably", "likely", "soon") or (
            following in english.base_verbs and following not in english.function_words
        )
        return (
            ("object", "before an auxiliary")
            if verbal and before not in ("in", "of", "about", "change", "changed")
            else ("determiner", "her will")
        )
    if after in ("can", "might"):
        return "object", "before an auxiliary"
    if before in english.prepositions and before not in ("than", "like") and after in _NOUNS_TOO:
        if (
            after
            not in ("more", "most", "very", "much", "well", "better", "quite", "still", "only", "right", "once", "then", "now", "early")
            or not follows_function
        ):
            if (
                after
                in (
                    "right",
                    "back",
                    "home",
                    "past",
                    "inside",
                    "outside",
                    "best",
                    "worst",
                    "all",
                    "one",
                    "first",
                    "last",
                    "will",
                    "upstairs",
                    "downstairs",
                )
                or not follows_function
            ):
                return "determiner", "after a preposition"
    if after in ("back", "home"):
        return _her_back(tokens, at, before, after, english)
    if after in ("right", "wrong"):
        if following in ("away", "now", "here", "there", "after", "before", "back", "in", "on", "at") or (
            ends and before in english.motion_verbs | english.complement_verbs
        ):
            return "object", "before an adverb"
        if after == "wrong" and (ends or following in english.function_words):
            return "object", "before an adverb"
        return "determiner", "her right hand"
    if after in (
        "more",
        "most",
        "less",
        "least",
        "best",
        "better",
        "worst",
        "worse",
        "very",
        "quite",
        "rather",
        "almost",
        "nearly",
        "really",
        "much",
    ):
        if after in ("more", "less", "much") and before in english.ditransitive_verbs:
            return "object", "gave her more"
        if after in ("best", "worst", "better", "worse", "most", "least") and before in (
            "did",
            "do",
            "does",
            "doing",
            "tried",
            "try",
            "tries",
            "her",
            "his",
            "at",
        ):
            return "determiner", "did her best"
        return ("object", "before an adverb") if follows_function else ("determiner", "before a qualified noun")
    if after in (
        "then",
        "now",
        "once",
        "only",
        "always",
        "ever",
        "never",
        "still",
        "already",
        "soon",
        "often",
        "sometimes",
        "almost",
        "twice",
        "well",
        "either",
    ):
        if (
            after in ("only", "then", "now", "once", "ever", "always", "still", "already", "often")
            and not follows_function
            and before not in english.motion_verbs | english.ditransitive_verbs | english.telling_verbs
        ):
            if after == "only" or following.endswith(("ing", "ed")) or (after in ("then", "now") and not english_verb(following, english)):
                return "determiner", "before a qualified noun"
        return "object", "before an adverb"
    if after in ("past", "inside", "outside", "upstairs", "downstairs", "straight", "overnight"):
        return (
            ("object", "before a preposition")
            if (follows_function and before) or following in ("the",)
            else ("determiner", "before a noun")
        )
    if after == "one":
        if before in english.ditransitive_verbs or follows_function:
            return "object", "gave her one"
        return "determiner", "her one regret"
    if after in ("plus", "such", "all", "like", "near", "either"):
        if after == "all" and ends and before == "it":
            return "determiner", "gave it her all"
        return "object", "before a function word"
    return "object", "before a function word"


_NOUNS_TOO = frozenset(
    [
        "back",
        "home",
        "right",
        "past",
        "inside",
        "outside",
        "best",
        "worst",
        "all",
        "one",
        "will",
        "more",
        "most",
        "very",
        "much",
        "well",
        "better",
        "quite",
        "still",
        "only",
        "once",
        "then",
        "now",
        "early",
        "upstairs",
        "downstairs",
    ]
)


def english_verb(word: str, english: English) -> bool:
    """Whether a word is listed as a verb in base form."""
    return word in english.base_verbs


def second_possessive(tokens: Tokens, at: int, english: English) -> bool:
    """Whether ``her and my team`` stands at word ``at``."""
    return tokens.low(at + 2) in ("my", "your", "our", "their", "his", "its") and _shares_noun(tokens, at, english)


def _her_back(tokens: Tokens, at: int, before: str, after: str, english: English) -> tuple[str, str]:
    following = tokens.low(at + 2)
    moves = (
        before in english.motion_verbs
        or before in english.ditransitive_verbs
        or before
        in (
            "love",
            "loved",
            "loves",
            "pay",
            "paid",
            "hold",
            "held",
            "holds",
            "win",
            "won",
            "hit",
            "write",
            "email",
            "text",
            "phone",
            "ring",
            "put",
            "set",
            "pull",
            "pulled",
            "push",
            "pushed",
            "move",
            "moved",
            "hire",
            "hired",
            "accept",
            "accepted",
            "transfer",
            "transferred",
        )
    )
    if moves and (_ends(tokens, at + 2) or following in english.function_words):
        return "object", f"{before} her {after}"
    if moves and after == "back" and before in english.ditransitive_verbs:
        return "object", f"{before} her {after}"
    return "determiner", f"her {after}"


def _before_content_word(tokens: Tokens, at: int, before: str, after: str, english: English) -> tuple[str, str]:
    ends = _ends(tokens, at + 2)
    following = tokens.low(at + 2)
    closes = ends or following in english.function_words
    compound = _hyphen(tokens, at + 2)
    quoted = not frozenset("\"“'‘").isdisjoint(tokens.gaps[at + 1])
    if quoted:
        if before in english.calling_verbs | english.telling_verbs or before == "to":
            return "object", "before a quotation"
        return "determiner", "before a noun"
    word = tokens.words[at + 1]
    if word[0].isupper() and not tokens.words[at].isupper() and before in english.calling_verbs and after not in english.weekdays:
        if not (word.isupper() and len(word) > 1):
            return "object", "called her Name"
    if after[0].isdigit() or after in english.numbers:
        return (
            ("object", "gave her five")
            if before in english.ditransitive_verbs or before in english.rating_verbs
            else ("determiner", "her five")
        )
    if after in ("next", "last", "first", "early", "daily", "weekly", "monthly"):
        if (
            after in ("next", "last")
            and following in english.time_nouns
            and before
            and before not in english.prepositions
            and before not in ("spent", "spend", "started", "finished", "miss", "missed")
        ):
            return "object", "saw her last week"
        if (
            after in ("first", "last", "early", "daily", "weekly", "monthly", "next")
            and closes
            and before
            and before not in english.prepositions
        ):
            return "object", "before an adverb"
        return "determiner", "before a noun"
    if after in english.weekdays:
        if (
            before in english.telling_verbs
            and not ends
            and (english_verb(following, english) or following.endswith("s") or following in english.auxiliaries)
        ):
            return "object", "tell her Monday works"
        if before and before not in english.prepositions and closes:
            return "object", "see her Monday"
        return "determiner", "before a noun"
    if after.endswith("ly") and after not in english.ly_nouns and not compound:
        if closes or before in english.motion_verbs | english.telling_verbs:
            return "object", "before an adverb"
        return "determiner", "her newly painted house"
    if after in english.finite_verbs and not compound:
        if after not in ("needs", "means", "sounds", "looks", "lives", "loves", "hates", "asks", "broke", "makes", "gets") or (
            before and following in english.determiners
        ):
            return "object", "before a finite verb"
    if (
        before in ("let", "lets", "letting")
        and after not in ("hair", "guard", "husband", "mother", "family", "team")
        and not (closes and after not in english.base_verbs and after not in english.participles)
    ):
        if after in english.base_verbs:
            return "object", "let her go"
    if (
        (before in english.causative_verbs or before in english.perception_verbs or before in ("bid", "bade"))
        and after in english.base_verbs
        and not compound
    ):
        return _before_base_verb(tokens, at, before, after, english)
    if after in english.unambiguous_verbs and before not in english.prepositions and before not in english.determiners:
        if before:
            return "object", "before a base verb"
    if (
        after.endswith("ing")
        and before in english.ing_verbs
        and after
        not in (
            "wedding",
            "building",
            "clothing",
            "earring",
            "ring",
            "string",
            "king",
            "evening",
            "morning",
            "ceiling",
            "painting",
            "parking",
            "meeting",
            "training",
            "housing",
            "offspring",
            "sibling",
            "wing",
            "spring",
            "writing",
            "drawing",
            "feeling",
            "rating",
            "hearing",
            "ruling",
            "filing",
            "banking",
            "savings",
            "working",
            "opening",
            "closing",
            "remaining",
            "missing",
            "existing",
            "ongoing",
            "upcoming",
            "wording",
            "reading",
            "standing",
            "running",
            "living",
            "breathing",
            "blessing",
            "darling",
            "dressing",
            "pricing",
            "listing",
        )
    ):
        if closes or not following.endswith(("s", "tion", "ment")):
            return "object", "saw her leaving"
    if (
        after in ("being", "having", "knowing", "doing", "saying", "going", "getting", "taking", "asking", "coming")
        and before
        and before not in ("of", "for", "to", "by")
    ):
        return "object", "without her knowing"
    if after == "names" and before in english.calling_verbs:
        return "object", "called her names"
    if before in english.appointing_verbs and after in english.offices and _office_ends(tokens, at, english):
        return "object", "made her captain"
    if before in ("make", "makes", "made", "making", "cook", "cooked", "fix", "fixed") and after in english.meals:
        return "object", "made her dinner"
    if before in english.complement_verbs and closes and not compound:
        if after in english.adjectives and after not in ("company",):
            return "object", "made her happy"
        if after in english.participles:
            return "object", "had her arrested"
    if before in english.ditransitive_verbs and after in english.bare_objects and before not in ("ask", "asks", "asked", "asking"):
        if after not in english.possessive_idioms:
            return _bare_object(tokens, at, before, after, english)
    if before in english.ditransitive_verbs and _plain_plural(after, english) and closes and following not in ("for", "to"):
        if before in (
            "give",
            "gives",
            "gave",
            "given",
            "giving",
            "offer",
            "offers",
            "offered",
            "offering",
            "send",
            "sent",
            "buy",
            "bought",
            "wish",
            "owe",
            "grant",
            "granted",
            "deny",
            "denied",
            "lend",
            "lent",
            "teach",
            "taught",
            "prescribe",
            "prescribed",
            "promise",
            "promised",
            "bring",
            "brought",
            "feed",
            "fed",
            "throw",
            "threw",
            "sending",
            "buying",
            "cause",
            "caused",
            "charge",
            "charged",
            "assign",
            "assigned",
        ):
            return "object", "bought her flowers"
    if (
        before in english.telling_verbs
        and after not in english.adjectives
        and following in ("is", "was", "are", "were", "will", "would", "had", "has", "can", "could", "isn", "wasn")
    ):
        return "object", "told her dinner was ready"
    return "determiner", "before a noun"


def _before_base_verb(tokens: Tokens, at: int, before: str, after: str, english: English) -> tuple[str, str]:
    following = tokens.low(at + 2)
    ends = _ends(tokens, at + 2)
    if after in english.unambiguous_verbs:
        return "object", f"{before} her {after}"
    if before in ("make", "makes", "made", "making", "have", "has", "had", "having"):
        if (
            after in english.possessive_idioms
            or not (ends or following in english.function_words)
            or after
            in (
                "offer",
                "plan",
                "case",
                "bid",
                "move",
                "face",
                "name",
                "request",
                "order",
                "report",
                "answer",
                "present",
                "cut",
                "show",
                "change",
                "love",
                "process",
                "trust",
                "share",
            )
        ):
            return "determiner", "before a noun"
        return "object", f"{before} her {after}"
    if before in (
        "see",
        "sees",
        "saw",
        "seen",
        "seeing",
        "watch",
        "watched",
        "watches",
        "watching",
        "hear",
        "hears",
        "heard",
        "notice",
        "noticed",
        "feel",
        "felt",
    ):
        if ends or after in (
            "face",
            "plan",
            "request",
            "report",
            "work",
            "present",
            "record",
            "address",
            "change",
            "process",
            "show",
            "answer",
            "review",
        ):
            return (
                ("object", f"{before} her {after}")
                if after
                in (
                    "cry",
                    "laugh",
                    "smile",
                    "dance",
                    "swim",
                    "run",
                    "walk",
                    "work",
                    "play",
                    "fall",
                    "sleep",
                    "drive",
                    "sing",
                    "die",
                    "leave",
                    "act",
                    "perform",
                    "talk",
                )
                and before not in ("watch", "watches")
                else ("determiner", "before a noun")
            )
        return "object", f"{before} her {after}"
    if (
        before in ("help", "helps", "helped", "helping")
        and ends
        and after
        not in ("cope", "move", "work", "walk", "sleep", "study", "practice", "practise", "relax", "recover", "improve", "heal", "plan")
    ):
        return "determiner", "before a noun"
    if before in ("help", "helps", "helped", "helping") and not ends:
        fits = (
            following in english.determiners
            or following in english.prepositions
            or following in english.adverbs
            or following in english.conjunctions
        )
        return ("object", f"{before} her {after}") if fits or following not in english.auxiliaries else ("determiner", "before a noun")
    return "object", f"{before} her {after}"


def _office_ends(tokens: Tokens, at: int, english: English) -> bool:
    """Whether a bare office such as ``team lead`` fills the place up to the end of its phrase."""
    place = at + 1
    while place < tokens.count and tokens.lows[place] in english.offices and (place == at + 1 or not _breaks(tokens.gaps[place])):
        place += 1
    return _ends(tokens, place) or tokens.lows[place] in english.function_words


def _plain_plural(word: str, english: English) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in english.body_parts and len(word) > 3


def _bare_object(tokens: Tokens, at: int, before: str, after: str, english: English) -> tuple[str, str]:
    if before in ("tell", "tells", "told", "telling", "show", "shows", "showed", "save", "saved", "saves") and after not in (
        "good",
        "bad",
        "lots",
        "things",
        "stuff",
        "everything",
    ):
        return "determiner", "before a noun"
    following = tokens.low(at + 2)
    if after in (
        "credit",
        "interest",
        "medical",
        "legal",
        "financial",
        "annual",
        "monthly",
        "full",
        "good",
        "great",
        "medicine",
        "house",
        "card",
        "free",
        "special",
        "french",
        "hot",
        "cold",
        "warm",
        "fresh",
        "little",
        "double",
        "half",
        "letters",
        "change",
        "support",
    ) and not _ends(tokens, at + 2):
        if before in (
            "give",
            "gives",
            "gave",
            "given",
            "giving",
            "offer",
            "offers",
            "offered",
            "wish",
            "charge",
            "charged",
            "cause",
            "caused",
            "grant",
            "granted",
            "owe",
            "buy",
            "bought",
            "bring",
            "brought",
            "feed",
            "fed",
            "send",
            "sent",
            "get",
            "prescribe",
            "prescribed",
            "pay",
            "issue",
            "issued",
            "extend",
            "extended",
        ):
            if following in ("card", "score", "report", "history", "line", "limit", "rating", "husband", "mother", "records", "bills"):
                return "determiner", "before a noun"
            return "object", f"{before} her {after}"
        return "determiner", "before a noun"
    return "object", f"{before} her {after}"
