"""Names are clusters: a gap that two or three names make is not a gap of a group, however many pairs those names were in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from monitors.stats.checks import Floats, in_range
from monitors.stats.checks import tolerance as checked_tolerance

EXACT_NAMES = 16
"""Up to so many names all sign flips are gone through (65,536); beyond, a sample of them is drawn."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A name, and the gap over all pairs without it."""

    name: str
    gap: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the names of a cell agree on its gap.

    `agreeing` of `names` names have a gap of their own in the direction of the whole; `lowest` and `highest` are the extremes of the gap
    when one name is left out (None with a single name); `p` is that of the sign-flip test on the names' means.
    """

    names: int
    agreeing: int
    gap: float
    lowest: LeftOut | None
    highest: LeftOut | None
    p: float

    @property
    def few_names(self) -> bool:
        """Whether the gap may be that of a few names only: p above 0.05."""
        return self.p > 0.05


def agreement(differences: ArrayLike, names: Sequence[str], *, seed: int, tolerance: float = 0.0, draws: int = 20_000) -> Agreement:
    """Agreement of names on the gap of `differences` (one a pair, in [-1, 1]), `names[i]` being the name of pair i.

    With a `tolerance` the sign flips ask whether the names' gaps exceed it in the direction of the whole. `seed` serves for more than
    `EXACT_NAMES` names. ValueError without pairs, or where the lists are not of one length.

    >>> found = agreement([0.2, 0.1, 0.3, -0.1], ["Ana", "Ana", "Bea", "Cleo"], seed=1)
    >>> found.agreeing, found.names, found.highest.name, round(found.highest.gap, 3), found.p
    (2, 3, 'Cleo', 0.2, 0.5)
    """
    gaps = in_range(differences, -1.0, 1.0, "difference of a pair")
    if gaps.size != len(names) or not gaps.size:
        raise ValueError(f"{gaps.size} differences and {len(names)} names: one name a pair is expected, and at least one pair")
    labels, which = np.unique(np.asarray(names, dtype=np.str_), return_inverse=True)
    sums, counts = np.bincount(which, weights=gaps), np.bincount(which)
    total = float(sums.sum() / counts.sum())
    sign = 1.0 if total >= 0 else -1.0
    lowest = highest = None
    if labels.size > 1:
        without = (sums.sum() - sums) / (counts.sum() - counts)
        lowest, highest = (LeftOut(str(labels[i]), float(without[i])) for i in (np.argmin(without), np.argmax(without)))
    beyond = sign * sums / counts - checked_tolerance(tolerance)
    return Agreement(
        names=int(labels.size),
        agreeing=int((sums * np.sign(total) > 0).sum()),
        gap=total,
        lowest=lowest,
        highest=highest,
        p=sign_flip_p(beyond, seed=seed, draws=draws) if beyond.sum() > 0 else 1.0,
    )


def sign_flip_p(values: ArrayLike, *, seed: int, draws: int = 20_000) -> float:
    """Two-sided p of "these values are symmetric about 0": the share of sign patterns whose sum is at least as far from 0 as the one met.

    All patterns up to `EXACT_NAMES` values; beyond, `draws` random ones and the pattern met itself, so that p is valid and never 0.
    """
    met = np.asarray(values, dtype=np.float64)
    least = abs(met.sum()) - 1e-12 * np.abs(met).sum()  # sums of one pattern in two orders must tie
    if met.size <= EXACT_NAMES:
        return float(np.mean(np.abs(_all_flipped_sums(met)) >= least))
    signs = np.random.default_rng(seed).integers(0, 2, (draws, met.size), dtype=np.int8) * 2 - 1
    return float((1 + np.count_nonzero(np.abs(signs @ met) >= least)) / (1 + draws))


def _all_flipped_sums(values: Floats) -> Floats:
    sums: Floats = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return sums
