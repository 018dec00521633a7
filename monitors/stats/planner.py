"""How many pairs will it take? Rules of thumb for the tests of this package, fitted to simulated medians (within about 30 %)."""

from __future__ import annotations

import math

from monitors.stats.checks import probability
from monitors.stats.checks import tolerance as checked_tolerance

# log-evidence lost to two directions, six bets and the head; to a restart; to both sides at once
_STANDING, _LATER, _WITHIN = 2.6, 10.2, 4.2
_LINEAR = 1.35  # no bet exceeds 1: however quiet a cell, log-evidence grows by no more than about the excess / 1.35 a pair


def pairs_needed(gap: float, tolerance: float, sd: float, alpha: float, later: bool = False) -> int:
    """Pairs until the alarm in half of all runs, for a true `gap` and differences with standard deviation `sd`.

    `alpha` is the cell's own share. `later`: the gap begins after thousands of fair pairs, and pairs count from its beginning.
    ValueError for a gap within the tolerance, which no number of pairs will find.

    >>> pairs_needed(gap=0.10, tolerance=0.02, sd=0.38, alpha=0.01)
    326
    """
    excess = abs(gap) - checked_tolerance(tolerance)
    if not excess > 0:
        raise ValueError(f"a gap of {gap} lies within the tolerance of {tolerance}: it is not to be found")
    return math.ceil(_log_evidence(alpha, later) * _pairs_per_unit(excess, _spread(sd)))


def smallest_excludable_gap(pairs: int, sd: float, alpha: float) -> float:
    """The smallest gap, either way, that this many pairs exclude in half of all runs if there is none: what silence is worth so far.

    In other words the smallest tolerance within which `Within` would find the cell. 1 if nothing can be excluded yet.
    """
    return min(1.0, _excess(pairs, _spread(sd), -math.log(probability(alpha)) + _WITHIN))


def sd_of_binary(rate: float, correlation: float = 0.6, gap: float = 0.0) -> float:
    """Standard deviation to expect of differences of a yes-or-no outcome, before there are any.

    `rate` is the reference group's, `correlation` that of the two arms of a pair (0 for independent sampling at a high temperature).
    """
    return math.sqrt(2 * rate * (1 - rate) * (1 - correlation) + abs(gap))


def _log_evidence(alpha: float, later: bool) -> float:
    return -math.log(probability(alpha)) + (_LATER if later else _STANDING)


def _pairs_per_unit(excess: float, sd: float) -> float:
    return max(2 * (sd / excess) ** 2, _LINEAR / excess)


def _excess(pairs: int, sd: float, log_evidence: float) -> float:
    """The inverse of `_pairs_per_unit`."""
    if pairs <= 0:
        return math.inf
    return max(sd * math.sqrt(2 * log_evidence / pairs), _LINEAR * log_evidence / pairs)


def _spread(sd: float) -> float:
    if not 0.0 <= sd <= 1.0:
        raise ValueError(f"differences in [-1, 1] have a standard deviation between 0 and 1, not {sd}")
    return sd
