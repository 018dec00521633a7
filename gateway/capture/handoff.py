"""The hand-off as forwarding sees it: recorders to give replies to, a start, a stop and a state."""

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from gateway.capture.drain import IDLE_SECONDS, Drain, Rules
from gateway.capture.memory import Memory
from gateway.capture.recorder import Recorder
from gateway.capture.recording import Asked, Headers
from gateway.capture.tally import HandoffState, Tally
from gateway.queue import open_queue
from gateway.redact import Redactor
from gateway.routing import Deployment
from gateway.settings import MonitorSettings, Settings


class Handoff:
    """The bounded way from forwarding to the queue.

    ``count`` gets (model, route, fate) of each exchange that ends here, ``shed`` or ``ineligible``, from any thread. One that was accepted
    gets its fate from the monitor; here it is only in ``accepted_total``.
    """

    def __init__(
        self,
        settings: Settings,
        data_dir: Path,
        secret: bytes,
        count: Callable[[str, str, str], None],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        monitor = settings.monitor or MonitorSettings()
        self._now, self._max_reply_bytes = now, monitor.max_reply_bytes
        self._data_dir, self._secret = data_dir, secret
        self._memory = Memory(monitor.queue.memory_items, monitor.queue.memory_bytes)
        self._tally = Tally(count)
        self._lost: deque[tuple[Asked, int]] = deque()
        self._drain = Drain(self._rules(monitor), self._memory, self._tally)
        self._thread = threading.Thread(target=self._drain.run, name="evenhand-handoff", daemon=True)

    def adopt(self, monitor: MonitorSettings) -> None:
        """Go by these settings from now on; what is recorded already is kept, and written by them."""
        self._max_reply_bytes = monitor.max_reply_bytes
        self._memory.resize(monitor.queue.memory_items, monitor.queue.memory_bytes)
        self._drain.adopt(self._rules(monitor))

    def _rules(self, monitor: MonitorSettings) -> Rules:
        bounds, data_dir = monitor.queue, self._data_dir
        return Rules(
            monitor,
            Redactor.of(monitor, self._secret),
            lambda: open_queue(bounds.url, data_dir, max_items=bounds.max_items, max_bytes=bounds.max_bytes),
        )

    def start(self) -> None:
        """Start the thread, once; what was recorded before waits for it."""
        self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """Write what is held as far as the time allows, count the rest as shed, end the thread; what finishes later is shed too."""
        self._memory.close()
        self._drain.finish(timeout_seconds)
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds + IDLE_SECONDS)
        while left := self._memory.take(1, 1):  # a thread that never ran, or hangs in the storage
            self._memory.settle(left)
            self._tally.ended(left[0].asked, "shed")
        self._count_lost()

    def recorder(
        self,
        *,
        exchange_id: str,
        endpoint: str,
        deployment: Deployment,
        route: str,
        request_body: bytes,
        headers: Headers,
        waited_seconds: float = 0.0,
    ) -> Recorder:
        """A recorder for a sampled exchange; ``headers`` are the request's, which came ``waited_seconds`` ago."""
        self._count_lost()
        received_ms = int((self._now() - waited_seconds) * 1000)
        asked = Asked(exchange_id, received_ms, endpoint, deployment.model, deployment.id, route, request_body, headers)
        return Recorder(asked, self._memory, self._tally, self._lost, self._max_reply_bytes)

    def state(self) -> HandoffState:
        """How things are; asks nothing of the storage."""
        self._count_lost()
        return self._tally.state(*self._memory.held, self._drain.depth)

    def _count_lost(self) -> None:
        """Recorders that forwarding dropped: shed, a moment late."""
        while True:
            try:
                asked, held = self._lost.popleft()
            except IndexError:  # another thread may have taken the last one
                return
            self._memory.free(held)
            self._tally.ended(asked, "shed")
