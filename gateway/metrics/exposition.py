"""The text of ``/metrics``: made in a thread, at most once a second for each form, shared by scrapes that come together."""

import asyncio
import time
from collections.abc import Callable, Iterable
from enum import Enum

from prometheus_client import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

MAX_AGE_SECONDS = 1.0


class MediaType(Enum):
    """The two forms; only OpenMetrics has exemplars. The value is the content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    def render(self, registry: Collector) -> bytes:
        """What a registry, or any collector, has now, in this form."""
        if self is MediaType.TEXT:
            return generate_latest(registry)
        return openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call, no-any-return]


def media_type(accept: str) -> MediaType:
    """The form for a scrape with this ``Accept`` header: OpenMetrics where it is named, as Prometheus does."""
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return MediaType.OPENMETRICS if "application/openmetrics-text" in accepted else MediaType.TEXT


def accept_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The ``Accept`` of a request's headers, names in lower case."""
    return ",".join(value.decode("latin-1") for name, value in headers if name == b"accept")


class Exposition:
    """``render`` is called in a thread; what it gave is kept for a second. ``before`` runs in the event loop ahead of it."""

    def __init__(
        self,
        render: Callable[[MediaType], bytes],
        *,
        before: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._render, self._before, self._clock, self._max_age = render, before, clock, max_age_seconds
        self._kept: dict[MediaType, tuple[float, bytes]] = {}
        self._lock = asyncio.Lock()

    async def text(self, form: MediaType = MediaType.TEXT) -> bytes:
        """The text, at most ``max_age_seconds`` old."""
        async with self._lock:
            made, text = self._kept.get(form, (float("-inf"), b""))
            if self._clock() - made >= self._max_age:
                self._before()
                made, text = self._clock(), await asyncio.to_thread(self._render, form)
                self._kept[form] = made, text
            return text
