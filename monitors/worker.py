"""The monitor's work, an exchange at a time: decode → find mentions → rewrite into arms → replay → score → store → seal.

An exchange is planned in one transaction before its first replay and closed in one after its last; the queue's ``ack`` follows. Whatever
dies in between is taken up again from the plan, so that a pair is neither lost nor counted twice.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gateway.exchange import Exchange, UnreadableExchangeError, from_bytes
from gateway.logs import about
from gateway.queue import Item, Queue, QueueError
from gateway.routing import Deployment
from monitors import closing, planning, rescoring
from monitors.context import Context
from monitors.shadow import FILTERED, ReplayLimits, replay
from monitors.store import StoreError, exchanges, texts
from monitors.threads import OneThread

log = logging.getLogger("evenhand.monitor")
P = ParamSpec("P")
R = TypeVar("R")

LEASE_SECONDS = 900.0
IDLE_SECONDS = 0.2
RETRY_SECONDS = 1.0
HOUSEKEEPING_SECONDS = 5.0
FORGETTING_MS = 3_600_000
EXCHANGE_ROWS_KEPT_MS = 7 * planning.DAY_MS


class _Slot:
    """One exchange's place among the replays, given back once."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots: asyncio.Semaphore | None = slots

    def release(self) -> None:
        if self._slots is not None:
            self._slots.release()
        self._slots = None


class Worker:
    """Takes exchanges from the queue, a bounded number at a time, until it is cancelled."""

    def __init__(self, context: Context, queue: Queue) -> None:
        self._context, self._queue = context, queue
        self._thread = OneThread("queue")
        self._slots = asyncio.Semaphore(context.monitor.concurrent_replays)
        self._limits = ReplayLimits(context.monitor.replay_timeout_seconds, context.monitor.max_reply_bytes)
        self._failing, self._forgot_ms = 0, 0
        self.problems: dict[str, str] = {}

    async def run(self) -> None:
        """Work until cancelled; leases are given back then. The first act frees those of a predecessor that died."""
        await self._on_queue(self._queue.recover)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._housekeeping())
            tasks.create_task(self._rescore_daily())
            while True:
                await self._slots.acquire()
                item = await self._next_item()
                if item.claims > 1:
                    await self._supervised(item)  # it was there when a process died: alone, so that few are there if it does so again
                else:
                    tasks.create_task(self._supervised(item))

    async def _next_item(self) -> Item:
        while True:
            if items := await self._on_queue(self._queue.claim, 1, LEASE_SECONDS):
                return items[0]
            await asyncio.sleep(IDLE_SECONDS)

    async def _supervised(self, item: Item) -> None:
        """One exchange from claim to ack. A fault that nobody foresaw is logged with the id and leaves the item for another claim."""
        slot = _Slot(self._slots)
        try:
            await self._handle(item, slot)
            await self._on_queue(self._queue.ack, [item.id])
            self.problems.pop("worker", None)
            self.problems.pop("store", None)
        except asyncio.CancelledError:
            self._let_go(item)
            raise
        except StoreError as error:
            log.error("the store failed, the exchange waits in the queue: %s", error, extra=about("store_failed", exchange_id=item.id))
            self.problems["store"] = str(error)
            await asyncio.sleep(RETRY_SECONDS)
            await self._on_queue(self._queue.release, [item.id])
        except Exception:
            log.exception("an exchange failed", extra=about("exchange_failed", exchange_id=item.id, claims=item.claims))
            self.problems["worker"] = f"exchange {item.id} failed, see the log"
        finally:
            slot.release()

    def _let_go(self, item: Item) -> None:
        """Give a lease back at the end; a storage that refuses must not turn the end into a failure: the lease runs out by itself."""
        try:
            self._queue.release([item.id])
        except QueueError as error:
            log.error("a lease could not be given back: %s", error, extra=about("lease_kept", exchange_id=item.id))

    async def _handle(self, item: Item, slot: "_Slot") -> None:
        try:
            exchange = from_bytes(item.payload)
        except UnreadableExchangeError as error:
            log.error("%s", error, extra=about("exchange_unreadable", exchange_id=item.id))
            await self._context.write(exchanges.count_unreadable, item.id, "_other", "_other", self._context.now_ms())
            return
        fate = await self._context.write(exchanges.fate_of, exchange.id)
        if fate:
            return
        route, deployment = self._context.routes.get(exchange.route), self._deployment(exchange)
        if route is None or deployment is None:
            reason = "no longer configured"
            await (closing.give_up(self._context, exchange, reason) if fate == "" else self._dismiss(exchange, reason))
            return
        if exchange.status >= 400 and not any(code in exchange.response for code in FILTERED):
            await self._dismiss(exchange, "upstream_error")  # what the upstream refused to answer once is not asked again
            return
        work = await planning.resume(self._context, exchange, deployment) if fate == "" else None
        work = work or await planning.prepare(self._context, exchange, route, deployment)
        if work is None:
            return
        answers = self._context.under_way.setdefault(exchange.id, {})
        try:
            await replay(work.plan, exchange, deployment, self._context.pool, self._limits, answers)
            for answer in answers.values():
                if answer.error == "rate_limited":
                    self._context.pace.slow_down(deployment.id, answer.retry_after_seconds)
            async with self._context.desk.room():
                slot.release()  # others may be replayed while this one waits for its scores
                await closing.finish(self._context, exchange, work, answers)
        finally:
            self._context.under_way.pop(exchange.id, None)

    async def _dismiss(self, exchange: Exchange, reason: str) -> None:
        await planning.dismiss(self._context, exchange, "failed", reason)

    def _deployment(self, exchange: Exchange) -> Deployment | None:
        """The deployment that served the original, if the configuration still has it."""
        model = exchange.request.get("model")
        return self._context.router.serving(exchange.deployment, model if isinstance(model, str) else None)

    async def _housekeeping(self) -> None:
        """Deadlines, items that were set aside, and what is older than the operator keeps."""
        while True:
            try:
                await closing.expire(self._context)
                await self._context.write(self._context.levels.seal, self._context.now_ms())
                for item in await self._on_queue(self._queue.take_set_aside):
                    await self._count_set_aside(item)
                await self._forget_hourly()
                self.problems.pop("housekeeping", None)
            except StoreError as error:
                log.error("the store failed: %s", error, extra=about("store_failed"))
                self.problems["housekeeping"] = f"the store failed: {error}"
            await asyncio.sleep(HOUSEKEEPING_SECONDS)

    async def _rescore_daily(self) -> None:
        """Whether the scorers themselves tell the arms' words apart; the first look comes soon after a start."""
        pause = rescoring.FIRST_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = rescoring.DAY_SECONDS
            try:
                found = await rescoring.rescore(self._context)
            except StoreError as error:
                log.error("the kept replies cannot be rescored: %s", error, extra=about("rescoring_failed"))
                continue
            log.info("rescored %d kept replies", found.replies, extra=about("rescored", replies=found.replies, moved=dict(found.moved)))
            self.problems.pop("scorers", None)
            if found.problem:
                log.error("%s", found.problem, extra=about("scorers_moved", moved=dict(found.moved)))
                self.problems["scorers"] = found.problem

    async def _count_set_aside(self, item: Item) -> None:
        try:
            exchange = from_bytes(item.payload)
            model, route = exchange.model, exchange.route
        except UnreadableExchangeError:
            model, route = "_other", "_other"
        log.error("an exchange was set aside", extra=about("exchange_set_aside", exchange_id=item.id, claims=item.claims))
        await self._context.write(exchanges.count_unreadable, item.id, model, route, self._context.now_ms())

    async def _forget_hourly(self) -> None:
        now = self._context.now_ms()
        if now - self._forgot_ms >= FORGETTING_MS:
            await self._context.write(self._forget, now)
            self._forgot_ms = now

    def _forget(self, db: sqlite3.Connection, now_ms: int) -> None:
        texts.forget_older(db, now_ms - self._context.monitor.retention_days * planning.DAY_MS)
        exchanges.forget_closed(db, now_ms - EXCHANGE_ROWS_KEPT_MS)

    async def _on_queue(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of a call on the queue, tried until its storage works."""
        try:
            return await self._thread.run(call, *args, **kwargs)
        except QueueError as error:
            self._told(error)
        self._failing += 1
        try:
            while True:
                await asyncio.sleep(RETRY_SECONDS)
                try:
                    return await self._thread.run(call, *args, **kwargs)
                except QueueError as error:
                    self._told(error)
        finally:
            self._failing -= 1
            if not self._failing:  # not before: other calls may have had nothing to write
                self.problems.pop("queue", None)

    def _told(self, error: QueueError) -> None:
        if self.problems.get("queue") != str(error):
            log.error("the queue failed: %s", error, extra=about("queue_failed"))
        self.problems["queue"] = str(error)
