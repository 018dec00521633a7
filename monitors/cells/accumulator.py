"""What one cell has seen: folded block by block from the store's log, and restored from its snapshots."""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from gateway.exchange import Draw
from monitors.stats.checks import Floats, Pairs
from monitors.stats.evalue import Evidence
from monitors.stats.histogram import Histogram, between_nodes
from monitors.stats.tolerance import Clearing, Within
from monitors.store.blocks import Bet
from monitors.store.cells import CellRow, Reserve

RECENT_BLOCKS = 20
WITHIN_DAYS, WITHIN_BETS = 30, 20_000
"""How long "within tolerance" is said without being shown anew."""

_DAY_MS = 86_400_000
_HEAD = struct.Struct("<4sIdIIIIBIIQ")
_TAG = b"CEL2"
_FIRST_HEAD, _FIRST_TAG = struct.Struct("<4sIdIIIIB"), b"CEL1"  # before tests began anew in the middle and verdicts ran out


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What every cell's test shares: the budget of alpha, the key of the histogram's coins, and the alpha of what begins later."""

    budget: Literal["horizon", "lifetime"]
    secret: bytes
    reserve: Reserve


class Accumulator:
    """What one cell has seen in its sealed blocks.

    The test runs through all of them from ``test_from`` on; interval and ``within`` belong to the epoch. Once the cell was within its
    tolerance, that is said until so many bets of the epoch and that time, and is being shown anew meanwhile.
    """

    __slots__ = (
        *("bets", "clearing", "epoch_id", "evidence", "histogram", "recent", "test_from", "total"),
        *("within", "within_until_bets", "within_until_ms"),
    )

    def __init__(self, evidence: Evidence, within: Within, clearing: Clearing | None = None) -> None:
        self.evidence, self.within, self.clearing = evidence, within, clearing
        self.histogram = Histogram()
        self.recent: list[Histogram] = []
        self.epoch_id, self.bets, self.total, self.test_from = 0, 0, 0.0, 0
        self.within_until_bets, self.within_until_ms = 0, 0

    @classmethod
    def begin(cls, cell: CellRow, options: CellOptions) -> "Accumulator":
        """A cell without data."""
        tolerance = cell.spec.tolerance
        self = cls(Evidence(cell.alpha, tolerance, budget=options.budget), Within(cell.alpha, tolerance))
        self.test_from = cell.test_from
        return self

    def fold(self, bets: Sequence[Bet], secret: bytes) -> None:
        """Fold one whole block in sequence order and seal it; void bets have their number and nothing else.

        ValueError, and nothing changed, on a difference or tolerance out of its range.
        """
        valued = _Columns.of([bet for bet in bets if bet.difference is not None])
        epochs = {bet.epoch_id for bet in valued.bets}
        if (newest := max(epochs, default=0)) > self.epoch_id:
            self._begin_epoch(newest)
        tested = current = within = valued
        if self.test_from:
            tested = within = valued.only(lambda bet: bet.seq >= self.test_from)
        if len(epochs) > 1 or newest != self.epoch_id:
            current, within = (some.only(lambda bet: bet.epoch_id == self.epoch_id) for some in (valued, tested))
        self._test(tested)
        self._show_within(within)
        block = Histogram()
        block.add(current.pairs.differences, _coins(current, secret))
        self.histogram.merge(block)
        self.recent = [*self.recent[1 - RECENT_BLOCKS :], block]
        self.bets += len(current.bets)
        self.total += math.fsum(current.pairs.differences)

    def _test(self, tested: "_Columns") -> None:
        self.evidence.fold(tested.pairs)
        self.evidence.seal()
        if self.clearing is not None:
            self.clearing.fold(tested.pairs)
            self.clearing.seal()
        elif (alarm := self.evidence.alarm) is not None:
            self.clearing = Clearing(self.evidence.alpha, self.evidence.tolerance, alarm.direction)

    def _show_within(self, current: "_Columns") -> None:
        self.within.fold(current.pairs)
        self.within.seal()
        if self.within.holds:
            self.within_until_bets = self.bets + len(current.bets) + WITHIN_BETS
            self.within_until_ms = max((bet.closed_ms for bet in current.bets), default=0) + WITHIN_DAYS * _DAY_MS
            self.within = Within(self.within.alpha, self.within.tolerance)

    def is_within(self, now_ms: int) -> bool:
        """Whether a gap beyond the tolerance is excluded, as shown not too long ago in this epoch."""
        return self.bets < self.within_until_bets and now_ms < self.within_until_ms

    def _begin_epoch(self, epoch_id: int) -> None:
        self.epoch_id, self.bets, self.total = epoch_id, 0, 0.0
        self.histogram, self.recent = Histogram(), []
        self._begin_within()

    def _begin_within(self) -> None:
        self.within = Within(self.evidence.alpha, self.evidence.tolerance)
        self.within_until_bets, self.within_until_ms = 0, 0

    def restart(self, cell: CellRow, options: CellOptions) -> None:
        """Begin the test anew, with the alpha and tolerance of the cell's row and on its bets from ``test_from``; the interval goes on."""
        self.evidence = Evidence(cell.alpha, cell.spec.tolerance, budget=options.budget)
        self.clearing, self.test_from = None, cell.test_from
        self._begin_within()

    @property
    def window(self) -> Histogram:
        """The last 20 sealed blocks of the epoch."""
        window = Histogram()
        for block in self.recent:
            window.merge(block)
        return window

    def snapshot(self) -> bytes:
        """All of the state; ``restore`` gives it back bit for bit."""
        evidence, within = self.evidence.snapshot(), self.within.snapshot()
        clearing = b"" if self.clearing is None else self.clearing.snapshot()
        sizes = (len(evidence), len(within), len(clearing), len(self.recent))
        since = (self.test_from, self.within_until_bets, self.within_until_ms)
        head = _HEAD.pack(_TAG, self.epoch_id, self.total, self.bets, *sizes, *since)
        recent = b"".join(block.counts.astype(np.uint8).tobytes() for block in self.recent)
        return head + evidence + within + clearing + self.histogram.counts.astype("<u4").tobytes() + recent

    @classmethod
    def restore(cls, state: bytes) -> "Accumulator":
        """The inverse of ``snapshot``; ValueError on bytes of another kind or version."""
        if state[:4] not in (_TAG, _FIRST_TAG):
            raise ValueError(f"not the state of a cell: {state[:4]!r} where {_TAG!r} is expected")
        head = _HEAD if state[:4] == _TAG else _FIRST_HEAD
        _, epoch_id, total, bets, *sizes, recent, test_from, until_bets, until_ms = (*head.unpack_from(state), 0, 0, 0)[:11]
        ends = np.cumsum([head.size, *sizes]).tolist()
        evidence, within, clearing = (state[begin:end] for begin, end in pairwise(ends))
        self = cls(Evidence.restore(evidence), Within.restore(within), Clearing.restore(clearing) if clearing else None)
        at = ends[-1]
        nodes = self.histogram.counts.size
        self.histogram = Histogram(np.frombuffer(state, "<u4", nodes, at).astype(np.int64))
        rows = np.frombuffer(state, np.uint8, recent * nodes, at + 4 * nodes).reshape(recent, nodes)
        self.recent = [Histogram(row.astype(np.int64)) for row in rows]
        self.epoch_id, self.bets, self.total, self.test_from = epoch_id, bets, total, test_from
        self.within_until_bets, self.within_until_ms = until_bets, until_ms
        return self


@dataclass(frozen=True, slots=True)
class _Columns:
    """Bets that have a value, and what the tests fold of them."""

    bets: Sequence[Bet]
    pairs: Pairs

    @classmethod
    def of(cls, bets: Sequence[Bet]) -> "_Columns":
        """ValueError on a difference or tolerance out of its range."""
        differences = np.array([bet.difference for bet in bets], dtype=float)
        return cls(bets, Pairs.of(differences, np.array([bet.tolerance for bet in bets], dtype=float)))

    def only(self, wanted: Callable[[Bet], bool]) -> "_Columns":
        """Those of some of the bets."""
        return _Columns.of([bet for bet in self.bets if wanted(bet)])


def _coins(columns: _Columns, secret: bytes) -> Floats:
    """The histogram's coins: a hash of the pair's id where one is needed, which is dear beside all else that a pair costs."""
    coins: Floats = np.zeros(len(columns.bets))
    apart = np.flatnonzero(between_nodes(columns.pairs.differences))
    if apart.size:
        draw = Draw(secret, "histogram")
        coins[apart] = [draw(columns.bets[place].pair_id) for place in apart.tolist()]
    return coins
