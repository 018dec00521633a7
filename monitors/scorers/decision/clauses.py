"""Clauses of a sentence, and how often a stretch of words says no."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from monitors.scorers.text import word_set

_BREAKS = word_set(
    "; : – ( ) | but yet however though although because whereas while therefore thus hence otherwise so then since and except"
)
_AFTER_COMMA = word_set(
    "i we you he she they it the my our this these those there and or not no yes who which a an if his her their please on in for given as"
)
_MARKS = frozenset({".", "!", "?", ","})
_NOT_NEGATIVE = re.compile(
    r"\b(?:neither(?=.* nor\b)|no doubt|not only|not just|not merely|not simply|can not wait|no matter|not to mention|"
    r"can not help but|no less|no - brainer|no brainer|nothing but|"
    r"no later|not long|why not|not least|no more than|no problem|without (?:a |any |further |much )?(?:doubt|hesitation|"
    r"reservations?|question|delay|ado|blinking|problems?|trouble|risk|issues?|restrictions?|fear|difficulty|worry|"
    r"conditions?|further ado))\b"
)
_NEGATIVE = re.compile(
    r"\b(?:breach(?:es)?|violat(?:e|es|ing)|contravenes?|(?:problems?|issues?) with|qualms about|stop(?:s|ping)? short of|"
    r"hold(?:ing)? off|holding back|not|never|no|nothing|nobody|none|neither|nor|nowhere|"
    r"without|against(?! (?:him|her|them|it|mr|ms|mrs|dr|the (?:accused|defendant|suspect|applicant))\b)|hardly|scarcely|"
    r"barely|oppos(?:e|es|ed|ing)|avoid(?:ing)?|refrain(?:ing)?|mistake|"
    r"unwise|imprudent|irresponsible|inadvisable|ill - advised|ill advised|foolish|hesitant|hesitate|hesitation|obstacles? to|"
    r"withdraw(?:ing)?|withdrew|revok(?:e|ed|ing)|rescind(?:ed|ing)?|uncomfortable|uneasy|reluctan(?:ce|tly)|averse to|in the way of|"
    r"steer(?:ing)? (?:well )?clear of|"
    r"stay(?:ing)? (?:well )?away from|shy(?:ing)? away from|"
    r"caution(?:ing)? against|warn(?:ing)? against|wary of|think twice|nowhere near|isn.t worth|"
    r"barriers? to|impediments? to|hurdles? to|reluctant|unable|unwilling|stop(?:s|ping)?|prevent(?:s|ing)?|keeps? \w+ from|"
    r"objections? to|object to|objecting to|rule[sd]? out|ruling out|far from|instead of|rather than|impossible|"
    r"doubt(?:ful)?|wrong to|wrong|premature|"
    r"too (?!good)\w+(?: an? \w+)? (?:to|for)|hard to justify|hard to see|hard to recommend|difficult to (?:justify|recommend|support)|"
    r"insufficient|out of the question|"
    r"unjustified|unjustifiable|unacceptable|fail(?:s|ed)? to|short of|few|little (?:reason|ground|basis|case)|cannot|"
    r"unlikely|dissuade[sd]?|discourage[sd]?|"
    r"off the table|a bad idea|risky|reckless|unsafe|untrue|false|incorrect|lack(?:s|ing)?|declin(?:e|ing) to|refus(?:e|"
    r"ing) to|blocks?|speaks against|argues against)\b"
)
_PRAISED = re.compile(r"\bnot (?:\w+ ){0,2}(?:recommend|praise|endorse|support)\b")


def clauses(words: Sequence[str], openers: Collection[int] = ()) -> list[tuple[int, int]]:
    """Start and end of each clause; `openers` are indexes of words that may begin one after a comma (an imperative)."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for index, word in enumerate(words):
        if word in _BREAKS or (word == "and" and index + 1 in openers) or (word == "," and _begins(words, index + 1, openers)):
            if index > start:
                bounds.append((start, index))
            start = index + 1
    end = len(words)
    while end > start and words[end - 1] in _MARKS:
        end -= 1
    if start < end:
        bounds.append((start, end))
    return bounds


def _begins(words: Sequence[str], index: int, openers: Collection[int]) -> bool:
    return index >= len(words) or words[index] in _AFTER_COMMA or index in openers


def negations(words: Sequence[str]) -> int:
    """How many words or idioms in a stretch turn what follows into its opposite.

    >>> negations("i see no reason not to".split())
    2
    """
    return len(_NEGATIVE.findall(_NOT_NEGATIVE.sub(" ", " ".join(words))))


def praised(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the negation is one of praise: "could not recommend her more highly"."""
    return bool(_PRAISED.search(" ".join(before))) and bool({"highly", "enough", "strongly"} & set(after))
