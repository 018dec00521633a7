"""Rows of capitalised words: what one of them is says what the others may be (``Ada, Ruby and Pascal``)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from monitors.rewrite.english import English
from monitors.rewrite.tokens import Tokens

LIST_GAPS = (" ", ", ")
JOINING = ("and", "or", "then")
REACH = 16  # words of a row that are looked at on each side


def is_in_row(tokens: Tokens, at: int, members: AbstractSet[int]) -> bool:
    """Whether a capitalised word stands in a row with one of the words ``members`` (``Emma and Anna Karenina``)."""
    for step in (-1, 1):
        near = at + step
        while 0 <= near < tokens.count and abs(near - at) < REACH:
            gap = tokens.gap(max(near, near - step))
            if tokens.low(near) in JOINING and gap in LIST_GAPS:
                near += step
                gap = ", " if tokens.gap(max(near, near - step)) in LIST_GAPS else ""
            if near in members and gap == ", ":
                return True
            if gap != ", " or not 0 <= near < tokens.count or not tokens.words[near][0].isupper():
                break
            near += step
    return False


def is_listed_with_things(tokens: Tokens, at: int, end: int, english: English) -> bool:
    """Whether the name stands in a list beside a place, a brand or a deity (``Ada, Ruby and Pascal``)."""
    place = at
    while place and at - place < REACH and tokens.words[place - 1][0].isupper() and tokens.gaps[place] == ", ":
        place -= 1
        if tokens.lows[place] in english.name_like:
            return True
    place = end - 1
    while place - at < REACH:
        ahead = place + 1
        if tokens.gap(ahead) in LIST_GAPS and tokens.low(ahead) in ("and", "or") and tokens.gap(ahead + 1) == " ":
            ahead += 1
        elif tokens.gap(ahead) != ", ":
            return False
        if ahead >= tokens.count or not tokens.words[ahead][0].isupper():
            return False
        if tokens.lows[ahead] in english.name_like:
            return True
        place = ahead
    return False


def next_in_row(tokens: Tokens, end: int) -> str:
    """The capitalised word behind a comma or an *and*, in lower case."""
    at = end + (tokens.gap(end) == " " and tokens.low(end) in ("and", "or"))
    return tokens.lows[at] if at < tokens.count and tokens.words[at][0].isupper() and (at > end or tokens.gap(end) == ", ") else ""
