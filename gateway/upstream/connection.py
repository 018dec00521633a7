"""One connection to an upstream: writes a request, parses the reply's framing, keeps its bytes until somebody takes them.

It is the state machine of one exchange at a time: idle → headers → body → complete, or failed. Errors are kept and raised to whoever
reads next, after the bytes that came before them.
"""

import asyncio
import errno
import math
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import httptools

from gateway.errors import GatewayError, upstream_failed, upstream_timeout

HIGH_WATER: Final = 256 * 1024
IDLE, HEADERS, BODY, COMPLETE = "idle", "headers", "body", "complete"
_NO_BODY = (b"HEAD",)


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes."""

    connect_seconds: float = 5.0
    headers_seconds: float = 600.0
    idle_seconds: float = 300.0
    keepalive_seconds: float = 30.0
    max_header_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one exchange waits where not as all others, in seconds; ``total`` is until the end of the reply, None without end."""

    headers_seconds: float
    idle_seconds: float
    total_seconds: float | None = None


class Connection(asyncio.Protocol):
    """Used by ``Pool`` only through ``begin``, ``reply``, ``read`` and ``finish``; ``on_lost`` is told once when it is gone."""

    __slots__ = (
        "_bodiless",
        "_buffered",
        "_chunks",
        "_clock",
        "_end",
        "_error",
        "_excess",
        "_head_bytes",
        "_keep_alive",
        "_limits",
        "_loop",
        "_on_lost",
        "_parser",
        "_patience",
        "_paused",
        "_poll",
        "_transport",
        "_until_close",
        "_waiter",
        "arrived",
        "closed",
        "deadline",
        "headers",
        "never_sent",
        "phase",
        "received",
        "status",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits, on_lost: "Callable[[Connection], None]") -> None:
        self._loop, self._limits, self._on_lost = loop, limits, on_lost
        self._clock = loop.time
        self._transport: asyncio.Transport | None = None
        self._poll: select.poll | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._paused = self.closed = False
        self._patience: Patience | None = None
        self._end = math.inf
        self.phase = IDLE
        self.deadline = self._clock() + limits.keepalive_seconds
        self._reset(b"")

    def _reset(self, method: bytes) -> None:
        self.status, self.arrived = 0, 0.0  # when the headers were complete
        self.headers: list[tuple[bytes, bytes]] = []
        self.received = False  # any byte of the reply
        self.never_sent = False  # the upstream had closed before: it cannot have acted on the request
        self._bodiless = method in _NO_BODY
        self._chunks: list[bytes] = []
        self._buffered = self._head_bytes = 0
        self._error: GatewayError | None = None
        self._excess = self._until_close = self._keep_alive = False

    # --- the caller's side

    @property
    def limits(self) -> Limits:
        """What it was opened with."""
        return self._limits

    def is_stale(self) -> bool:
        """Whether an idle connection has something to read: then the upstream has closed it and the event loop has not seen it yet."""
        return self.closed or (self._poll is not None and bool(self._poll.poll(0)))

    def begin(self, method: bytes, head: bytes, body: bytes, patience: Patience | None = None) -> None:
        """Write a request; ``head`` ends with the blank line."""
        assert self._transport is not None
        self._reset(method)
        self._patience = patience
        if patience is not None:
            self._end = math.inf if patience.total_seconds is None else self._clock() + patience.total_seconds
        self.phase = HEADERS
        if len(body) > HIGH_WATER:
            self._transport.write(head)
            self._transport.write(body)
        else:
            self._transport.write(head + body)

    async def reply(self) -> None:
        """Wait until ``status`` and ``headers`` are there. Raises ``GatewayError``."""
        patience = self._patience
        self.deadline = self._clock() + self._limits.headers_seconds if patience is None else self._at_most(patience.headers_seconds)
        while not self.status:
            if self._error is not None:
                raise self._kept_error()
            self._waiter = waiter = self._loop.create_future()
            await waiter
        self.deadline = 0.0

    async def read(self) -> bytes:
        """The bytes of the body that have come, as soon as there are any; empty at its end. Raises ``GatewayError``."""
        while not self._chunks:
            if self.phase == COMPLETE:
                return b""
            if self._error is not None:
                raise self._kept_error()
            patience = self._patience
            self.deadline = self._clock() + self._limits.idle_seconds if patience is None else self._at_most(patience.idle_seconds)
            self._waiter = waiter = self._loop.create_future()
            await waiter
        chunks, self._chunks = self._chunks, []
        self._buffered = 0
        self.deadline = 0.0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    @property
    def has_bytes(self) -> bool:
        """Whether ``read`` would not have to wait."""
        return bool(self._chunks) or self.phase == COMPLETE

    @property
    def ended(self) -> bool:
        """Whether the whole body has been taken."""
        return self.phase == COMPLETE and not self._chunks

    def finish(self) -> bool:
        """End the exchange: True when the connection can carry another one, else it is closed."""
        transport = self._transport
        reusable = self.phase == COMPLETE and self._keep_alive and not (self._excess or self._paused or self.closed or self._chunks)
        if transport is None or not reusable or transport.get_write_buffer_size():
            self.abort()
            return False
        if self._bodiless:  # the parser still expects the body that HEAD's headers speak of
            self._parser = httptools.HttpResponseParser(self)
        self.phase = IDLE
        self.deadline = self._clock() + self._limits.keepalive_seconds
        return True

    def given_up(self) -> None:
        """Nobody waits for the connection to come about any more: the event loop will not tell of its end."""
        self.closed = True
        self._transport = None
        self._forget_parser()

    def abort(self) -> None:
        """Close at once, whatever was under way."""
        self.phase = IDLE
        if self._transport is not None and not self.closed:
            self.closed = True
            self._transport.abort()

    def expire(self) -> None:
        """The deadline has passed: the reader gets an error that names the phase."""
        patience = self._patience or self._limits
        if self.phase == HEADERS:
            seconds = patience.headers_seconds
            self._fail(upstream_timeout("headers", f"The upstream sent no reply within {seconds:g} seconds."))
        elif self.phase == BODY and self._patience is not None and self._clock() >= self._end:
            seconds = self._patience.total_seconds or 0.0
            self._fail(upstream_timeout("total", f"The upstream did not finish within {seconds:g} seconds."))
        elif self.phase == BODY:
            seconds = patience.idle_seconds
            self._fail(upstream_timeout("idle", f"The upstream was silent for {seconds:g} seconds within its reply."))
        self.deadline = 0.0
        self.abort()

    # --- the event loop's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass
        self._parser = httptools.HttpResponseParser(self)
        sock = transport.get_extra_info("socket")
        if sock is not None and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock.fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        if self.phase == IDLE:  # nobody asked
            self.abort()
            return
        self.received = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._excess = True
            phase = BODY if self.phase == BODY else HEADERS
            self._fail(upstream_failed(phase, f"The upstream's reply is not HTTP that can be passed on: {_reason(error)}."))
        if self.phase == HEADERS:
            self._head_bytes += len(data)
            if self._head_bytes > self._limits.max_header_bytes:
                limit = self._limits.max_header_bytes
                self._fail(upstream_failed("headers", f"The headers of the upstream's reply are larger than {limit} bytes."))
        elif self._buffered > HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        if self.phase == HEADERS and not self.received and self._transport is not None:
            # Linux keeps EPIPE, not ECONNRESET, where a reset follows the peer's FIN: it had closed before our request arrived
            sock = self._transport.get_extra_info("socket")
            self.never_sent = sock is not None and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.EPIPE
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self.phase in (HEADERS, BODY):
            if self.phase == BODY and self._until_close and exc is None:
                self.phase = COMPLETE
            else:
                self.never_sent = self.never_sent or isinstance(exc, BrokenPipeError)
                when = "before it sent a reply" if self.phase == HEADERS else "in the middle of its reply"
                self._fail(upstream_failed(self.phase, f"The upstream closed the connection {when}{f' ({exc})' if exc else ''}."))
        self._wake()
        self._on_lost(self)
        self._forget_parser()

    # --- the parser's side

    def on_message_begin(self) -> None:
        if self.phase == COMPLETE:
            self._excess = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase == HEADERS:  # later ones are trailers, which are hop-by-hop
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.phase != HEADERS:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self.headers.clear()
            if status == 101:
                raise ValueError("an upgrade that nobody asked for")
            return
        self._keep_alive = self._parser.should_keep_alive()
        framed = False
        for name, value in self.headers:
            lower = name.lower()
            if lower == b"content-length":
                framed = True
            elif lower == b"transfer-encoding":
                framed = True
                if value.strip().lower() != b"chunked":
                    raise ValueError("a transfer coding other than chunked")
        self.status, self.arrived = status, time.perf_counter()
        self._until_close = not framed
        self.phase = COMPLETE if self._bodiless else BODY

    def on_body(self, body: bytes) -> None:
        if self.phase == BODY:
            self._chunks.append(body)
            self._buffered += len(body)
        elif self._bodiless:
            self._excess = True

    def on_message_complete(self) -> None:
        if self.phase == BODY:
            self.phase = COMPLETE

    # --- between the sides

    def _fail(self, error: GatewayError) -> None:
        """Keep the first error for the reader; a reply that is complete stays so."""
        if self._error is None and self.phase in (HEADERS, BODY):
            self._error = error
            self._wake()

    def _forget_parser(self) -> None:
        """It points back here, and what ends as a circle stays in memory until the collector's next full round."""
        self._parser = None  # type: ignore[assignment]  # nothing is received after this

    def _kept_error(self) -> GatewayError:
        """The error, for its one reader: once raised it points at this connection, so it is not kept here."""
        error, self._error = self._error, None
        assert error is not None
        return error

    def _at_most(self, seconds: float) -> float:
        """The moment after so many seconds, or the end of the exchange's time if that is sooner."""
        return min(self._clock() + seconds, self._end)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():  # it is where the reader was cancelled
            waiter.set_result(None)


def _reason(error: Exception) -> str:
    """What a parser's error says, or what one of our callbacks raised inside it."""
    return str((isinstance(error, httptools.HttpParserCallbackError) and error.__context__) or error)
