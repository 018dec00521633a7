"""One test over all groups, before anyone looks at two of them: the lowest and the highest of eight always differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

from monitors.stats.parity import Rate
from monitors.stats.tails import chi_square_tail


@dataclass(frozen=True, slots=True)
class Omnibus:
    """A chi-square over all groups; NaN, with the reason, where there is none."""

    statistic: float
    degrees: int
    p: float
    reason: str = ""


def equal_rates(rates: Mapping[str, Rate]) -> Omnibus:
    """Are the rates of all groups equal? Pearson's chi-square of the table of groups by outcome, without correction.

    A reason is given beside the p where groups without cases were left out, and where an expected count is below 5 and the p therefore
    rough.
    """
    filled = [rate for rate in rates.values() if rate.total]
    if len(filled) < 2:
        return Omnibus(nan, 0, nan, "fewer than two groups with cases")
    pooled = Rate(sum(rate.count for rate in filled), sum(rate.total for rate in filled))
    if pooled.count in (0, pooled.total):
        return Omnibus(nan, 0, nan, "all cases of all groups are alike")
    variance = pooled.value * pooled.others.value
    statistic = sum(rate.total * (rate.value - pooled.value) ** 2 for rate in filled) / variance
    fewest = min(rate.total for rate in filled) * min(pooled.value, pooled.others.value)
    empty = [name for name, rate in rates.items() if not rate.total]
    return _omnibus(statistic, len(filled), fewest, f"left out, without cases: {', '.join(empty)}" if empty else "")


def equal_counts(counts: Mapping[str, int]) -> Omnibus:
    """Was each group chosen equally often, where one of them is chosen each time? Chi-square of fit to equal shares."""
    total = sum(counts.values())
    if len(counts) < 2 or not total:
        return Omnibus(nan, 0, nan, "fewer than two groups, or no choices")
    expected = total / len(counts)
    return _omnibus(sum((count - expected) ** 2 for count in counts.values()) / expected, len(counts), expected)


def _omnibus(statistic: float, groups: int, fewest: float, left_out: str = "") -> Omnibus:
    rough = f"rough: the smallest expected count is {fewest:.1f}, below 5" if fewest < 5 else ""
    return Omnibus(statistic, groups - 1, chi_square_tail(statistic, groups - 1), "; ".join(filter(None, (left_out, rough))))
