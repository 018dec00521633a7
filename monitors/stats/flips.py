"""Paired yes-or-no outcomes, our main case: what flips when the marked words change, and how much flips when nothing that matters does."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitors.stats.parity import Figure, Rate, statistical_parity_difference, undefined
from monitors.stats.tails import fair_coin_two_sided


@dataclass(frozen=True, slots=True)
class Flips:
    """Pairs counted by which arm had the outcome."""

    both: int
    group_only: int
    reference_only: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.group_only, self.reference_only, self.neither) < 0:
            raise ValueError("pairs are counted from 0")

    @property
    def pairs(self) -> int:
        """All pairs."""
        return self.both + self.group_only + self.reference_only + self.neither

    @property
    def rate(self) -> Rate:
        """Share of pairs whose arms differ. Not a gap: subtract the placebo's."""
        return Rate(self.group_only + self.reference_only, self.pairs)


def net_flip(flips: Flips) -> Figure:
    """Share of pairs that only the group has less share that only the reference has: the gap; in [-1, 1]."""
    return Figure((flips.group_only - flips.reference_only) / flips.pairs) if flips.pairs else undefined("no pairs")


def flip_p(flips: Flips) -> Figure:
    """Two-sided p of McNemar's exact test: are flips one way as likely as the other? Undefined where nothing flipped.

    >>> round(flip_p(Flips(both=40, group_only=9, reference_only=1, neither=50)).value, 6)
    0.021484
    """
    if not flips.group_only + flips.reference_only:
        return undefined("no pair differs")
    return Figure(fair_coin_two_sided(flips.group_only, flips.reference_only))


def flips_beyond_placebo(flips: Flips, placebo: Flips, alpha: float = 0.05) -> Figure:
    """Flip rate minus that of placebo pairs, with Newcombe's interval: what the marked words flip beyond an innocuous edit.

    The interval takes the two sets of pairs for independent. Where they share prompts, as in live traffic, it is rather too wide.
    """
    if not placebo.pairs:
        return undefined("no placebo pairs: the noise is not known")
    return statistical_parity_difference(flips.rate, placebo.rate, alpha)


def net_flip_interval(flips: Flips, alpha: float = 0.05) -> Figure:
    """`net_flip` with Newcombe's interval for paired rates (1998, method 10), which takes the correlation of the arms into account."""
    gap = net_flip(flips)
    if not gap.defined:
        return gap
    group, reference = Rate(flips.both + flips.group_only, flips.pairs), Rate(flips.both + flips.reference_only, flips.pairs)
    (low_g, high_g), (low_r, high_r) = group.wilson(alpha), reference.wilson(alpha)
    down, up = (group.value - low_g, high_r - reference.value), (high_g - group.value, reference.value - low_r)
    phi = _correlation(flips, group, reference)
    below, above = (math.sqrt(max(0.0, x * x - 2 * phi * x * y + y * y)) for x, y in (down, up))
    return Figure(gap.value, gap.value - below, gap.value + above)


def _correlation(flips: Flips, group: Rate, reference: Rate) -> float:
    """Correlation of the arms, drawn towards 0 where it is positive (Newcombe's continuity correction); 0 where an arm never varies."""
    spread = group.count * group.others.count * reference.count * reference.others.count
    if not spread:
        return 0.0
    cross = flips.both * flips.neither - flips.group_only * flips.reference_only
    return (max(cross - flips.pairs / 2, 0.0) if cross > 0 else float(cross)) / math.sqrt(spread)
