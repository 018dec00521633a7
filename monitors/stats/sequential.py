"""What the sequential tests have in common: blocks, a budget, a latch and a snapshot. Each test says what a pair pays its bettors."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from monitors.stats.betting import BLOCK, Bettors, Budget, start_mass
from monitors.stats.checks import Floats, probability

_BUDGETS: tuple[Budget, ...] = ("horizon", "lifetime", "once")
_HEADER = struct.Struct("<4sddQBB")
_LATCH = struct.Struct("<BBQdQ")


@dataclass(frozen=True, slots=True)
class Latch:
    """How a test stood when its evidence first reached 1/alpha; `lane` is the hypothesis with most of it."""

    lane: int
    block: int
    e_value: float
    since_block: int


class SequentialTest(ABC):
    """A test by betting, in blocks of 50 by planned sequence number, latched when its evidence reaches 1/alpha.

    The bound on a false verdict holds for looks that do not choose their pairs by outcome: fold a block whole, or a prefix of it in order
    of sequence number. Given that, order and portions inside a block change no bit of the evidence; the latch notes the look at which it
    fell. A block may be sealed short.
    """

    __slots__ = ("_bettors", "_latch", "alpha", "budget", "horizon_pairs")

    tag: ClassVar[bytes]  # four bytes: the kind of test and the version of its snapshot
    lanes: ClassVar[int]

    def __init__(self, alpha: float, bets: tuple[float, ...] | Floats, horizon_pairs: int, budget: Budget) -> None:
        if horizon_pairs < BLOCK:
            raise ValueError(f"the horizon must hold at least one block of {BLOCK} pairs, not {horizon_pairs} pairs")
        if budget not in _BUDGETS:
            raise ValueError(f"the budget must be one of {', '.join(_BUDGETS)}, not {budget!r}")
        self.alpha = probability(alpha)
        self.horizon_pairs = horizon_pairs
        self.budget: Budget = budget
        self._latch: Latch | None = None
        self._bettors = Bettors(self.lanes, np.asarray(bets, dtype=np.float64), start_mass(0, budget, horizon_pairs))

    def seal(self) -> None:
        """Close the open block, full or short; the next begins, with a restart where the budget has one."""
        mass = start_mass(self._bettors.block + 1, self.budget, self.horizon_pairs)
        self._bettors.seal(mass)
        if mass:  # without it there is no more evidence than at the last look
            self._look()

    @property
    def e_value(self) -> float:
        """Evidence against the null; the verdict falls at 1/alpha."""
        return float(np.add.reduce(self._evidence()) / self.lanes)

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
        return BLOCK - self._bettors.in_block

    @property
    def spent(self) -> float:
        """Bound on the chance of a false verdict so far, in units of alpha: under the null the evidence is no larger in expectation."""
        return max(self._bettors.spent, 1.0) if self.budget == "lifetime" else self._bettors.spent

    def _fold(self, stakes: Floats) -> None:
        """Add pairs to the open block; `stakes` (lanes, pairs) are at least -1. ValueError if the block has no room for them."""
        pairs = stakes.shape[1]
        if pairs > self.room:
            raise ValueError(f"{pairs} pairs for a block with room for {self.room}")
        if pairs:
            self._bettors.fold(stakes)
            self._look()

    def _evidence(self) -> Floats:
        """Evidence of each lane: the mean money of its bettors, and what a lifetime's budget still holds back."""
        money: Floats = np.add.reduce(self._bettors.live(), axis=1) / self._bettors.bets.size
        return money + (1.0 - self._bettors.spent) if self.budget == "lifetime" else money

    def _look(self) -> None:
        if self._latch is None and self.e_value >= 1 / self.alpha:
            lane = int(np.argmax(self._evidence()))
            self._latch = Latch(lane, self._bettors.block, self.e_value, self._bettors.richest_start(lane))

    @abstractmethod
    def _settings(self) -> tuple[float, int]:
        """What `_made_from` needs to make the like: the tolerance or limit, and a small whole number for anything else."""

    @classmethod
    @abstractmethod
    def _made_from(cls, alpha: float, setting: float, variant: int, horizon_pairs: int, budget: Budget) -> Self:
        """A fresh test of this kind with these settings."""

    def snapshot(self) -> bytes:
        """All of the state, one or two kilobytes; `restore` gives it back bit for bit."""
        setting, variant = self._settings()
        head = _HEADER.pack(self.tag, self.alpha, setting, self.horizon_pairs, _BUDGETS.index(self.budget), variant)
        seen = self._latch
        latch = _LATCH.pack(1, seen.lane, seen.block, seen.e_value, seen.since_block) if seen else _LATCH.pack(0, 0, 0, 0.0, 0)
        return head + latch + self._bettors.snapshot()

    @classmethod
    def restore(cls, state: bytes) -> Self:
        """The inverse of `snapshot`; ValueError on bytes of another kind, another version or another length."""
        ends = _HEADER.size, _HEADER.size + _LATCH.size
        if len(state) < ends[1] or state[:4] != cls.tag:
            raise ValueError(f"not a snapshot of this test: {state[:4]!r} where {cls.tag!r} is expected")
        _, alpha, setting, horizon_pairs, budget, variant = _HEADER.unpack_from(state)
        latched, *seen = _LATCH.unpack_from(state, ends[0])
        self = cls._made_from(alpha, setting, variant, horizon_pairs, _BUDGETS[budget])
        self._bettors = Bettors.restored(state[ends[1] :])
        self._latch = Latch(*seen) if latched else None
        return self
