"""Tail chances of three classical laws, exact where a closed form exists, so that nothing heavier than numpy is needed."""

from __future__ import annotations

import math

import numpy as np

from monitors.stats.checks import Floats


def normal_two_sided(z: float) -> float:
    """P(|Z| >= |z|) for a standard normal Z."""
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_tail(x: float, degrees: int) -> float:
    """P(X >= x) for a chi-square X with `degrees` of freedom: the finite series of the incomplete gamma function at (half) integers."""
    half = x / 2
    if half <= 0:  # half of the smallest number is 0
        return 1.0
    total, first = (math.erfc(math.sqrt(half)), 0.5) if degrees % 2 else (0.0, 0.0)
    for i in range(degrees // 2):
        power = first + i
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
    return min(1.0, total)


def fair_coin_two_sided(heads: int, tails: int) -> float:
    """Exact two-sided p of `heads` against `tails` for a fair coin (McNemar's exact test when these are discordant pairs)."""
    tosses, fewer = heads + tails, min(heads, tails)
    k = np.arange(fewer + 1)
    chances = np.exp(_log_choose(tosses, k) - tosses * math.log(2))
    return min(1.0, 2 * float(chances.sum()))


def fisher_two_sided(a: int, b: int, c: int, d: int) -> float:
    """Fisher's exact two-sided p of the table [[a, b], [c, d]]: all tables with its margins that are no likelier."""
    first_row, first_column, total = a + b, a + c, a + b + c + d
    k = np.arange(max(0, first_row + first_column - total), min(first_row, first_column) + 1)
    logs = _log_choose(first_column, k) + _log_choose(total - first_column, first_row - k) - _log_choose(total, np.array([first_row]))
    chances = np.exp(logs)
    met = chances[a - k[0]]
    return min(1.0, float(chances[chances <= met * (1 + 1e-7)].sum()))  # tables as likely as the one met differ by rounding


def _log_choose(n: int, k: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Logarithms of the binomial coefficients n over k."""
    return math.lgamma(n + 1) - _lgamma(k + 1) - _lgamma(n - k + 1)


def _lgamma(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    return np.array([math.lgamma(value) for value in values.tolist()])
