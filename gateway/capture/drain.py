"""The thread behind the hand-off: recordings become exchanges and go into the queue in batches."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.capture.memory import Item, Memory
from gateway.capture.recording import UnusableError, exchange_of
from gateway.capture.tally import Tally
from gateway.exchange import to_bytes
from gateway.logs import about
from gateway.queue import Depth, Queue, QueueError
from gateway.redact import Redactor
from gateway.settings import MonitorSettings

_log = logging.getLogger(__name__)

BATCH_ITEMS, BATCH_BYTES = 128, 4 * 1024 * 1024
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.1, 5.0
LINGER_SECONDS = 0.25
WORK_SECONDS = 0.0005  # so long, then forwarding gets the interpreter
IDLE_SECONDS = 1.0  # how often the queue's depth is looked at
FULL = "samples are shed: the queue is full (monitor.queue.max_items, max_bytes), the monitor is behind or down"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a configuration says of the way into the queue."""

    monitor: MonitorSettings
    redactor: Redactor
    open_queue: Callable[[], Queue]


class Drain:
    """Runs until ``finish``; while storage fails it holds its batch and tries again, ever more seldom."""

    def __init__(self, rules: Rules, memory: Memory, tally: Tally) -> None:
        self._rules, self._memory, self._tally = rules, memory, tally
        self._new_rules: Rules | None = None
        self._queue: Queue | None = None
        self._looked = float("-inf")
        self._worked = 0.0
        self._finishing = threading.Event()
        self._finish_at = float("inf")
        self.depth: Depth | None = None

    def adopt(self, rules: Rules) -> None:
        """These rules from the next batch on; from any thread."""
        self._new_rules = rules

    def run(self) -> None:
        """The thread's body."""
        while not (self._finishing.is_set() and self._memory.held[0] == 0):
            try:
                self._step()
            except Exception:  # noqa: BLE001 - a supervised task: what went wrong is told, and the next batch gets its chance
                _log.exception("the hand-off to the queue failed unexpectedly", extra=about("handoff_failed"))
        self._close()

    def finish(self, timeout_seconds: float) -> None:
        """Let the thread end when memory is empty; what is not written by then is shed. The memory should be closed already."""
        self._finish_at = time.monotonic() + timeout_seconds
        self._finishing.set()

    def _step(self) -> None:
        """Look whether the queue is well, once a second, and write one batch if there is one by then."""
        if (rules := self._new_rules) is not None:
            self._new_rules = None
            self._rules = rules
            self._close()
        if time.monotonic() - self._looked >= IDLE_SECONDS:
            self._look()
        if self._memory.wait(1, IDLE_SECONDS) and not self._finishing.is_set():
            self._memory.wait(BATCH_ITEMS, LINGER_SECONDS)  # what comes meanwhile shares one wake-up and one transaction
        batch = self._memory.take(BATCH_ITEMS, BATCH_BYTES)
        try:
            self._write(batch)
        finally:
            self._memory.settle(batch)

    def _write(self, batch: list[Item]) -> None:
        ready = [(item, payload) for item in batch if (payload := self._gently(item)) is not None]
        accepted = self._offer([(item.asked.id, payload) for item, payload in ready]) if ready else 0
        self._tally.accepted(accepted)
        for item, _ in ready[accepted:]:
            self._tally.ended(item.asked, "shed")

    def _gently(self, item: Item) -> bytes | None:
        """Work, and now and then rest as long: forwarding runs in the same interpreter and need not wait for a switch interval."""
        began = time.perf_counter()
        payload = self._payload(item)
        self._worked += time.perf_counter() - began
        if self._worked >= WORK_SECONDS:
            self._finishing.wait(self._worked)
            self._worked = 0.0
        return payload

    def _payload(self, item: Item) -> bytes | None:
        """What goes into the queue; None when the exchange ended here, counted."""
        try:
            return to_bytes(exchange_of(item.asked, item.answered, self._rules.redactor, self._rules.monitor.max_reply_bytes))
        except UnusableError:
            self._tally.ended(item.asked, "ineligible")
        except Exception:  # noqa: BLE001 - one odd exchange must not cost the others
            _log.exception("an exchange could not be captured", extra=about("capture_failed", exchange_id=item.asked.id))
            self._tally.ended(item.asked, "shed")
        return None

    def _offer(self, batch: list[tuple[str, bytes]]) -> int:
        """How many the queue took."""
        delay = FIRST_RETRY_SECONDS
        while time.monotonic() < self._finish_at:
            try:
                accepted = self._opened().offer(batch)
            except QueueError as error:
                self._tally.trouble("storage", f"the queue cannot be written: {error}")
                self._pause(delay)
                delay = min(2 * delay, LAST_RETRY_SECONDS)
                continue
            self._tally.well("storage", "memory")
            if accepted < len(batch):
                self._tally.trouble("full", FULL)
            return accepted
        return 0

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the end allows."""
        if self._finishing.wait(seconds):
            time.sleep(max(0.0, min(FIRST_RETRY_SECONDS, self._finish_at - time.monotonic())))

    def _look(self) -> None:
        """The queue's depth, and whether earlier problems are over."""
        self._looked = time.monotonic()
        try:
            self.depth = depth = self._opened().depth()
        except QueueError as error:
            self._tally.trouble("storage", f"the queue cannot be read: {error}")
            return
        self._tally.well("storage", "memory")
        bounds = self._rules.monitor.queue
        if depth.items < bounds.max_items and depth.bytes < bounds.max_bytes:
            self._tally.well("full")

    def _opened(self) -> Queue:
        if self._queue is None:
            self._queue = self._rules.open_queue()
        return self._queue

    def _close(self) -> None:
        with contextlib.suppress(QueueError):
            if self._queue is not None:
                self._queue.close()
        self._queue = None
