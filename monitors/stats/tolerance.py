"""Two tests of the other kind: is the gap within the tolerance, and has the gap of an alarm gone? Silence proves neither; pairs do."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from monitors.stats.betting import BETS, HORIZON_PAIRS, Budget
from monitors.stats.checks import Floats, Pairs
from monitors.stats.checks import tolerance as checked_tolerance
from monitors.stats.evalue import DIRECTIONS, Direction
from monitors.stats.sequential import SequentialTest


class Within(SequentialTest):
    """Evidence against "the gap is at least the tolerance, one way or the other": two one-sided tests, both of which have to reject.

    If the gap is at least the tolerance in size all along, the chance of ever holding is at most alpha. There are no restarts: the verdict
    is about all pairs since this test began, so begin a new one for each epoch and for each renewal. With a tolerance of 0 every gap is
    at least the tolerance, and the cell is never within it but by that chance.

    >>> within = Within(alpha=0.01, tolerance=0.1)
    >>> for _ in range(4):
    ...     within.fold([0.0] * 50)
    ...     within.seal()
    >>> within.holds
    True
    """

    __slots__ = ("tolerance",)

    tag = b"WIT1"
    lanes = 2  # the gap is below the tolerance, the gap is above minus the tolerance

    def __init__(self, alpha: float, tolerance: float) -> None:
        super().__init__(alpha, BETS, HORIZON_PAIRS, "once")
        self.tolerance = checked_tolerance(tolerance)

    def fold(self, differences: ArrayLike | Pairs, tolerances: ArrayLike | None = None) -> None:
        """Add pairs of the open block; as `Evidence.fold`."""
        pairs = Pairs.of(differences, tolerances, self.tolerance)
        gaps, margins = pairs.differences, pairs.margins
        paid: Floats = np.empty((2, gaps.size))
        paid[0], paid[1] = stakes_inside(gaps, margins), stakes_inside(-gaps, margins)
        self._fold(paid)

    @property
    def e_value(self) -> float:
        """The weaker of the two sides' evidence; both have to reach 1/alpha."""
        return float(self._evidence().min())

    @property
    def holds(self) -> bool:
        """Whether a gap of the tolerance or more has been excluded, now or at an earlier look."""
        return self._latch is not None

    def _settings(self) -> tuple[float, int]:
        return self.tolerance, 0

    @classmethod
    def _made_from(cls, alpha: float, setting: float, variant: int, horizon_pairs: int, budget: Budget) -> Self:
        return cls(alpha, setting)


class Clearing(SequentialTest):
    """Evidence against "the gap of the alarm is still there": the reversed test, begun at the alarm, with the same restarts.

    Null: given all that came before, the expected difference of every pair is at least the tolerance in the alarm's direction. Then the
    chance of clearing among the first n planned pairs after the alarm is at most alpha * (1/2 + n / (2 * horizon_pairs)). The restarts make
    a fix quick to see however long the gap stood before it.
    """

    __slots__ = ("direction", "tolerance")

    tag = b"CLR1"
    lanes = 1

    def __init__(self, alpha: float, tolerance: float, direction: Direction, *, horizon_pairs: int = HORIZON_PAIRS) -> None:
        if direction not in DIRECTIONS:
            raise ValueError(f"the direction must be one of {', '.join(DIRECTIONS)}, not {direction!r}")
        super().__init__(alpha, BETS, horizon_pairs, "horizon")
        self.tolerance = checked_tolerance(tolerance)
        self.direction: Direction = direction

    def fold(self, differences: ArrayLike | Pairs, tolerances: ArrayLike | None = None) -> None:
        """Add pairs of the open block; as `Evidence.fold`."""
        pairs = Pairs.of(differences, tolerances, self.tolerance)
        gaps = pairs.differences if self.direction == "group_higher" else -pairs.differences
        self._fold(stakes_inside(gaps, pairs.margins)[None, :])

    @property
    def cleared(self) -> bool:
        """Whether the gap in the alarm's direction has been shown to be below the tolerance, now or at an earlier look."""
        return self._latch is not None

    def _settings(self) -> tuple[float, int]:
        return self.tolerance, DIRECTIONS.index(self.direction)

    @classmethod
    def _made_from(cls, alpha: float, setting: float, variant: int, horizon_pairs: int, budget: Budget) -> Self:
        return cls(alpha, setting, DIRECTIONS[variant], horizon_pairs=horizon_pairs)


def stakes_inside(gaps: Floats, margins: Floats) -> Floats:
    """What a pair pays those who bet that the gap lies below the tolerance: (tolerance - gap) / (1 - tolerance), never below -1."""
    paid: Floats = (margins - gaps) / (1.0 - margins)
    return paid
