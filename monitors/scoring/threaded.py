"""Scorers that run inside the monitor, in a thread, so that none holds up the event loop."""

import asyncio
import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from gateway.logs import about
from monitors.scorers import AnyScorer
from monitors.scoring.configured import Entry
from monitors.scoring.guard import Scored, failed, guarded

LIMIT_SECONDS = 30.0
MOST_HANGS = 3
log = logging.getLogger("evenhand.monitor")
_Work = tuple[Callable[[], Scored], asyncio.AbstractEventLoop, "asyncio.Future[Scored]"]


class Threaded:
    """An engine of one thread for each worker of its lane. A thread that hangs is left to itself and replaced.

    A scorer that hung three times is not asked again before a restart: each time costs a thread.
    """

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit = limit_seconds
        self._idle: list[_Thread] = []
        self._hangs: Counter[str] = Counter()

    async def run(self, entry: Entry, items: Sequence[Any]) -> Scored:
        """Score a batch in a thread, within the time limit."""
        if self._hangs[entry.key] >= MOST_HANGS:
            return failed(entry.scorer, items, f"it hung {MOST_HANGS} times and is not asked again before a restart")
        thread = self._idle.pop() if self._idle else _Thread()
        try:
            scored = await asyncio.wait_for(thread.call(lambda: _scored(entry.scorer, items)), self._limit)
        except TimeoutError:
            thread.end()
            self._hangs[entry.key] += 1
            log.error(
                "the scorer of %s took longer than %g s", entry.outcome, self._limit, extra=about("scorer_hung", scorer=entry.outcome)
            )
            return failed(entry.scorer, items, f"it took longer than {self._limit:g} s")
        except BaseException:
            thread.end()
            raise
        self._idle.append(thread)
        return scored

    async def aclose(self) -> None:
        """End the threads that are idle; one that hangs ends with the process."""
        while self._idle:
            self._idle.pop().end()


def _scored(scorer: AnyScorer, items: Sequence[Any]) -> Scored:
    return guarded(scorer, items)


class _Thread:
    """A daemon thread that does calls one after the other: it never keeps the process from ending."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="scorer", daemon=True).start()

    def call(self, work: Callable[[], Scored]) -> "asyncio.Future[Scored]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Scored] = loop.create_future()
        self._work.put((work, loop, future))
        return future

    def end(self) -> None:
        self._work.put(None)

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            work, loop, future = item
            result = work()
            try:
                loop.call_soon_threadsafe(_give, future, result)
            except RuntimeError:  # the loop has ended meanwhile
                return


def _give(future: "asyncio.Future[Scored]", result: Scored) -> None:
    if not future.done():
        future.set_result(result)
