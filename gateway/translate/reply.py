"""The one reply to a request: whole, as events, or a failure at any point of it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

import orjson

from gateway.errors import GatewayError
from gateway.translate.parameters import DROPPED_HEADER

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
_JSON = (b"content-type", b"application/json")


class Reply:
    """Sends through ASGI. Until the first ``event`` nothing has gone out, and a failure has its own status."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun = send, False

    async def whole(self, document: Mapping[str, Any], headers: Headers | None = None) -> None:
        """Answer with one JSON document."""
        await _send_whole(self._send, 200, [_JSON, *(headers or [])], orjson.dumps(document))

    async def event(self, document: Mapping[str, Any], dropped: list[str]) -> None:
        """Send one event of a stream; ``dropped`` goes into the head of the first."""
        await self._begin(dropped)
        await self._send_event(orjson.dumps(document))

    async def done(self, dropped: list[str]) -> None:
        """End a stream that is complete."""
        await self._begin(dropped)
        await self._send_event(b"[DONE]")
        await self._send({"type": "http.response.body", "body": b""})

    async def fail(self, error: GatewayError) -> None:
        """Answer with an error, or end the stream with one."""
        if not self._begun:
            await refuse(self._send, error)
            return
        if error.type == "invalid_request_error":  # the request was good enough for a stream to begin
            error = replace(error, type="server_error", code="upstream_error")
        await self._send_event(error.body())  # and no [DONE]: nobody may take this for a whole reply
        await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, dropped: list[str]) -> None:
        if not self._begun:
            self._begun = True
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache"), *dropped_header(dropped)]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _send_event(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": b"data: " + data + b"\n\n", "more_body": True})


def dropped_header(names: list[str]) -> Headers:
    """Which fields of the request had no effect; no header where all had."""
    return [(DROPPED_HEADER, ",".join(names).encode())] if names else []


async def refuse(send: Send, error: GatewayError) -> None:
    """Answer with an error in OpenAI's shape."""
    await _send_whole(send, error.status, [_JSON, *error.headers], error.body())


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
