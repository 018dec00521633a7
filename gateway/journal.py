"""What the log says of requests: each of them where the configuration asks for it, and failures in any case, few lines for many."""

import logging
import time
from collections.abc import Callable

from gateway.logs import about

EVERY_SECONDS = 10.0
_MAX_KINDS = 1_000
_OURS_TO_TELL = ("upstream_", "gateway_")
log = logging.getLogger("evenhand.gateway")


class Journal:
    """One worker's. Nothing of a request but its exchange's id and configured names gets here."""

    def __init__(self, *, every_request: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.every_request = every_request
        self._clock = clock
        self._kinds: dict[tuple[str, str], list[float]] = {}

    def ended(
        self,
        *,
        exchange_id: str,
        model: str,
        deployment: str | None,
        upstream: str | None,
        endpoint: str,
        status: int,
        origin: str,
        error: str,
        key: str | None,
        seconds: float,
    ) -> None:
        """A request is over; ``error`` is a word of the closed list or empty, ``key`` the name of the virtual key.

        ``deployment`` is what metrics and other lines call it, ``upstream`` its address as configured.
        """
        failed = error.startswith(_OURS_TO_TELL)
        if self.every_request:
            fields = about(
                "request",
                exchange_id=exchange_id,
                model=model,
                deployment=deployment,
                upstream=upstream,
                endpoint=endpoint,
                status=status,
                origin=origin,
                error=error or None,
                key=key,
                duration_ms=round(seconds * 1000, 2),
            )
            log.log(logging.WARNING if failed else logging.INFO, "%s %d", endpoint, status, extra=fields)
        elif failed and (count := self._due(model, error)):
            fields = about(
                "request_failed",
                exchange_id=exchange_id,
                model=model,
                deployment=deployment,
                upstream=upstream,
                status=status,
                error=error,
                count=count,
            )
            log.warning("%s at %s: %s", model, upstream, error, extra=fields)

    def _due(self, model: str, error: str) -> int:
        """How many failures of a kind a line stands for; 0 while the last one is too recent."""
        if len(self._kinds) > _MAX_KINDS:
            self._kinds.clear()
        now = self._clock()
        kind = self._kinds.setdefault((model, error), [float("-inf"), 0])
        kind[1] += 1
        if now - kind[0] < EVERY_SECONDS:
            return 0
        count, kind[0], kind[1] = int(kind[1]), now, 0
        return count
