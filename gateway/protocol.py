"""uvicorn's HTTP protocol with what a fast public front needs beside it: refusals in OpenAI's shape, a bound for request heads, word of a
client that left without a task that waits for it, and bodies and replies that pass without ASGI's messages."""

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.errors import GatewayError, invalid_request, too_slow

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 60.0
LINGER_SECONDS = 2.0
STALL_SECONDS = 300.0
CONNECTION = "evenhand.connection"  # the key of this object among the scope's extensions, where the application takes it out


class GatewayProtocol(HttpToolsProtocol):
    """One client connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head_bytes = 0
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._gone: Callable[[], object] | None = None
        self._serving: RequestResponseCycle | None = None
        self._begun = b""  # the head of a reply, while it waits for the first bytes of the body
        self._idle_since = math.inf
        self.is_gone = False

    def watch(self, gone: Callable[[], object] | None) -> None:
        """Have ``gone`` called once when the client closes the connection (``is_gone`` is true by then); None stops watching."""
        self._gone = gone
        if gone is not None:
            self.flow.resume_reading()  # a large body paused it, and only a reader notices the end

    def take_body(self) -> bytes | None:
        """The request's body, once, where all of it has come; None where it has to be received."""
        cycle = self._serving
        if cycle is None or cycle.more_body or cycle.disconnected or cycle.waiting_for_100_continue:
            return None
        body, cycle.body = bytes(cycle.body), bytearray()
        return body

    @property
    def has_request(self) -> bool:
        """Whether the request being served has come whole."""
        return self._serving is not None and not self._serving.more_body

    def start(self, status: int, headers: Sequence[tuple[bytes, bytes]], length: int | None, *, hold: bool) -> None:
        """Begin a relayed reply, in place of ``http.response.start``; the body follows by ``write``.

        The headers come from the upstream's parser, so they are valid and not looked at again. ``length`` is the body's size, None when
        only its end will tell. ``hold`` keeps the head until the first bytes of the body, so that both leave in one system call.
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
        if hold:
            self._begun = b"".join(parts)
        elif not cycle.disconnected:
            self.transport.write(b"".join(parts))

    @property
    def is_full(self) -> bool:
        """Whether the client is behind with reading; then ``drained`` before the next ``write``."""
        return self.flow.write_paused

    async def drained(self) -> None:
        """Wait until the client has read."""
        await self.flow.drain()

    def write(self, piece: bytes, *, last: bool) -> None:
        """Bytes of a relayed reply's body, in place of ``http.response.body``; nothing happens where the client is gone."""
        cycle = self._serving
        assert cycle is not None
        if cycle.disconnected:
            return
        begun, self._begun = self._begun, b""
        if cycle.scope["method"] == "HEAD" or cycle.chunked_encoding is None:
            text = begun
        elif not cycle.chunked_encoding:
            text = begun + piece if begun else piece
        elif not last:
            text = b"%b%x\r\n%b\r\n" % (begun, len(piece), piece) if piece else begun
        else:
            text = b"%b%x\r\n%b\r\n0\r\n\r\n" % (begun, len(piece), piece) if piece else begun + b"0\r\n\r\n"
        if text:
            self.transport.write(text)
        if last:
            cycle.response_complete = True
            cycle.message_event.set()
            if not cycle.keep_alive:
                self.transport.close()
            self.on_response_complete()

    def on_response_complete(self) -> None:
        """As the base class has it, but for the timer of an idle connection: one that is looked at when it is over, not one a request."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self._idle_too_long)

    def _idle_too_long(self) -> None:
        self.timeout_keep_alive_task = None
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            self.transport.close()
        elif left < math.inf:
            self.timeout_keep_alive_task = self.loop.call_later(left, self._idle_too_long)

    def _unset_keepalive_if_required(self) -> None:
        """The client sends something, or has left."""
        self._idle_since = math.inf

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._serving = cycle  # ``cycle`` of the base class is the last one parsed, which may wait behind this one
        cycle.scope["extensions"] = {CONNECTION: self}  # type: ignore[dict-item]
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
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None
        self.is_gone = True
        super().connection_lost(exc)
        if self._serving is not None and not self._serving.response_complete:  # the base class tells the last one parsed
            self._serving.disconnected = True
            self._serving.message_event.set()
        self.pipeline.clear()  # what waits there, and its last, points back here
        self.cycle = self._serving  # type: ignore[assignment]
        if self._gone is not None:
            gone, self._gone = self._gone, None
            gone()

    def on_message_begin(self) -> None:
        super().on_message_begin()
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


class QuietAborts(logging.Filter):
    """Drops uvicorn's complaint about replies that the gateway broke off on purpose, and about each unreadable request."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(
            ("ASGI callable returned without completing", "Invalid HTTP request", "Unsupported upgrade", "No supported WebSocket")
        )
