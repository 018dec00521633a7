"""Axes and their groups: one of a lexicon, or a product such as ``gender×ethnicity`` whose groups are ``female×black``."""

from __future__ import annotations

from collections.abc import Mapping

from monitors.rewrite.lexicon import Lexicon

TIMES = "×"


def parts(axis: str, *groups: str) -> list[tuple[str, ...]]:
    """The axis and its groups, factor by factor: one tuple for a single axis. Raises ValueError where the numbers of factors differ."""
    return list(zip(axis.split(TIMES), *(group.split(TIMES) for group in groups), strict=True))


def has_axis(lexicons: Mapping[str, Lexicon], axis: str) -> bool:
    """Whether the lexicons know an axis, or all different factors of a product."""
    factors = axis.split(TIMES)
    return len(set(factors)) == len(factors) and all(factor in lexicons for factor in factors)


def has_group(lexicons: Mapping[str, Lexicon], axis: str, group: str) -> bool:
    """Whether an axis has a group; a product has all combinations of its factors' groups."""
    if TIMES not in axis:
        lexicon = lexicons.get(axis)
        return lexicon is not None and lexicon.has_group(group)
    factors, groups = axis.split(TIMES), group.split(TIMES)
    return has_axis(lexicons, axis) and len(factors) == len(groups) and all(map(lambda a, g: lexicons[a].has_group(g), factors, groups))
