"""A cell's accumulators: folded block by block from the store's log, restored from its snapshots, and shown as views."""

import math
import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gateway.exchange import chance
from monitors.stats.confseq import intervals
from monitors.stats.evalue import Evidence
from monitors.stats.histogram import Histogram
from monitors.stats.tolerance import Within
from monitors.store import blocks
from monitors.store.blocks import AlarmRow, Bet
from monitors.store.cells import CellRow, all_cells

RECENT_BLOCKS = 20
_HEAD = struct.Struct("<4sIdIIIB")
_TAG = b"CEL1"


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What every cell's test shares: the budget of alpha and the key of the histogram's coins."""

    budget: str
    secret: bytes


class Accumulator:
    """What one cell has seen in its sealed blocks. The test runs through all of them, interval and ``within`` belong to the epoch."""

    __slots__ = ("bets", "epoch_id", "evidence", "histogram", "recent", "total", "within")

    def __init__(self, evidence: Evidence, within: Within) -> None:
        self.evidence, self.within = evidence, within
        self.histogram = Histogram()
        self.recent: list[Histogram] = []
        self.epoch_id, self.bets, self.total = 0, 0, 0.0

    @classmethod
    def begin(cls, cell: CellRow, options: CellOptions) -> "Accumulator":
        """A cell without data."""
        tolerance = cell.spec.tolerance
        budget = "lifetime" if options.budget == "lifetime" else "horizon"
        return cls(Evidence(cell.alpha, tolerance, budget=budget), Within(cell.alpha, tolerance))  # type: ignore[arg-type]

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
        current = np.array([bet.epoch_id == self.epoch_id for bet in valued], dtype=bool)
        self.within.fold(differences[current], tolerances[current])
        self.within.seal()
        block = Histogram()
        block.add(differences[current], [chance(secret, "histogram", bet.pair_id) for bet in valued if bet.epoch_id == self.epoch_id])
        self.histogram.merge(block)
        self.recent = [*self.recent[1 - RECENT_BLOCKS :], block]
        self.bets += int(current.sum())
        self.total += math.fsum(differences[current])

    def _begin_epoch(self, epoch_id: int) -> None:
        self.epoch_id, self.bets, self.total = epoch_id, 0, 0.0
        self.histogram, self.recent = Histogram(), []
        self.within = Within(self.evidence.alpha, self.evidence.tolerance)

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
        head = _HEAD.pack(_TAG, self.epoch_id, self.total, self.bets, len(evidence), len(within), len(self.recent))
        recent = b"".join(block.counts.astype(np.uint8).tobytes() for block in self.recent)
        return head + evidence + within + self.histogram.counts.astype("<u4").tobytes() + recent

    @classmethod
    def restore(cls, state: bytes) -> "Accumulator":
        """The inverse of ``snapshot``; ValueError on bytes of another kind or version."""
        tag, epoch_id, total, bets, evidence_size, within_size, recent = _HEAD.unpack_from(state)
        if tag != _TAG:
            raise ValueError(f"not the state of a cell: {tag!r} where {_TAG!r} is expected")
        at = _HEAD.size
        evidence = Evidence.restore(state[at : at + evidence_size])
        within = Within.restore(state[at + evidence_size : at + evidence_size + within_size])
        self = cls(evidence, within)
        at += evidence_size + within_size
        nodes = self.histogram.counts.size
        self.histogram = Histogram(np.frombuffer(state, "<u4", nodes, at).astype(np.int64))
        rows = np.frombuffer(state, np.uint8, recent * nodes, at + 4 * nodes).reshape(recent, nodes)
        self.recent = [Histogram(row.astype(np.int64)) for row in rows]
        self.epoch_id, self.bets, self.total = epoch_id, bets, total
        return self


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
                accumulator.evidence, accumulator.within = fresh.evidence, fresh.within
            self.accumulators[cell.id] = accumulator

    def find(self, key: tuple[str, ...]) -> CellRow | None:
        """The cell of this identity (``CellSpec.key``)."""
        cell_id = self._by_key.get(key)
        return None if cell_id is None else self.cells[cell_id]

    def seal(self, db: sqlite3.Connection, touched: set[int], now_ms: int) -> dict[int, Accumulator]:
        """Fold every block that is whole among the touched cells and write it; adopt the result once the transaction is committed."""
        staged: dict[int, Accumulator] = {}
        for cell_id in sorted(touched):
            while (found := blocks.next_whole_block(db, cell_id)) is not None:
                block, bets = found
                accumulator = Accumulator.restore(staged.get(cell_id, self.accumulators[cell_id]).snapshot())
                accumulator.fold(bets, self.options.secret)
                blocks.write_seal(db, cell_id, block, accumulator.snapshot(), _alarm_of(accumulator, now_ms))
                staged[cell_id] = accumulator
        return staged

    def adopt(self, staged: dict[int, Accumulator], now_ms: int) -> None:
        """Take over what ``seal`` returned."""
        self.accumulators |= staged
        for cell_id, accumulator in staged.items():
            alarm = _alarm_of(accumulator, now_ms)
            if alarm is not None:
                self.alarms.setdefault(cell_id, alarm)

    def intervals(self, cell_ids: Sequence[int], alpha: float = 0.01) -> dict[int, tuple[float, float, float, float]]:
        """For cells with data: the anytime interval of the epoch and the pointwise one of the last 20 blocks, lower and upper each."""
        with_data = [cell_id for cell_id in cell_ids if self.accumulators[cell_id].bets]
        if not with_data:
            return {}
        whole = np.stack([self.accumulators[cell_id].histogram.counts for cell_id in with_data])
        recent = np.stack([self.accumulators[cell_id].window.counts for cell_id in with_data])
        ends = np.hstack([intervals(whole, alpha), intervals(recent, alpha)])
        return {cell_id: (row[0], row[1], row[2], row[3]) for cell_id, row in zip(with_data, ends.tolist(), strict=True)}


def _alarm_of(accumulator: Accumulator, now_ms: int) -> AlarmRow | None:
    alarm = accumulator.evidence.alarm
    if alarm is None:
        return None
    return AlarmRow(now_ms, alarm.direction, accumulator.evidence.pairs, alarm.since_block, alarm.e_value)
