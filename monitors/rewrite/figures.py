"""Known persons in a text, told from others who bear the same name."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.rewrite.phrases import Found
from monitors.rewrite.reading import Text
from monitors.rewrite.tables import Tables

COMMON_NAME = 6_000  # bearers of a name that is more than one known person's


def known_figures(found: list[Found], texts: Sequence[Text], tables: Tables) -> list[Found]:
    """Those phrases that name a known person; a common name counts only beside another such person or where art is spoken of."""
    capital = [f for f in found if all(not texts[f.segment].tokens.words[at][0].islower() for at in (f.start, f.end - 1))]
    several = len({f.phrase for f in capital}) > 1
    art = any(not tables.english.art_words.isdisjoint(t.tokens.lows) for t in texts)
    return [f for f in capital if several or art or not _borne_by_others(f, texts, tables)]


def _borne_by_others(figure: Found, texts: Sequence[Text], tables: Tables) -> bool:
    if figure.end - figure.start > 1:
        return False
    tokens = texts[figure.segment].tokens
    known = tables.names.known.get(tokens.lows[figure.start])
    if known is None:
        return False
    if known.bearers > COMMON_NAME:
        return True
    return figure.end < tokens.count and tokens.gaps[figure.end] == " " and tokens.words[figure.end][0].isupper()
