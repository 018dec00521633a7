"""The exposition: rendered in a thread, at most once a second, however often it is scraped."""

import asyncio
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, generate_latest

MAX_AGE_SECONDS = 1.0


class Exposition:
    """Awaitable text of a registry in Prometheus's text format; scrapes that come together share one rendering."""

    def __init__(
        self, registry: CollectorRegistry, *, clock: Callable[[], float] = time.monotonic, max_age_seconds: float = MAX_AGE_SECONDS
    ) -> None:
        self._registry, self._clock, self._max_age = registry, clock, max_age_seconds
        self._lock = asyncio.Lock()
        self._text = b""
        self._made_at: float | None = None

    async def __call__(self) -> bytes:
        """The text, at most ``max_age_seconds`` old."""
        async with self._lock:
            now = self._clock()
            if self._made_at is None or now - self._made_at >= self._max_age:
                self._text = await asyncio.to_thread(generate_latest, self._registry)
                self._made_at = now
            return self._text
