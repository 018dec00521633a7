"""One queue of scoring work for one place: what waits for the same scorer goes together, replies of like length first."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from monitors.scorers import Reply
from monitors.scoring.configured import Entry
from monitors.scoring.guard import Scored

BATCH = 16
Observe = Callable[[str, float], None]
"""Told the outcome and the seconds of each batch."""


class Engine(Protocol):
    """Runs a scorer on a batch. It never raises for a scorer's fault: that is in what it returns."""

    async def run(self, entry: Entry, items: Sequence[Any]) -> Scored:
        """One value for each item, in order."""
        ...

    async def aclose(self) -> None:
        """Let go of what it holds."""
        ...


@dataclass(slots=True)
class _Job:
    entry: Entry
    items: Sequence[Any]
    length: int
    done: asyncio.Future[Scored]


class Lane:
    """Batches for one engine, `workers` at a time; a batch takes jobs whole and begins with the one that waited longest."""

    def __init__(self, engine: Engine, observe: Observe, *, workers: int = 1, batch: int = BATCH) -> None:
        self._engine, self._observe, self._workers, self._batch = engine, observe, workers, batch
        self._waiting: list[_Job] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = 0

    async def score(self, entry: Entry, items: Sequence[Any]) -> Scored:
        """The values of some replies, or pairs of replies, that go into one batch."""
        loop = asyncio.get_running_loop()
        job = _Job(entry, items, max(map(_length, items)), loop.create_future())
        self._waiting.append(job)
        if self._running < self._workers:
            self._running += 1
            task = loop.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await job.done

    async def aclose(self) -> None:
        """End what runs; whoever waits is cancelled."""
        for task in self._tasks:
            task.cancel()
        for job in self._waiting:
            job.done.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._engine.aclose()

    async def _work(self) -> None:
        try:
            await self._work_off()
        finally:  # in the same step as the last look at what waits, so that nothing can come in between and stay
            self._running -= 1

    async def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            jobs = self._next()
            begun = loop.time()
            try:
                scored = await self._engine.run(jobs[0].entry, [item for job in jobs for item in job.items])
            except BaseException as error:
                for job in jobs:
                    if not job.done.done():
                        job.done.cancel() if isinstance(error, asyncio.CancelledError) else job.done.set_exception(error)
                if isinstance(error, asyncio.CancelledError):
                    raise
                continue
            self._observe(jobs[0].entry.outcome, loop.time() - begun)
            at = 0
            for job in jobs:
                values, at = scored.values[at : at + len(job.items)], at + len(job.items)
                if not job.done.done():
                    job.done.set_result(Scored(values, scored.fingerprint, scored.problem))

    def _next(self) -> list[_Job]:
        """The job that waited longest, and those for the same scorer whose length is nearest to its."""
        first = self._waiting[0]
        same = [job for job in self._waiting[1:] if job.entry.key == first.entry.key]
        taken, room = [first], self._batch - len(first.items)
        for job in sorted(same, key=lambda job: abs(job.length - first.length)):
            if len(job.items) <= room:
                taken.append(job)
                room -= len(job.items)
        chosen = set(map(id, taken))
        self._waiting = [job for job in self._waiting if id(job) not in chosen]
        return taken


def _length(item: Reply | tuple[Reply, Reply]) -> int:
    return max(len(reply.text or "") for reply in (item if isinstance(item, tuple) else (item,)))
