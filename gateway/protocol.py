"""uvicorn's HTTP protocol with what a fast public front needs beside it: refusals in OpenAI's shape, a bound for request heads, word of a
client that left without a task that waits for it, and relayed heads written without another look at each header."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.errors import GatewayError, invalid_request, too_slow

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 60.0
LINGER_SECONDS = 2.0
STALL_SECONDS = 300.0
CONNECTION = "evenhand.connection"  # the key of this object among the scope's extensions


class GatewayProtocol(HttpToolsProtocol):
    """One client connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head_bytes = 0
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._gone: Callable[[], None] | None = None
        self._serving: RequestResponseCycle | None = None
        self._held: _Held | None = None

    def watch(self, gone: Callable[[], None] | None) -> None:
        """Have ``gone`` called once when the client closes the connection; None stops watching."""
        self._gone = gone
        if gone is not None:
            self.flow.resume_reading()  # a large body paused it, and only a reader notices the end

    @property
    def has_request(self) -> bool:
        """Whether the request being served has come whole."""
        return self._serving is not None and not self._serving.more_body

    def start(self, status: int, headers: Sequence[tuple[bytes, bytes]], length: int | None) -> None:
        """Begin a relayed reply, in place of ``http.response.start``; the body follows by ``send``.

        The headers come from the upstream's parser, so they are valid and not looked at again. ``length`` is the body's size, None when
        only its end will tell.
        """
        cycle = self._serving
        assert cycle is not None
        cycle.response_started, cycle.waiting_for_100_continue = True, False
        parts = [STATUS_LINE[status]]
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        if length is not None:
            cycle.chunked_encoding, cycle.expected_content_length = False, length
        elif status not in (204, 304) and cycle.scope["method"] != "HEAD":
            cycle.chunked_encoding = True
            parts.append(b"transfer-encoding: chunked\r\n")
        parts.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
        if not cycle.disconnected:
            cycle.transport.write(b"".join(parts))

    def hold(self) -> None:
        """Keep what is written until ``release``, so that a reply's head and body leave in one system call."""
        assert self._serving is not None
        self._held = _Held(self.transport)
        self._serving.transport = self._held  # type: ignore[assignment]

    def release(self) -> None:
        """Write what was held."""
        if self._held is not None and self._serving is not None:
            self._held.flush()
            self._serving.transport, self._held = self.transport, None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._serving = cycle  # ``cycle`` of the base class is the last one parsed, which may wait behind this one
        super()._start_asgi_task(cycle, app)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_too_slow)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALL_SECONDS, self.transport.abort)  # a client that reads nothing for so long

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_stall_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head_timer()
        self._forget_stall_timer()
        super().connection_lost(exc)
        if self._gone is not None:
            gone, self._gone = self._gone, None
            gone()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: self}  # type: ignore[dict-item]
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._forget_head_timer()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return  # what a refused client still sends is read and dropped, so that it gets to see the answer
        super().data_received(data)
        if self._in_head and self.transport is not None:  # a whole request in one read, the usual case, never comes here
            if self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_too_slow)
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self._refused:
                message = f"The request's headers are larger than {MAX_HEAD_BYTES} bytes."
                self._refuse(GatewayError(431, "invalid_request_error", "headers_too_large", message, "caller_too_large"))

    def send_400_response(self, msg: str) -> None:
        """What the parser could not read."""
        self._refuse(invalid_request("The request is not valid HTTP/1.1.", code="invalid_http"))

    def _head_too_slow(self) -> None:
        self._head_timer = None
        if self._in_head and self._head_bytes:
            self._refuse(too_slow(HEAD_SECONDS))
        elif self._in_head:
            self.transport.close()

    def _forget_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _forget_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _refuse(self, error: GatewayError) -> None:
        cycle = getattr(self, "cycle", None)
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.abort()  # a reply is under way on this connection: nothing can be said in between
            return
        body = error.body()
        self.transport.write(
            STATUS_LINE[error.status] + b"content-type: application/json\r\nx-evenhand-error-origin: gateway\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(body), body)
        )
        self._refused = True
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


class _Held:
    """Stands in for a transport while a reply begins."""

    __slots__ = ("_parts", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._parts.append(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))


class QuietAborts(logging.Filter):
    """Drops uvicorn's complaint about replies that the gateway broke off on purpose, and about each unreadable request."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(
            ("ASGI callable returned without completing", "Invalid HTTP request", "Unsupported upgrade", "No supported WebSocket")
        )
