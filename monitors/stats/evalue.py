"""The test of one cell: is the gap beyond the tolerance? By betting, at any look, with restarts, whatever the law of the differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from monitors.stats.betting import BETS, HORIZON_PAIRS, Budget
from monitors.stats.checks import Floats, Pairs
from monitors.stats.checks import tolerance as checked_tolerance
from monitors.stats.sequential import SequentialTest

Direction = Literal["group_higher", "group_lower"]
DIRECTIONS: tuple[Direction, Direction] = ("group_higher", "group_lower")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A gap beyond the tolerance, as it stood when the evidence first sufficed.

    `block` is the block that was open, `since_block` the restart with the largest wealth: 0 if the gap was there from the start, else about
    where it began.
    """

    direction: Direction
    block: int
    e_value: float
    since_block: int


class Evidence(SequentialTest):
    """Evidence against "the gap lies within the tolerance", pair by pair, in blocks of 50 by planned sequence number.

    Null: given all that came before, the expected difference of every pair is at most its tolerance in size. Then the chance of an alarm
    among the first n planned pairs is at most alpha * (1/2 + n / (2 * horizon_pairs)) with the budget `horizon`, and at most alpha for ever
    with `lifetime`, at every n at once and for every law of the differences on [-1, 1] (supermartingale less the money put in; Ville).

    The bound holds for looks that do not choose their pairs by outcome: fold a block whole, or a prefix of it in order of sequence number.
    Given that, order and portions inside a block change no bit of the evidence; an alarm notes the look at which it fell. A block may be
    sealed short.

    >>> evidence = Evidence(alpha=0.01, tolerance=0.02)
    >>> for _ in range(2):
    ...     evidence.fold([1.0, 0.0] * 25)
    ...     evidence.seal()
    >>> evidence.alarm.direction, evidence.alarm.since_block, evidence.pairs
    ('group_higher', 0, 100)
    """

    __slots__ = ("tolerance",)

    tag = b"EVI1"
    lanes = 2  # the group is higher, the group is lower

    def __init__(
        self, alpha: float, tolerance: float, *, horizon_pairs: int = HORIZON_PAIRS, budget: Literal["horizon", "lifetime"] = "horizon"
    ) -> None:
        super().__init__(alpha, BETS, horizon_pairs, budget)
        self.tolerance = checked_tolerance(tolerance)

    def fold(self, differences: ArrayLike | Pairs, tolerances: ArrayLike | None = None) -> None:
        """Add pairs of the open block: group minus reference, each in [-1, 1], with a tolerance each where pairs of several cells meet.

        ValueError, and nothing changed, on NaN, on a number out of range and on more pairs than the block has room for.
        """
        pairs = Pairs.of(differences, tolerances, self.tolerance)
        self._fold(stakes_beyond(pairs.differences, pairs.margins))

    @property
    def e_up(self) -> float:
        """Evidence that the group's outcome is higher by more than the tolerance; `e_value` is the mean of both directions."""
        return float(self._evidence()[0])

    @property
    def e_down(self) -> float:
        """Evidence that the group's outcome is lower by more than the tolerance; `e_value` is the mean of both directions."""
        return float(self._evidence()[1])

    @property
    def alarm(self) -> Alarm | None:
        """The first alarm, kept whatever comes after it."""
        seen = self._latch
        return Alarm(DIRECTIONS[seen.lane], seen.block, seen.e_value, seen.since_block) if seen else None

    def _settings(self) -> tuple[float, int]:
        return self.tolerance, 0

    @classmethod
    def _made_from(cls, alpha: float, setting: float, variant: int, horizon_pairs: int, budget: Budget) -> Self:
        return cls(alpha, setting, horizon_pairs=horizon_pairs, budget="lifetime" if budget == "lifetime" else "horizon")


def stakes_beyond(gaps: Floats, margins: Floats) -> Floats:
    """What a pair pays those who bet on higher (row 0) and on lower (row 1): (+-gap - tolerance) / (1 + tolerance), never below -1."""
    paid: Floats = np.empty((2, *gaps.shape))
    np.subtract(gaps, margins, out=paid[0])
    np.subtract(-gaps, margins, out=paid[1])
    paid /= 1.0 + margins
    return paid
