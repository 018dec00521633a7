"""A cell's accumulators: folded block by block from the store's log, restored from its snapshots, and shown as views."""

import math
import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from gateway.exchange import Draw
from monitors.stats.checks import Floats
from monitors.stats.confseq import intervals
from monitors.stats.evalue import Evidence
from monitors.stats.histogram import Histogram, between_nodes
from monitors.stats.tolerance import Clearing, Within
from monitors.store import blocks
from monitors.store.blocks import AlarmRow, Bet
from monitors.store.cells import CellRow, Reserve, all_cells, counts_of, renew_alpha

RECENT_BLOCKS = 20
_HEAD = struct.Struct("<4sIdIIIIB")
_TAG = b"CEL1"


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What every cell's test shares: the budget of alpha, the key of the histogram's coins, and the alpha of what begins later."""

    budget: Literal["horizon", "lifetime"]
    secret: bytes
    reserve: Reserve


class Accumulator:
    """What one cell has seen in its sealed blocks. The test runs through all of them, interval and ``within`` belong to the epoch."""

    __slots__ = ("bets", "clearing", "epoch_id", "evidence", "histogram", "recent", "total", "within")

    def __init__(self, evidence: Evidence, within: Within, clearing: Clearing | None = None) -> None:
        self.evidence, self.within, self.clearing = evidence, within, clearing
        self.histogram = Histogram()
        self.recent: list[Histogram] = []
        self.epoch_id, self.bets, self.total = 0, 0, 0.0

    @classmethod
    def begin(cls, cell: CellRow, options: CellOptions) -> "Accumulator":
        """A cell without data."""
        tolerance = cell.spec.tolerance
        return cls(Evidence(cell.alpha, tolerance, budget=options.budget), Within(cell.alpha, tolerance))

    def fold(self, bets: Sequence[Bet], secret: bytes) -> None:
        """Fold one whole block in sequence order and seal it; void bets have their number and nothing else."""
        valued = [bet for bet in bets if bet.difference is not None]
        newest = max((bet.epoch_id for bet in valued), default=self.epoch_id)
        if newest > self.epoch_id:
            self._begin_epoch(newest)
        differences = np.array([bet.difference for bet in valued], dtype=float)
        tolerances = np.array([bet.tolerance for bet in valued], dtype=float)
        self.evidence.fold(differences, tolerances)
        self.evidence.seal()
        if self.clearing is not None:
            self.clearing.fold(differences, tolerances)
            self.clearing.seal()
        elif (alarm := self.evidence.alarm) is not None:
            self.clearing = Clearing(self.evidence.alpha, self.evidence.tolerance, alarm.direction)
        current = np.array([bet.epoch_id == self.epoch_id for bet in valued], dtype=bool)
        self.within.fold(differences[current], tolerances[current])
        self.within.seal()
        block = Histogram()
        block.add(
            differences[current], _coins([bet.pair_id for bet in valued if bet.epoch_id == self.epoch_id], differences[current], secret)
        )
        self.histogram.merge(block)
        self.recent = [*self.recent[1 - RECENT_BLOCKS :], block]
        self.bets += int(current.sum())
        self.total += math.fsum(differences[current])

    def _begin_epoch(self, epoch_id: int) -> None:
        self.epoch_id, self.bets, self.total = epoch_id, 0, 0.0
        self.histogram, self.recent = Histogram(), []
        self.within = Within(self.evidence.alpha, self.evidence.tolerance)

    def restart(self, alpha: float, options: CellOptions) -> None:
        """Begin the test anew, after its alarm was cleared."""
        self.evidence = Evidence(alpha, self.evidence.tolerance, budget=options.budget)
        self.clearing = None

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
        head = _HEAD.pack(_TAG, self.epoch_id, self.total, self.bets, len(evidence), len(within), len(clearing), len(self.recent))
        recent = b"".join(block.counts.astype(np.uint8).tobytes() for block in self.recent)
        return head + evidence + within + clearing + self.histogram.counts.astype("<u4").tobytes() + recent

    @classmethod
    def restore(cls, state: bytes) -> "Accumulator":
        """The inverse of ``snapshot``; ValueError on bytes of another kind or version."""
        tag, epoch_id, total, bets, *sizes, recent = _HEAD.unpack_from(state)
        if tag != _TAG:
            raise ValueError(f"not the state of a cell: {tag!r} where {_TAG!r} is expected")
        ends = np.cumsum([_HEAD.size, *sizes]).tolist()
        evidence, within, clearing = (state[begin:end] for begin, end in pairwise(ends))
        self = cls(Evidence.restore(evidence), Within.restore(within), Clearing.restore(clearing) if clearing else None)
        at = ends[-1]
        nodes = self.histogram.counts.size
        self.histogram = Histogram(np.frombuffer(state, "<u4", nodes, at).astype(np.int64))
        rows = np.frombuffer(state, np.uint8, recent * nodes, at + 4 * nodes).reshape(recent, nodes)
        self.recent = [Histogram(row.astype(np.int64)) for row in rows]
        self.epoch_id, self.bets, self.total = epoch_id, bets, total
        return self


def _coins(pair_ids: Sequence[str], differences: Floats, secret: bytes) -> Floats:
    """The histogram's coins: a hash of the pair's id where one is needed, which is dear beside all else that a pair costs."""
    coins: Floats = np.zeros(len(pair_ids))
    apart = np.flatnonzero(between_nodes(differences))
    if apart.size:
        draw = Draw(secret, "histogram")
        coins[apart] = [draw(pair_ids[place]) for place in apart.tolist()]
    return coins


@dataclass(frozen=True, slots=True)
class Sealed:
    """A cell after its blocks were sealed: accumulators, its row (alpha may be new), and its alarm if one is latched."""

    accumulator: Accumulator
    cell: CellRow
    alarm: AlarmRow | None


class CellBook:
    """All cells with their accumulators in memory: written by the store's writing thread, replaced whole and never changed in place."""

    def __init__(self, options: CellOptions) -> None:
        self.options = options
        self.cells: dict[int, CellRow] = {}
        self.accumulators: dict[int, Accumulator] = {}
        self.alarms: dict[int, AlarmRow] = {}
        self._by_key: dict[tuple[str, ...], int] = {}

    def load(self, db: sqlite3.Connection) -> None:
        """Read every cell, its last snapshot and its alarm; a cell whose tolerance changed begins a new test and keeps its interval."""
        self.cells = {cell.id: cell for cell in all_cells(db)}
        self._by_key = {cell.spec.key: cell.id for cell in self.cells.values()}
        self.alarms = blocks.alarms(db)
        kept = blocks.snapshots(db)
        for cell in self.cells.values():
            fresh = Accumulator.begin(cell, self.options)
            if cell.id not in kept:
                self.accumulators[cell.id] = fresh
                continue
            accumulator = Accumulator.restore(kept[cell.id])
            if accumulator.evidence.tolerance != cell.spec.tolerance:
                accumulator.evidence, accumulator.within, accumulator.clearing = fresh.evidence, fresh.within, None
                if (alarm := self.alarms.get(cell.id)) is not None:
                    accumulator.clearing = Clearing(cell.alpha, cell.spec.tolerance, alarm.direction)
            self.accumulators[cell.id] = accumulator

    def find(self, key: tuple[str, ...]) -> CellRow | None:
        """The cell of this identity (``CellSpec.key``)."""
        cell_id = self._by_key.get(key)
        return None if cell_id is None else self.cells[cell_id]

    def seal(self, db: sqlite3.Connection, touched: set[int], now_ms: int) -> dict[int, Sealed]:
        """Fold every block that is whole among the touched cells and write it; adopt the result once the transaction is committed."""
        staged: dict[int, Sealed] = {}
        for cell_id in sorted(touched):
            while (found := blocks.next_whole_block(db, cell_id)) is not None:
                before = staged.get(cell_id) or Sealed(self.accumulators[cell_id], self.cells[cell_id], self.alarms.get(cell_id))
                block, bets = found
                accumulator = Accumulator.restore(before.accumulator.snapshot())
                accumulator.fold(bets, self.options.secret)
                staged[cell_id] = self._judge(db, before, accumulator, now_ms)
                blocks.write_seal(db, cell_id, block, accumulator.snapshot())
        return staged

    def _judge(self, db: sqlite3.Connection, before: Sealed, accumulator: Accumulator, now_ms: int) -> Sealed:
        """Latch a new alarm; clear one that the reversed test refutes, and begin the test anew from the reserve of alpha."""
        cell, found = before.cell, accumulator.evidence.alarm
        if before.alarm is None and found is not None:
            pairs = sum(count.pairs for count in counts_of(db, cell.id))
            alarm = AlarmRow(now_ms, found.direction, pairs, found.since_block, found.e_value)
            blocks.raise_alarm(db, cell.id, alarm)
            return Sealed(accumulator, cell, alarm)
        if before.alarm is not None and accumulator.clearing is not None and accumulator.clearing.cleared:
            blocks.clear_alarm(db, cell.id, "evidence", now_ms)
            alpha = renew_alpha(db, cell.id, self.options.reserve, "cleared by evidence", now_ms)
            accumulator.restart(alpha, self.options)
            return Sealed(accumulator, replace(cell, alpha=alpha), None)
        return Sealed(accumulator, cell, before.alarm)

    def adopt(self, staged: dict[int, Sealed]) -> None:
        """Take over what ``seal`` returned."""
        for cell_id, sealed in staged.items():
            self.accumulators[cell_id], self.cells[cell_id] = sealed.accumulator, sealed.cell
            if sealed.alarm is None:
                self.alarms.pop(cell_id, None)
            else:
                self.alarms[cell_id] = sealed.alarm

    def intervals(self, cell_ids: Sequence[int], alpha: float = 0.01) -> dict[int, tuple[float, float, float, float]]:
        """For cells with data: the anytime interval of the epoch and the pointwise one of the last 20 blocks, lower and upper each."""
        with_data = [cell_id for cell_id in cell_ids if self.accumulators[cell_id].bets]
        if not with_data:
            return {}
        whole = np.stack([self.accumulators[cell_id].histogram.counts for cell_id in with_data])
        recent = np.stack([self.accumulators[cell_id].window.counts for cell_id in with_data])
        ends = np.hstack([intervals(whole, alpha), intervals(recent, alpha)])
        return {cell_id: (row[0], row[1], row[2], row[3]) for cell_id, row in zip(with_data, ends.tolist(), strict=True)}
