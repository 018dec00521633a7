"""Connections kept per origin, newest first, and the one place that looks at their deadlines."""

import asyncio
import math
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.errors import GatewayError, upstream_failed, upstream_timeout
from gateway.upstream.connection import IDLE, Connection, Limits, Patience

_SAFE_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})
_CLOSING_ROUNDS = 3
UNREACHED, UNREACHED_IN_TIME = "upstream_connect", "upstream_connect_timeout"
"""Labels of errors before anything was sent."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an ``api_base`` leads: what to connect to, the Host header, and the path that goes before every request's."""

    host: str
    port: int
    tls: bool
    authority: bytes
    path: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole reply; the body as it came, still in its content coding."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def origin(base: str) -> Origin:
    """The origin of a URL such as ``https://llm.example/v1``. Raises ``ValueError``."""
    parts = urlsplit(base)
    tls = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{base!r} is not an http:// or https:// URL")
    authority = parts.netloc.rpartition("@")[2].encode("idna" if not parts.netloc.isascii() else "ascii")
    return Origin(parts.hostname, parts.port or (443 if tls else 80), tls, authority, parts.path.rstrip("/").encode())


class Pool:
    """Keeps idle connections and gives each exchange one. Use it from one event loop."""

    def __init__(
        self, limits: Limits | None = None, *, tls: ssl.SSLContext | None = None, on_connect: Callable[[float], None] | None = None
    ) -> None:
        """``on_connect`` is told how many seconds each new connection took."""
        self._limits = limits or Limits()
        self._sweep_seconds = _sweep_seconds(self._limits)
        self._tls, self._on_connect = tls, on_connect
        self._idle: dict[tuple[str, int, bool], list[Connection]] = {}
        self._connections: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    def adopt(self, limits: Limits) -> None:
        """These limits from the next exchange on; those under way keep theirs."""
        if limits != self._limits:
            self._limits = limits
            self._look_every(_sweep_seconds(limits))

    async def send(
        self,
        to: Origin,
        method: bytes,
        head: bytes,
        body: bytes,
        *,
        patience: Patience | None = None,
        again: bool = True,
        on_again: Callable[[], None] | None = None,
    ) -> Connection:
        """Send a request and wait for the reply's headers; give the connection back with ``release``.

        ``head`` is the request line and headers with the blank line. Sent ``again``, once, when a kept connection turned out to be
        closed, if the request cannot have been acted on or its method says that it may be repeated. Raises ``GatewayError``, whose
        label is ``UNREACHED`` or ``UNREACHED_IN_TIME`` where nothing was sent; redirects are replies like any other.
        """
        if patience is not None:
            self._look_sooner(patience)
        while True:
            connection = self._take(to)
            kept = connection is not None
            if connection is None:
                connection = await self._connect(to)
            try:
                connection.begin(method, head, body, patience)
                await connection.reply()
                return connection
            except BaseException as error:
                connection.abort()
                harmless = method in _SAFE_METHODS or connection.never_sent
                if not (again and kept and harmless and isinstance(error, GatewayError)) or connection.received or error.status == 504:
                    raise
                again = False
                if on_again:
                    on_again()

    def release(self, to: Origin, connection: Connection) -> None:
        """Take a connection back; it is kept when its exchange ended well, else closed."""
        if connection.finish():
            self._idle.setdefault((to.host, to.port, to.tls), []).append(connection)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "POST",
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: bytes = b"",
        timeout_seconds: float = 120.0,
        max_bytes: int = 1024 * 1024,
    ) -> Fetched:
        """One whole exchange, never repeated. ``Host`` and ``Content-Length`` are added. Raises ``GatewayError``."""
        to = origin(url)
        query = urlsplit(url).query
        target = (to.path or b"/") + (b"?" + query.encode() if query else b"")
        lines = [b"%b %b HTTP/1.1" % (method.encode(), target), b"host: " + to.authority]
        lines += [name + b": " + value for name, value in headers]
        if body or method in ("POST", "PUT", "PATCH"):
            lines.append(b"content-length: %d" % len(body))
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        try:
            async with asyncio.timeout(timeout_seconds):
                connection = await self.send(to, method.encode(), head, body, again=False)
                try:
                    return Fetched(connection.status, connection.headers, await _whole(connection, max_bytes))
                finally:
                    self.release(to, connection)
        except TimeoutError as error:
            raise upstream_timeout("total", f"The upstream did not finish within {timeout_seconds:g} seconds.") from error

    async def aclose(self) -> None:
        """Close every connection."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for connection in list(self._connections):
            connection.abort()
        self._idle.clear()
        for _ in range(_CLOSING_ROUNDS):  # lets the transports end
            await asyncio.sleep(0)

    def _take(self, to: Origin) -> Connection | None:
        idle = self._idle.get((to.host, to.port, to.tls))
        while idle:
            connection = idle.pop()
            if connection.limits is self._limits and not connection.is_stale():
                return connection
            connection.abort()
        return None

    async def _connect(self, to: Origin) -> Connection:
        loop = asyncio.get_running_loop()
        if to.tls and self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        tls = self._tls if to.tls else None
        began = loop.time()
        connection = Connection(loop, self._limits, self._lost)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                await loop.create_connection(lambda: connection, to.host, to.port, ssl=tls, server_hostname=to.host if tls else None)
        except asyncio.CancelledError:
            connection.given_up()
            raise
        except TimeoutError as error:
            connection.given_up()
            seconds = self._limits.connect_seconds
            raise upstream_timeout("connect", f"No connection to the upstream within {seconds:g} seconds.") from error
        except (OSError, UnicodeError) as error:
            connection.given_up()
            raise upstream_failed("connect", f"The upstream cannot be reached: {error}.") from error
        if self._on_connect is not None:
            self._on_connect(loop.time() - began)
        self._connections.add(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(self._sweep_seconds, self._sweep)
        return connection

    def _lost(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def _look_sooner(self, patience: Patience) -> None:
        """Look at deadlines as often as an exchange with this patience needs."""
        shortest = min(patience.headers_seconds, patience.idle_seconds, patience.total_seconds or math.inf)
        self._look_every(shortest / 4)

    def _look_every(self, seconds: float) -> None:
        if seconds < self._sweep_seconds:
            self._sweep_seconds = seconds
            if self._sweeper is not None:
                self._sweeper.cancel()
                self._sweep()

    def _sweep(self) -> None:
        """One timer for all connections: a deadline costs an exchange an assignment, not a timer of its own."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._connections):
            if connection.deadline and connection.deadline < now:
                connection.expire()
        for idle in self._idle.values():
            idle[:] = [connection for connection in idle if not connection.closed and connection.phase == IDLE]
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep) if self._connections else None


def _sweep_seconds(limits: Limits) -> float:
    return min(1.0, min(limits.headers_seconds, limits.idle_seconds, limits.keepalive_seconds) / 4)


async def _whole(connection: Connection, max_bytes: int) -> bytes:
    parts, size = [], 0
    while piece := await connection.read():
        size += len(piece)
        if size > max_bytes:
            raise upstream_failed("body", f"The upstream's reply is larger than {max_bytes} bytes.")
        parts.append(piece)
    return b"".join(parts)
