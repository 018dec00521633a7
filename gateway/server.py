"""uvicorn as the parent's children run it: on an inherited socket, until SIGTERM or until the parent is gone."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn

from gateway.logs import about

KEEP_ALIVE_SECONDS = 75  # longer than usual clients and load balancers keep theirs, so that they close first


def configured(app: Any, http: str | type[asyncio.Protocol], *, drain_seconds: int | None, lifespan: bool) -> uvicorn.Config:
    """uvicorn's settings for an ASGI application; ``http`` is the protocol, ``drain_seconds`` what requests under way get at the end."""
    return uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=http,
        ws="none",
        lifespan="on" if lifespan else "off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=drain_seconds,
    )


class ChildServer(uvicorn.Server):
    """Stops at SIGTERM and SIGINT, and when its parent is gone; the end of a drain is the end of the process, and no crash."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._parent = os.getppid()
        logging.getLogger("uvicorn.error").addFilter(_DrainIsOver(config.timeout_graceful_shutdown))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, it does not raise afterwards what it caught."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    def parent_gone(self) -> None:
        """Called once, when there is no parent any more."""

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0 and os.getppid() != self._parent:
            self.parent_gone()
            return True
        return await super().on_tick(counter)


class _DrainIsOver(logging.Filter):
    """Says in our words what uvicorn says of requests that took longer than the drain."""

    def __init__(self, seconds: int | None) -> None:
        super().__init__()
        self._seconds = seconds

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Cancel %s running task") and isinstance(record.args, tuple):
            (count,) = record.args
            record.name, record.levelno, record.levelname = "gateway.server", logging.WARNING, "WARNING"
            record.msg, record.args = "ends what was not finished within %s s: %s under way", (self._seconds, count)
            record.__dict__.update(about("drain_over", count=count))
        return True
