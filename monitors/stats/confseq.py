"""Confidence sequences of a gap from a histogram of differences: valid at every look at once, and free of order.

An interval is a family of tests turned round: a mean m stays in it as long as nobody got rich by betting against m (Waudby-Smith and Ramdas
2024, "Estimating means of bounded random variables by betting"). The bets are fixed, so the money depends on the counts only.

Over all pairs of an epoch the interval holds at all looks together. Over a window (the last 1,000 pairs) the same function gives an
interval for the average gap in that window: it holds at the moment it is read and is not adjusted for reading it again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from monitors.stats.checks import Floats, probability
from monitors.stats.histogram import NODES, Histogram

__all__ = ["CS_BETS", "NODES", "Histogram", "interval", "intervals"]

CS_BETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.30, 0.55, 0.90)
"""Shares staked against each candidate mean; finer than the test's, since an interval has to serve from ten pairs to a million."""

_STEPS = 200  # far more than Newton needs (ten or so): it stops as soon as nothing moves
_FLOOR = -30.0  # log(1 + m) where m is -1 for every purpose


def interval(counts: ArrayLike, alpha: float = 0.01) -> tuple[float, float]:
    """Lower and upper end for the mean of the differences counted at `NODES`, at level 1 - alpha; (-1, 1) without any.

    >>> histogram = Histogram()
    >>> histogram.add([0.0] * 900 + [1.0] * 100, coins=[0.5] * 1000)
    >>> low, high = interval(histogram.counts)
    >>> round(low, 3), round(high, 3)
    (0.068, 0.14)
    """
    low, high = intervals(np.asarray(counts)[None, :], alpha)[0]
    return float(low), float(high)


def intervals(counts: ArrayLike, alpha: float = 0.01, nodes: ArrayLike = NODES) -> Floats:
    """`interval` of many cells in one call: counts (cells, nodes) give ends (cells, 2). `nodes` are the values counted, in [-1, 1]."""
    table = np.asarray(counts, dtype=np.float64)
    values = np.asarray(nodes, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != values.size:
        raise ValueError(f"counts of shape {table.shape} do not fit {values.size} nodes")
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise ValueError("counts must be finite and not negative")
    side = probability(alpha) / 2
    return np.stack([_lower_ends(table, values, side), -_lower_ends(table, -values, side)], axis=1)


def _lower_ends(counts: Floats, values: Floats, alpha: float) -> Floats:
    """The largest mean of each row that is refuted from below: those who bet on more than it own 1/alpha.

    In u = log(1 + m) the factor of a bet g at x is (1 - g) + g (1 + x) e^-u, so the logarithm of the mean money is convex and falls in u.
    Newton's tangents lie below a convex curve: from wherever it starts, each step ends on the refuted side of the root and creeps up to it.
    """
    rows, columns = np.nonzero(counts)  # a refusal's cell has met three nodes of 75: only those are computed
    lower = np.full(len(counts), -1.0)
    if not rows.size:
        return lower
    busy, starts = np.unique(rows, return_index=True)
    row = np.repeat(np.arange(busy.size), np.diff(starts, append=rows.size))
    weight, lifted = counts[rows, columns], 1.0 + values[columns]
    goal = np.log(1 / alpha)
    u = np.log(_guess(weight, lifted, row, starts, goal))
    for _ in range(_STEPS):
        money, fall = _log_money(weight, lifted, row, starts, u)
        moved = np.maximum(u + (money - goal) / np.maximum(fall, 1e-200), _FLOOR)
        still = np.abs(moved - u) <= 1e-13 * (1 + np.abs(u))
        u = moved
        if still.all():
            break
    lower[busy] = np.where(u > _FLOOR, np.expm1(u), -1.0)
    return lower


def _guess(weight: Floats, lifted: Floats, row: NDArray[np.intp], starts: NDArray[np.intp], goal: float) -> Floats:
    """Where the search begins: Bernstein's end for 1 + m, or a tenth of the mean where that lies too low."""
    total = np.add.reduceat(weight, starts)
    mean = np.add.reduceat(weight * lifted, starts) / total
    variance = np.add.reduceat(weight * (lifted - mean[row]) ** 2, starts) / total
    end: Floats = np.maximum(mean - np.sqrt(3 * variance * goal / total) - 1.5 * goal / total, mean / 10 + 1e-12)
    return end


def _log_money(weight: Floats, lifted: Floats, row: NDArray[np.intp], starts: NDArray[np.intp], u: Floats) -> tuple[Floats, Floats]:
    """Logarithm of the bettors' mean money at u = log(1 + m), and how fast it falls in u; each of shape (rows,)."""
    bets = np.array(CS_BETS)
    kept = (lifted * np.exp(-u)[row])[:, None] * bets
    factor = kept + (1.0 - bets)
    logs = np.add.reduceat(weight[:, None] * np.log(factor), starts, axis=0)
    falls = np.add.reduceat(weight[:, None] * (kept / factor), starts, axis=0)
    top = logs.max(axis=1)
    share = np.exp(logs - top[:, None])
    owned = share.sum(axis=1)
    return top + np.log(owned / bets.size), (share * falls).sum(axis=1) / owned
