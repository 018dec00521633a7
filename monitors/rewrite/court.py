"""Names of court cases: the parties are part of a name, and nobody in the text."""

from __future__ import annotations

from monitors.rewrite.tokens import Tokens

JOINING = frozenset(["of", "the", "and", "de", "ex", "rel"])
LONGEST = 5  # words of a party


def parties(tokens: Tokens, at: int) -> range:
    """The words of both parties around the ``v.`` at word ``at`` (``Griggs v. Duke Power Co.``); empty where it is none."""
    if at == 0 or at + 1 >= tokens.count or tokens.gaps[at] != " " or tokens.gaps[at + 1] not in (". ", " "):
        return range(0)
    if not (tokens.words[at].islower() and tokens.words[at - 1][0].isupper() and tokens.words[at + 1][0].isupper()):
        return range(0)
    start, end = at - 1, at + 2
    while start and at - start < LONGEST and tokens.gaps[start] in (" ", " & ", ". ") and _belongs(tokens, start - 1):
        start -= 1
    while end < tokens.count and end - at <= LONGEST and tokens.gaps[end] in (" ", " & ") and _belongs(tokens, end):
        end += 1
    while tokens.lows[start] in JOINING and tokens.words[start].islower():
        start += 1
    while tokens.lows[end - 1] in JOINING and tokens.words[end - 1].islower():
        end -= 1
    return range(start, end)


def _belongs(tokens: Tokens, at: int) -> bool:
    return tokens.words[at][0].isupper() or tokens.lows[at] in JOINING
