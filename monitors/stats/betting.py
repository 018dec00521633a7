"""Restarting wealth: what several bettors own who each stake a fixed share on every pair, some of whom start afresh at every block.

A bettor with bet g meets the stakes x_1, x_2, ... (each at least -1, and at most 0 on average under the null) and multiplies its money by
1 + g x. Under the null nobody's money grows in expectation, so money never exceeds 1/alpha with more chance than alpha times the money that
was put in (Ville). Everything in this package that is "evidence" is the money of such bettors.

Products rather than sums of logarithms: one block of fifty factors neither over- nor underflows a double. The open block is held as its
sorted stakes, so the same pairs give the same bits in whatever order and portions they come.
"""

from __future__ import annotations

import math
import struct
from typing import Literal

import numpy as np

from monitors.stats.checks import Floats

BLOCK = 50
"""Pairs in a block: order is free inside it, restarts happen at its beginning."""

BETS = (0.02, 0.06, 0.15, 0.35, 0.65, 0.92)
"""The fixed shares of the bettors; each below 1, so that no pair can ruin one."""

HORIZON_PAIRS = 100_000
"""Pairs of a cell over which a budget is spread where nothing else is said."""

Budget = Literal["horizon", "lifetime", "once"]

_RICH = 1e200  # beyond this more money changes no verdict and could overflow
_SERIES = 2.1098  # just above the sum over j >= 2 of 1 / (j ln(j)^2) = 2.10974, so that a lifetime's restarts stay within their half
_HEADER = struct.Struct("<BBHQQd")


def start_mass(block: int, budget: Budget, horizon_pairs: int) -> float:
    """Money of each bettor that starts with `block`: half for those of the first block, the other half spread over the later ones.

    `horizon` spreads it evenly over `horizon_pairs` and goes on at that rate; `lifetime` thins it out so that it is never used up; `once`
    gives all of it to the first block and lets nobody start later.
    """
    if budget == "once":
        return float(block == 0)
    if block == 0:
        return 0.5
    if budget == "horizon":
        return 0.5 * BLOCK / horizon_pairs
    return 0.5 / (_SERIES * (block + 1) * math.log(block + 1) ** 2)


def chance_spent(pairs: float, budget: Budget, horizon_pairs: int = HORIZON_PAIRS) -> float:
    """Bound on the chance of a false verdict among a cell's first `pairs`, in units of its alpha.

    >>> chance_spent(100_000, "horizon"), chance_spent(300_000, "horizon"), chance_spent(300_000, "lifetime")
    (1.0, 2.0, 1.0)
    """
    return 0.5 + pairs / (2 * horizon_pairs) if budget == "horizon" else 1.0


class Bettors:
    """The money of every bet in every lane (a lane is one hypothesis), with the open block's stakes and the richest start of each bet.

    `bets` holds the shares; `head` is the money of each bettor at the beginning. Nothing is checked here: the tests that own it do.
    """

    __slots__ = ("_best", "_open", "_product", "_since", "_wealth", "bets", "block", "in_block", "pairs", "spent")

    def __init__(self, lanes: int, bets: Floats, head: float) -> None:
        self.bets = bets
        self.block = 0
        self.in_block = 0
        self.pairs = 0
        self.spent = head
        self._wealth: Floats = np.full((lanes, bets.size), head)
        self._best: Floats = self._wealth.copy()
        self._since = np.zeros((lanes, bets.size), dtype=np.int64)
        self._open: Floats = np.empty((lanes, 0))
        self._product: Floats = np.ones((lanes, bets.size))

    def fold(self, stakes: Floats) -> None:
        """Add pairs to the open block: `stakes` has a row for each lane and a column for each pair."""
        stakes = stakes + 0.0  # makes one zero of two, and a copy
        self._open = np.concatenate([self._open, stakes], axis=1) if self.in_block else stakes
        self._open.sort(axis=1)
        self.in_block += stakes.shape[1]
        self.pairs += stakes.shape[1]
        self._product = self._of_open_block()

    def seal(self, mass: float) -> None:
        """Close the open block; the next one begins with a new bettor of `mass` at every bet."""
        self._wealth = self.live() + mass
        self._best = np.minimum(self._best * self._product, _RICH)
        self.spent += mass
        self.block += 1
        if mass:
            fresh = self._best < mass
            self._best[fresh] = mass
            self._since[fresh] = self.block
        self._open = np.empty((len(self._wealth), 0))
        self._product = np.ones_like(self._wealth)
        self.in_block = 0

    def live(self) -> Floats:
        """Money now, sealed blocks and open one together; shape (lanes, bets)."""
        return np.minimum(self._wealth * self._product, _RICH)

    def richest_start(self, lane: int) -> int:
        """Block at which the richest single bettor of `lane` started; 0 is the very beginning."""
        return int(self._since[lane, np.argmax(self._best[lane] * self._product[lane])])

    def snapshot(self) -> bytes:
        """All of the state; `restored` gives it back bit for bit."""
        lanes, bets = self._wealth.shape
        header = _HEADER.pack(lanes, bets, self.in_block, self.block, self.pairs, self.spent)
        floats = (self.bets, self._wealth, self._best, self._open)
        return header + b"".join(a.astype("<f8").tobytes() for a in floats) + self._since.astype("<i8").tobytes()

    @classmethod
    def restored(cls, state: bytes) -> Bettors:
        """The inverse of `snapshot`; ValueError if `state` is not of the right length."""
        if len(state) < _HEADER.size:
            raise ValueError("a snapshot of bettors was cut short")
        lanes, bets, in_block, block, pairs, spent = _HEADER.unpack_from(state)
        shapes = ((bets,), (lanes, bets), (lanes, bets), (lanes, in_block), (lanes, bets))
        sizes = [int(np.prod(shape)) for shape in shapes]
        if len(state) != _HEADER.size + 8 * sum(sizes):
            raise ValueError(f"a snapshot of bettors has {len(state)} bytes where {_HEADER.size + 8 * sum(sizes)} are expected")
        ends = np.cumsum(sizes) * 8 + _HEADER.size
        parts = [state[end - 8 * size : end] for end, size in zip(ends, sizes, strict=True)]
        floats = [np.frombuffer(part, "<f8").reshape(shape).astype(np.float64) for part, shape in zip(parts[:4], shapes[:4], strict=True)]
        self = cls(lanes, floats[0], spent)
        self.block, self.in_block, self.pairs = block, in_block, pairs
        self._wealth, self._best, self._open = floats[1:]
        self._since = np.frombuffer(parts[4], "<i8").reshape(shapes[4]).astype(np.int64)
        self._product = self._of_open_block()
        return self

    def _of_open_block(self) -> Floats:
        with np.errstate(over="ignore"):  # at extreme tolerances fifty factors can; the bound then understates the evidence
            product = np.multiply.reduce(1.0 + self.bets[:, None] * self._open[:, None, :], axis=-1)
        limited: Floats = np.minimum(product, 1e100)
        return limited
