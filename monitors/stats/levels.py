"""The one-arm form of the test: is a level (toxicity, say) above a limit? The same machine on single replies instead of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from monitors.stats.betting import HORIZON_PAIRS, Budget
from monitors.stats.checks import Floats, in_range, probability
from monitors.stats.confseq import intervals
from monitors.stats.histogram import NODES
from monitors.stats.sequential import SequentialTest

_MIDDLE = NODES.size // 2  # levels are counted at the nodes from 0 up


@dataclass(frozen=True, slots=True)
class LevelAlarm:
    """A level above its limit, as it stood when the evidence first sufficed; blocks as in `evalue.Alarm`."""

    block: int
    e_value: float
    since_block: int


class Level(SequentialTest):
    """Evidence against "the expected level is at most the limit", reply by reply, with the same blocks, restarts and bounds as `Evidence`.

    The bets are spread from modest excesses over the limit to large ones, since a limit is often small: a share of 1 % of toxic replies.

    >>> level = Level(alpha=0.01, limit=0.01)
    >>> level.fold([0.0] * 40 + [0.9] * 10)
    >>> level.alarm is not None
    True
    """

    __slots__ = ("limit",)

    tag = b"LEV1"
    lanes = 1

    def __init__(
        self, alpha: float, limit: float, *, horizon_pairs: int = HORIZON_PAIRS, budget: Literal["horizon", "lifetime"] = "horizon"
    ) -> None:
        self.limit = probability(limit, "a limit")
        super().__init__(alpha, _bets(self.limit), horizon_pairs, budget)

    def fold(self, levels: ArrayLike) -> None:
        """Add replies of the open block, each with its level in [0, 1]; ValueError, and nothing changed, on anything else."""
        measured = in_range(levels, 0.0, 1.0, "level of a reply")
        self._fold((measured / self.limit - 1.0)[None, :])

    @property
    def alarm(self) -> LevelAlarm | None:
        """The first alarm, kept whatever comes after it."""
        seen = self._latch
        return LevelAlarm(seen.block, seen.e_value, seen.since_block) if seen else None

    def _settings(self) -> tuple[float, int]:
        return self.limit, 0

    @classmethod
    def _made_from(cls, alpha: float, setting: float, variant: int, horizon_pairs: int, budget: Budget) -> Self:
        return cls(alpha, setting, horizon_pairs=horizon_pairs, budget="lifetime" if budget == "lifetime" else "horizon")


def level_interval(counts: ArrayLike, alpha: float = 0.01) -> tuple[float, float]:
    """Lower and upper end for the mean of levels in [0, 1], counted in a `Histogram`, at every look at once; (0, 1) without any."""
    table = np.asarray(counts)
    if table.shape != NODES.shape or table[:_MIDDLE].any():
        raise ValueError(f"a histogram of levels has {NODES.size} counts, none of them below 0")
    ends = intervals(table[None, _MIDDLE:], alpha, 2 * NODES[_MIDDLE:] - 1)[0]
    low, high = (ends + 1) / 2
    return float(low), float(high)


def _bets(limit: float) -> Floats:
    """Eight shares: for outcomes of 0 and 1, from the best bet on a level of 1.15 limits up to nearly all, whatever the limit."""
    return np.geomspace(0.15 * limit, 0.92, 8)
