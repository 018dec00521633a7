"""Whose share of alpha: fixed weights for alarms over all cells (weighted Bonferroni), and e-BH for the list of the moment.

An alarm at e >= 1/(alpha * share) in any cell, latched, is false with chance at most alpha whatever the dependence between cells, as long
as shares are fixed before a cell's data and sum to at most 1. e-BH finds more, but holds at the moment of one look: it orders a list, it
does not page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from monitors.stats.checks import probability

Tier = Literal["T2", "T1", "T0"]

ROUNDING = 1e-12
DECLARED, ROLL_UPS, RESERVE = 0.6, 0.2, 0.2
"""How alpha is divided: cells that the configuration declares, their roll-ups, and whatever comes later. They sum to 1."""

_TIER_WEIGHTS: dict[Tier, int] = {"T2": 4, "T1": 2, "T0": 1}


def declared_shares(tiers: Sequence[Tier]) -> list[float]:
    """Share of each declared cell by its tier, 4 to 2 to 1; together `DECLARED`.

    >>> [round(share, 3) for share in declared_shares(["T2", "T1", "T0", "T0"])]
    [0.3, 0.15, 0.075, 0.075]
    """
    weights = [_TIER_WEIGHTS[tier] for tier in tiers]
    return [DECLARED * weight / sum(weights) for weight in weights]


def roll_up_shares(count: int) -> list[float]:
    """Share of each of `count` roll-up cells, alike; together `ROLL_UPS`."""
    return [ROLL_UPS / count] * count if count else []


def later_share(k: int) -> float:
    """Share of the k-th cell or restart (k = 1, 2, ...) that comes after the declaration: `RESERVE` * 6 / (pi^2 k^2), never used up."""
    if k < 1:
        raise ValueError(f"what comes later is numbered from 1, not {k}")
    return RESERVE * 6 / (math.pi * k) ** 2


def ebh(e_values: ArrayLike, alpha: float, weights: ArrayLike | None = None) -> NDArray[np.intp]:
    """Indices that e-BH rejects at false discovery rate `alpha`, by falling weighted evidence (Wang and Ramdas 2022).

    `weights` are shares that sum to at most 1 (alike if not given). Past the horizon a cell's evidence has to be divided by its `spent`
    first. ValueError on negative or missing numbers.

    >>> ebh([500.0, 1.0, 90.0, 0.2], alpha=0.05).tolist()
    [0, 2]
    """
    evidence = np.asarray(e_values, dtype=np.float64)
    shares = np.full(evidence.shape, 1 / max(evidence.size, 1)) if weights is None else np.asarray(weights, dtype=np.float64)
    if evidence.ndim != 1 or shares.shape != evidence.shape:
        raise ValueError(f"{evidence.shape} e-values and {shares.shape} weights: one flat list each is expected")
    if not ((evidence >= 0).all() and (shares >= 0).all() and shares.sum() <= 1 + 1e-9):
        raise ValueError("e-values and weights must not be negative or missing, and weights sum to at most 1")
    weighted = np.where(shares > 0, evidence, 0.0) * shares
    order = np.argsort(-weighted, kind="stable")
    enough = weighted[order] * np.arange(1, evidence.size + 1) >= (1 - ROUNDING) / probability(alpha)
    return order[: int(np.flatnonzero(enough)[-1]) + 1] if enough.any() else order[:0]
