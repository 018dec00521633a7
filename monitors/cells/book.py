"""All cells with their accumulators: loaded from the store, sealed block by block, adopted when a transaction is committed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitors.cells import confirmation
from monitors.cells.accumulator import Accumulator, CellOptions
from monitors.cells.judge import Sealed, judge
from monitors.declare import touches
from monitors.stats.confseq import intervals
from monitors.stats.tolerance import Clearing
from monitors.store import blocks
from monitors.store.blocks import AlarmRow
from monitors.store.cells import CellRow, all_cells, renew_alpha
from monitors.views import CHECKS, GAPS


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
        self.accumulators = {cell.id: self._loaded(cell, kept.get(cell.id)) for cell in self.cells.values()}

    def _loaded(self, cell: CellRow, state: bytes | None) -> Accumulator:
        if state is None:
            return Accumulator.begin(cell, self.options)
        accumulator = Accumulator.restore(state)
        test = accumulator.evidence
        if (test.alpha, test.tolerance) != (cell.alpha, cell.spec.tolerance):
            accumulator.restart(cell, self.options)
            if (alarm := self.alarms.get(cell.id)) is not None:
                accumulator.clearing = Clearing(cell.alpha, cell.spec.tolerance, alarm.direction)
        return accumulator

    def find(self, key: tuple[str, ...]) -> CellRow | None:
        """The cell of this identity (``CellSpec.key``)."""
        cell_id = self._by_key.get(key)
        return None if cell_id is None else self.cells[cell_id]

    def suspects(self, cell: CellRow) -> list[CellRow]:
        """The checks of the instrument that are in alarm and touch a cell."""
        checks = [self.cells[cell_id] for cell_id in self.alarms if self.cells[cell_id].spec.kind in CHECKS]
        return [check for check in checks if touches(check.spec, cell.spec)]

    def confirming(self, model: str, route: str, axis: str, group: str) -> list[CellRow]:
        """The cells of the confirmation runs that pairs of this kind belong to."""
        running = []
        for cell_id, alarm in self.alarms.items():
            spec = self.cells[cell_id].spec
            mine = (spec.model, spec.axis) == (model, axis) and spec.route in ("", route) and spec.group in ("", group)
            if mine and spec.kind in GAPS and alarm.confirmation == "unconfirmed":
                run = self.find(("confirmation", *spec.key[1:]))
                running += [run] if run is not None else []
        return running

    def standing(self, cell_id: int) -> Sealed:
        """How a cell stands."""
        return Sealed(self.accumulators[cell_id], self.cells[cell_id], self.alarms.get(cell_id))

    def seal(self, db: sqlite3.Connection, touched: set[int], now_ms: int) -> dict[int, Sealed]:
        """Fold every block that is whole among the touched cells and write it; adopt the result once the transaction is committed."""
        staged: dict[int, Sealed] = {}

        def standing(cell_id: int) -> Sealed:
            return staged.get(cell_id) or self.standing(cell_id)

        for cell_id in sorted(touched):
            while (found := blocks.next_whole_block(db, cell_id)) is not None:
                block, bets = found
                before = standing(cell_id)
                accumulator = Accumulator.restore(before.accumulator.snapshot())
                accumulator.fold(bets, self.options.secret)
                staged |= judge(db, before, accumulator, block, standing, self.options, now_ms)
                blocks.write_seal(db, cell_id, block, accumulator.snapshot())
        return staged

    def expire(self, db: sqlite3.Connection, staged: dict[int, Sealed], now_ms: int) -> dict[int, Sealed]:
        """What is ``staged`` with the confirmation runs ended whose time is up."""
        ended = dict(staged)
        for cell_id, state in confirmation.expire(db, now_ms).items():
            before = staged.get(cell_id) or self.standing(cell_id)
            if before.alarm is not None:
                ended[cell_id] = replace(before, alarm=replace(before.alarm, confirmation=state))
        return ended

    def clear(self, db: sqlite3.Connection, cell_id: int, reason: str, now_ms: int) -> dict[int, Sealed]:
        """End an alarm on an operator's word: the test begins anew with alpha from the reserve, on pairs that are planned from now on.

        Adopt the result like that of ``seal``. ValueError where no alarm stands.
        """
        if cell_id not in self.alarms:
            raise ValueError(f"cell {cell_id} is not in alarm")
        blocks.clear_alarm(db, cell_id, f"operator: {reason}", now_ms)
        cell = renew_alpha(db, cell_id, self.options.reserve, f"cleared by an operator: {reason}", now_ms)
        accumulator = Accumulator.restore(self.accumulators[cell_id].snapshot())
        accumulator.restart(cell, self.options)
        blocks.write_snapshot(db, cell_id, cell.next_block - 1, accumulator.snapshot())
        return {cell_id: Sealed(accumulator, cell, None)}

    def adopt(self, staged: dict[int, Sealed]) -> None:
        """Take over what ``seal``, ``expire`` or ``clear`` returned: readers in other threads see either all of it or the book before."""
        alarms = {cell_id: sealed.alarm for cell_id, sealed in staged.items() if sealed.alarm is not None}
        self.accumulators = self.accumulators | {cell_id: sealed.accumulator for cell_id, sealed in staged.items()}
        self.cells = self.cells | {cell_id: sealed.cell for cell_id, sealed in staged.items()}
        self._by_key = self._by_key | {sealed.cell.spec.key: cell_id for cell_id, sealed in staged.items()}
        self.alarms = {cell_id: alarm for cell_id, alarm in self.alarms.items() if cell_id not in staged} | alarms

    def intervals(self, cell_ids: Sequence[int], alpha: float = 0.01) -> dict[int, tuple[float, float, float, float]]:
        """For cells with data: the anytime interval of the epoch and the pointwise one of the last 20 blocks, lower and upper each."""
        with_data = [cell_id for cell_id in cell_ids if self.accumulators[cell_id].bets]
        if not with_data:
            return {}
        whole = np.stack([self.accumulators[cell_id].histogram.counts for cell_id in with_data])
        recent = np.stack([self.accumulators[cell_id].window.counts for cell_id in with_data])
        ends = np.hstack([intervals(whole, alpha), intervals(recent, alpha)])
        return {cell_id: (row[0], row[1], row[2], row[3]) for cell_id, row in zip(with_data, ends.tolist(), strict=True)}
