"""The application of one worker: its own few paths, and everything else forwarded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

import orjson

from gateway.desk import Desk
from gateway.errors import GatewayError, not_found, wrong_method
from gateway.forward import Receive, Scope, Send, answer, forward
from gateway.health import Readiness, report
from gateway.metrics import Exposition, media_type
from gateway.metrics.exposition import accept_of
from gateway.protocol import CONNECTION
from gateway.routing import SERVED
from gateway.upstream import Pool

FLUSH_SECONDS = 1.0
JSON = [(b"content-type", b"application/json")]
_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a worker runs: ``monitored`` says that a monitor belongs to it, ``public_metrics`` that /metrics is on this port."""

    data_dir: Path
    max_body_bytes: int
    monitored: bool
    public_metrics: bool = True


async def _nothing() -> None:
    """What an application does each second that has nothing to do."""


class App:
    """An ASGI application. ``on_start`` and ``on_stop`` run inside the event loop, around its life, ``each_second`` during it.

    ``problems`` says what of the process is wrong beside what health sees itself.
    """

    def __init__(
        self,
        desk: Desk,
        pool: Pool,
        readiness: Readiness,
        site: Site,
        *,
        on_start: Callable[[], None] = lambda: None,
        on_stop: Callable[[], None] = lambda: None,
        each_second: Callable[[], Awaitable[None]] = _nothing,
        problems: Callable[[], list[str]] = list,
    ) -> None:
        self.desk, self._pool, self._readiness, self._site = desk, pool, readiness, site
        self._on_start, self._on_stop, self._each_second, self._problems = on_start, on_stop, each_second, problems
        self.exposition = Exposition(desk.metrics.text, before=desk.metrics.flush)
        self._own: dict[bytes, Callable[[Scope, Send], Awaitable[None]]] = {
            b"/livez": self._livez,
            b"/readyz": self._readyz,
            b"/healthz": self._healthz,
            b"/": self._root,
        }
        self._own[b"/metrics"] = self._metrics if site.public_metrics else self._elsewhere

    def adopt(self, desk: Desk, *, max_body_bytes: int, monitored: bool) -> None:
        """Serve the requests that come from now on by another configuration."""
        self.desk = desk
        self._site = replace(self._site, max_body_bytes=max_body_bytes, monitored=monitored)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope["extensions"].pop(CONNECTION)  # else the two would point at each other when it is closed
            own = self._own.get(scope["raw_path"])
            if own is None:
                await forward(self.desk, self._pool, self._site.max_body_bytes, client, scope, receive, send)
            else:
                await _read(own, scope, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def metrics_only(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application of the port that ``metrics.listen`` names."""
        if scope["type"] == "http":
            scope["extensions"].clear()
            await _read(self._metrics if scope["raw_path"] == b"/metrics" else self._root, scope, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._on_start()
                flusher = asyncio.create_task(self._flush_regularly())
                await send({"type": "lifespan.startup.complete"})
            else:
                flusher.cancel()
                await self._pool.aclose()
                self._on_stop()
                self.desk.metrics.flush()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _flush_regularly(self) -> None:
        """Other workers answer scrapes too, so what is counted here must not wait for one."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.desk.metrics.flush()
            await self._each_second()

    async def _livez(self, scope: Scope, send: Send) -> None:
        await answer(send, 200, JSON, b'{"status":"ok"}')

    async def _readyz(self, scope: Scope, send: Send) -> None:
        if self._readiness.draining:
            await answer(send, 503, JSON, b'{"status":"draining"}')
        else:
            await answer(send, 200, JSON, b'{"status":"ready"}')

    async def _healthz(self, scope: Scope, send: Send) -> None:
        handoff = self.desk.handoff
        found = await asyncio.to_thread(
            report,
            self._readiness,
            self._site.data_dir / "run",
            handoff.state() if handoff else None,
            self._problems(),
            monitored=self._site.monitored,
            now_ms=time.time_ns() // 1_000_000,
        )
        trusted = _is_loopback(scope) or self.desk.auth.is_master(scope["headers"])
        await answer(send, 200, JSON, orjson.dumps(found.full() if trusted else found.brief()))

    async def _metrics(self, scope: Scope, send: Send) -> None:
        form = media_type(accept_of(scope["headers"]))
        await answer(send, 200, [(b"content-type", form.value.encode())], await self.exposition.text(form))

    async def _root(self, scope: Scope, send: Send) -> None:
        await _refuse(send, not_found(f"There is nothing here. Served here: {SERVED}."))

    async def _elsewhere(self, scope: Scope, send: Send) -> None:
        await _refuse(send, not_found("The metrics are on a port of their own, which metrics.listen in the configuration names."))


async def _read(own: Callable[[Scope, Send], Awaitable[None]], scope: Scope, send: Send) -> None:
    """Answer on one of the paths of our own, which are there to be read."""
    if scope["method"] in _READS:
        await own(scope, send)
    else:
        await _refuse(send, wrong_method(scope["method"], scope["path"], _READS))


async def _refuse(send: Send, error: GatewayError) -> None:
    await answer(send, error.status, [*JSON, (b"x-evenhand-error-origin", b"gateway"), *error.headers], error.body())


def _is_loopback(scope: Scope) -> bool:
    """Whether the client is on this machine; what a proxy forwarded may come from anywhere."""
    client = scope.get("client")
    if any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"]):
        return False
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
