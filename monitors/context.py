"""What every step of the monitor's work is done with, in one place and passed as an argument."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from gateway.routing import Router
from gateway.settings import MonitorSettings, RouteSettings
from gateway.upstream import Pool
from monitors.budget import Pace
from monitors.cells import CellBook, Sealed
from monitors.levels import Levels
from monitors.metrics import Durations
from monitors.pair import Role
from monitors.rates import Rates
from monitors.rewrite import Tables
from monitors.scoring import Desk
from monitors.shadow import Answer
from monitors.store import Store
from monitors.threads import OneThread

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Context:
    """The configuration's monitoring half, the parts it is carried out with, and the clock (UTC ms)."""

    monitor: MonitorSettings
    routes: Mapping[str, RouteSettings]
    desk: Desk
    router: Router
    revisions: Mapping[str, str]
    secret: bytes
    tables: Tables
    store: Store
    book: CellBook
    pool: Pool
    pace: Pace
    rates: Rates
    durations: Durations
    now_ms: Callable[[], int]
    levels: Levels = field(default_factory=Levels)
    under_way: dict[str, dict[Role, Answer]] = field(default_factory=dict)
    """The answers that the arms of each exchange have so far, for the one that its deadline ends."""
    store_thread: OneThread = field(default_factory=lambda: OneThread("store"))

    async def write(self, work: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``work(connection, …)`` in one transaction in the store's thread; raises ``StoreError``."""
        return await self.store_thread.run(lambda: self.store.write(work, *args, **kwargs))

    async def seal(self, work: Callable[Concatenate[sqlite3.Connection, P], dict[int, Sealed]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run ``work``, which seals blocks, like ``write`` and adopt what it staged before the thread's next call can seal on top of it."""

        def write_and_adopt() -> None:
            self.book.adopt(self.store.write(work, *args, **kwargs))

        await self.store_thread.run(write_and_adopt)
