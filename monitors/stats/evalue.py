"""The test of one cell: is the gap beyond the tolerance? By betting, at any look, with restarts, whatever the law of the differences."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from monitors.stats.betting import BETS, BLOCK, Bettors, Budget, start_mass
from monitors.stats.checks import Floats, in_range, one_each, probability
from monitors.stats.checks import tolerance as checked_tolerance

Direction = Literal["group_higher", "group_lower"]
DIRECTIONS: tuple[Direction, Direction] = ("group_higher", "group_lower")
BUDGETS: tuple[Budget, Budget] = ("horizon", "lifetime")

_HEADER = struct.Struct("<4sddQBBBQdQ")
_TAG = b"EVI1"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A gap beyond the tolerance, as it stood when the evidence first sufficed.

    `since_block` is the restart with the largest wealth: 0 if the gap was there from the start, else about where it began.
    """

    direction: Direction
    block: int
    e_value: float
    since_block: int


class Evidence:
    """Evidence against "the gap lies within the tolerance", pair by pair, in blocks of 50 by planned sequence number.

    Null: given all that came before, the expected difference of every pair is at most its tolerance in size. Then the chance of an alarm
    among the first n planned pairs is at most alpha * (1/2 + n / (2 * horizon_pairs)) with the budget `horizon`, and at most alpha for ever
    with `lifetime`, at every n at once and for every law of the differences on [-1, 1] (supermartingale less the money put in; Ville).

    The bound holds for looks that do not choose their pairs by outcome: fold a block whole, or a prefix of it in order of sequence number.
    Given that, order and portions change not a bit of the state. Sealing is by sequence number as well, so a block may be short.

    >>> evidence = Evidence(alpha=0.01, tolerance=0.02)
    >>> for _ in range(2):
    ...     evidence.fold([1.0, 0.0] * 25)
    ...     evidence.seal()
    >>> evidence.alarm.direction, evidence.alarm.since_block, evidence.pairs
    ('group_higher', 0, 100)
    """

    __slots__ = ("_alarm", "_bettors", "alpha", "budget", "horizon_pairs", "tolerance")

    def __init__(self, alpha: float, tolerance: float, *, horizon_pairs: int = 100_000, budget: Budget = "horizon") -> None:
        if horizon_pairs < BLOCK:
            raise ValueError(f"the horizon must hold at least one block of {BLOCK} pairs, not {horizon_pairs} pairs")
        if budget not in BUDGETS:
            raise ValueError(f"the budget is one of {', '.join(BUDGETS)}, not {budget!r}")
        self.alpha = probability(alpha)
        self.tolerance = checked_tolerance(tolerance)
        self.horizon_pairs = horizon_pairs
        self.budget: Budget = budget
        self._alarm: Alarm | None = None
        self._bettors = Bettors(2, np.array(BETS), start_mass(0, budget, horizon_pairs))

    def fold(self, differences: ArrayLike, tolerances: ArrayLike | None = None) -> None:
        """Add pairs of the open block: group minus reference, each in [-1, 1], with a tolerance each where pairs of several cells meet.

        ValueError, and nothing changed, on NaN, on a number out of range and on more pairs than the block has room for.
        """
        gaps = in_range(differences, -1.0, 1.0, "difference of a pair")
        margins = one_each(tolerances, self.tolerance, gaps.size)
        if gaps.size > self._bettors.room:
            raise ValueError(f"{gaps.size} pairs for a block with room for {self._bettors.room}")
        if gaps.size:
            self._bettors.fold(stakes_beyond(gaps, margins))
            self._look()

    def seal(self) -> None:
        """Close the open block, full or short; the next begins, with a restart."""
        self._bettors.seal(start_mass(self._bettors.block + 1, self.budget, self.horizon_pairs))
        self._look()

    @property
    def e_value(self) -> float:
        """Evidence against the null: the mean of both directions. An alarm at 1/alpha."""
        return (self.e_up + self.e_down) / 2

    @property
    def e_up(self) -> float:
        """Evidence that the group's outcome is higher by more than the tolerance."""
        return float(self._bettors.live()[0].mean()) + self._unspent

    @property
    def e_down(self) -> float:
        """Evidence that the group's outcome is lower by more than the tolerance."""
        return float(self._bettors.live()[1].mean()) + self._unspent

    @property
    def alarm(self) -> Alarm | None:
        """The first alarm, kept whatever comes after it."""
        return self._alarm

    @property
    def pairs(self) -> int:
        """Pairs folded so far."""
        return self._bettors.pairs

    @property
    def blocks(self) -> int:
        """Blocks sealed so far."""
        return self._bettors.block

    @property
    def room(self) -> int:
        """How many more pairs the open block holds."""
        return self._bettors.room

    @property
    def spent(self) -> float:
        """Bound on the chance of a false alarm so far, in units of alpha; the expected e-value under the null is at most this, or 1."""
        return self._bettors.spent

    @property
    def _unspent(self) -> float:
        return 1.0 - self._bettors.spent if self.budget == "lifetime" else 0.0

    def _look(self) -> None:
        if self._alarm is None and self.e_value >= 1 / self.alpha:
            lane = int(self.e_down > self.e_up)
            self._alarm = Alarm(DIRECTIONS[lane], self._bettors.block, self.e_value, self._bettors.richest_start(lane))

    def snapshot(self) -> bytes:
        """All of the state, about a kilobyte; `restore` gives it back bit for bit."""
        a = self._alarm
        latched = (1, DIRECTIONS.index(a.direction), a.block, a.e_value, a.since_block) if a else (0, 0, 0, 0.0, 0)
        head = _HEADER.pack(_TAG, self.alpha, self.tolerance, self.horizon_pairs, BUDGETS.index(self.budget), *latched)
        return head + self._bettors.snapshot()

    @classmethod
    def restore(cls, state: bytes) -> Evidence:
        """The inverse of `snapshot`; ValueError on bytes of another kind, another version or another length."""
        if len(state) < _HEADER.size or state[:4] != _TAG:
            raise ValueError(f"not a snapshot of evidence: {state[:4]!r} where {_TAG!r} is expected")
        _, alpha, margin, horizon, budget, alarmed, lane, block, e_value, since = _HEADER.unpack_from(state)
        self = cls(alpha, margin, horizon_pairs=horizon, budget=BUDGETS[budget])
        self._bettors = Bettors.restored(state[_HEADER.size :])
        self._alarm = Alarm(DIRECTIONS[lane], block, e_value, since) if alarmed else None
        return self


def stakes_beyond(gaps: Floats, margins: Floats) -> Floats:
    """What a pair pays those who bet on higher (row 0) and on lower (row 1): (+-gap - tolerance) / (1 + tolerance), never below -1."""
    return np.stack([gaps - margins, -gaps - margins]) / (1.0 + margins)
