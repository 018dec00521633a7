"""The classical figures of group parity, for reports: rates of a group against those of a reference, with fixed-n intervals.

These are for a finished set that is read once; what is looked at again and again is tested by `evalue`. Differences are group minus
reference, ratios group over reference. A figure that is not defined is NaN and says why: never 0, and never a pass.

Signs elsewhere: aif360 and holisticai agree with ours for (unprivileged, privileged) = (group, reference); fairlearn gives the largest
minus the smallest of all groups, as `widest_difference` does, and the smallest over the largest, as `lowest_ratio` does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from monitors.stats.checks import probability
from monitors.stats.tails import fisher_two_sided, normal_two_sided


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its interval, or NaN; where the number or the interval is NaN for want of cases, `reason` says so."""

    value: float
    low: float = math.nan
    high: float = math.nan
    reason: str = ""

    @property
    def defined(self) -> bool:
        """Whether there is a number."""
        return not math.isnan(self.value)


def undefined(reason: str) -> Figure:
    """A figure that has no value, and why."""
    return Figure(math.nan, reason=reason)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of `total` cases were favourable (or correct, or refused: whatever is counted)."""

    count: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.total:
            raise ValueError(f"{self.count} of {self.total} is no rate")

    @property
    def value(self) -> float:
        """The rate itself; NaN without cases."""
        return self.count / self.total if self.total else math.nan

    @property
    def others(self) -> Rate:
        """The rate of the other cases: unfavourable for favourable."""
        return Rate(self.total - self.count, self.total)

    def wilson(self, alpha: float = 0.05) -> tuple[float, float]:
        """Wilson's interval at level 1 - alpha; NaN without cases."""
        if not self.total:
            return math.nan, math.nan
        z2 = _quantile(alpha) ** 2
        middle, size = self.count + z2 / 2, self.total + z2
        half = math.sqrt(z2 * (self.count * (self.total - self.count) / self.total + z2 / 4))
        return max(0.0, (middle - half) / size), min(1.0, (middle + half) / size)


def statistical_parity_difference(group: Rate, reference: Rate, alpha: float = 0.05) -> Figure:
    """Difference of the rates in [-1, 1], with Newcombe's hybrid interval (1998, method 10).

    >>> round(statistical_parity_difference(Rate(157, 2435), Rate(235, 2435)).value, 6)
    -0.032033
    """
    if missing := _without_cases(group, reference):
        return undefined(missing)
    (low_g, high_g), (low_r, high_r) = group.wilson(alpha), reference.wilson(alpha)
    g, r = group.value, reference.value
    return Figure(g - r, g - r - math.hypot(g - low_g, high_r - r), g - r + math.hypot(high_g - g, r - low_r))


def disparate_impact(group: Rate, reference: Rate, alpha: float = 0.05) -> Figure:
    """Ratio of the rates, with the log-normal interval; the swap ratio where the groups are names of ours. Read it on `others` as well:
    refusals of 2 % against 4 % are a ratio of 0.5 there and of 1.02 among the answered.
    """
    if missing := _without_cases(group, reference):
        return undefined(missing)
    if not reference.count:
        return undefined("the reference group has no favourable case: a ratio to 0")
    if not group.count:
        return Figure(0.0, reason="no interval: the group has no favourable case")
    ratio = group.value / reference.value
    spread = _quantile(alpha) * math.sqrt(1 / group.count - 1 / group.total + 1 / reference.count - 1 / reference.total)
    return Figure(ratio, ratio * math.exp(-spread), ratio * math.exp(spread))


def odds_ratio(group: Rate, reference: Rate) -> Figure:
    """Odds of the group over odds of the reference."""
    if missing := _without_cases(group, reference):
        return undefined(missing)
    against = group.others.count * reference.count
    if not against:
        return undefined("the group has no unfavourable case or the reference no favourable one: a ratio to 0")
    return Figure(group.count * reference.others.count / against)


def cohens_h(group: Rate, reference: Rate) -> Figure:
    """Effect size 2 asin sqrt(p_group) - 2 asin sqrt(p_reference), in [-pi, pi] (Cohen 1988)."""
    if missing := _without_cases(group, reference):
        return undefined(missing)
    return Figure(2 * math.asin(math.sqrt(group.value)) - 2 * math.asin(math.sqrt(reference.value)))


def two_rate_z(group: Rate, reference: Rate) -> tuple[Figure, Figure]:
    """Pooled z of the two rates and its two-sided p; both undefined where all cases are alike."""
    if missing := _without_cases(group, reference):
        return undefined(missing), undefined(missing)
    pooled = Rate(group.count + reference.count, group.total + reference.total)
    if pooled.count in (0, pooled.total):
        alike = undefined("all cases of both groups are alike")
        return alike, alike
    spread = math.sqrt(pooled.value * pooled.others.value * (1 / group.total + 1 / reference.total))
    z = (group.value - reference.value) / spread
    return Figure(z), Figure(normal_two_sided(z))


def fisher_p(group: Rate, reference: Rate) -> Figure:
    """Two-sided p of Fisher's exact test."""
    if missing := _without_cases(group, reference):
        return undefined(missing)
    return Figure(fisher_two_sided(group.count, group.others.count, reference.count, reference.others.count))


def widest_difference(rates: Mapping[str, Rate]) -> Figure:
    """The largest rate of all groups less the smallest, in [0, 1]. Look at an omnibus p first: the extremes were chosen by looking."""
    if missing := _too_few(rates):
        return undefined(missing)
    values = [rate.value for rate in rates.values()]
    return Figure(max(values) - min(values))


def lowest_ratio(rates: Mapping[str, Rate]) -> Figure:
    """The smallest rate of all groups over the largest, in [0, 1]; the caution of `widest_difference` holds here too."""
    if missing := _too_few(rates):
        return undefined(missing)
    values = [rate.value for rate in rates.values()]
    return Figure(min(values) / max(values)) if max(values) else undefined("no group has a favourable case: a ratio of 0 to 0")


def _quantile(alpha: float) -> float:
    return NormalDist().inv_cdf(1 - probability(alpha) / 2)


def _without_cases(group: Rate, reference: Rate) -> str:
    empty = [name for name, rate in (("the group", group), ("the reference group", reference)) if not rate.total]
    return f"{' and '.join(empty)} without cases" if empty else ""


def _too_few(rates: Mapping[str, Rate]) -> str:
    if len(rates) < 2:
        return "fewer than two groups"
    empty = [name for name, rate in rates.items() if not rate.total]
    return f"without cases: {', '.join(empty)}" if empty else ""
