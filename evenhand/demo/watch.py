"""Watching the run: readings taken twice a second, each model's traffic ended when it has been seen enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from evenhand.demo.readings import Cell, Console, decision_cell
from evenhand.demo.screen import Row, Screen
from evenhand.demo.traffic import Gate, Sender

POLL_SECONDS = 0.5
ENOUGH_PAIRS = 2500
FAILED_READS = 20


class ConsoleLostError(Exception):
    """The console has not answered for several seconds."""


@dataclass
class Watch:
    """Follows the senders through the console until each model is in alarm, has ENOUGH_PAIRS, or `until` (on `clock`) is reached."""

    console: Console
    gate: Gate
    senders: Sequence[Sender]
    screen: Screen
    clock: Callable[[], float]
    on_alarm: Callable[[Cell], None]
    check_children: Callable[[], None]
    cells: list[Cell] = field(default_factory=list)
    _failed_reads: int = 0
    _told: set[str] = field(default_factory=set)

    async def run(self, until: float) -> None:
        """Return when the traffic of every model has ended."""
        while not all(sender.done or sender.broken for sender in self.senders):
            await self.look()
            if self.clock() >= until:
                for sender in self.senders:
                    sender.done = True
            await asyncio.sleep(POLL_SECONDS)

    async def look(self) -> None:
        """Take one reading, show it, and end the traffic that is no longer needed. Raises ConsoleLostError after many failed readings."""
        try:
            self.cells, waiting = await self.console.cells(), await self.console.waiting()
        except httpx.HTTPError as error:
            self.check_children()  # a process that has ended says more than a connection refused
            self._failed_reads += 1
            if self._failed_reads >= FAILED_READS:
                raise ConsoleLostError(f"the console cannot be read: {error!r}") from error
            return
        self._failed_reads = 0
        self.gate.update(waiting)
        found = {sender.model: decision_cell(self.cells, sender.model) for sender in self.senders}
        for sender in self.senders:
            cell = found[sender.model]
            if cell is not None and (cell.in_alarm or cell.pairs >= ENOUGH_PAIRS):
                sender.done = True
        self.screen.progress(
            [Row(sender.model, sender.requests, found[sender.model]) for sender in self.senders],
            f"{waiting} exchanges wait for the monitor",
        )
        for cell in filter(None, found.values()):
            if cell.in_alarm and cell.model not in self._told:
                self._told.add(cell.model)
                self.on_alarm(cell)
