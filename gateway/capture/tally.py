"""What became of the exchanges that were recorded, and what is wrong behind them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from gateway.capture.recording import Asked
from gateway.logs import about
from gateway.queue import Depth

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HandoffState:
    """The hand-off for /healthz and /metrics.

    ``items`` are finished recordings in memory, ``bytes`` what they and those under way hold; ``problem`` says in words why samples are
    lost or held back, None when all is well; ``queue`` is the depth as last seen, None before the first look.
    """

    items: int
    bytes: int
    problem: str | None
    accepted_total: int
    shed_total: int
    queue: Depth | None


class Tally:
    """Safe from any thread; ``count`` gets (model, route, fate) of each exchange that ended in the gateway, once."""

    def __init__(self, count: Callable[[str, str, str], None]) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._accepted = self._shed = 0
        self._problems: dict[str, str] = {}

    def accepted(self, number: int) -> None:
        """So many are in the queue; their fate is the monitor's to count."""
        with self._lock:
            self._accepted += number

    def ended(self, asked: Asked, fate: str) -> None:
        """An exchange ended here, ``shed`` or ``ineligible``."""
        if fate == "shed":
            with self._lock:
                self._shed += 1
        self._count(asked.model, asked.route, fate)

    def trouble(self, kind: str, problem: str) -> None:
        """Something of a kind is wrong; logged when it is news."""
        with self._lock:
            news = kind not in self._problems
            self._problems[kind] = problem
        if news:
            _log.warning("%s", problem, extra=about("samples_troubled", kind=kind))

    def well(self, *kinds: str) -> None:
        """Nothing of these kinds is wrong any more."""
        with self._lock:
            over = [problem for kind in kinds if (problem := self._problems.pop(kind, None)) is not None]
        for problem in over:
            _log.warning("no longer so: %s", problem, extra=about("samples_well"))

    def state(self, items: int, size: int, queue: Depth | None) -> HandoffState:
        """The tally with what others know."""
        with self._lock:
            problem = "; ".join(self._problems.values()) or None
            return HandoffState(items, size, problem, self._accepted, self._shed, queue)
