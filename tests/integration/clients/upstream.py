"""An upstream that speaks OpenAI's HTTP as clients meet it: gzip, events cut anywhere, retries asked for. It keeps every request."""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from evenhand.demo.children import free_port
from tests.integration.clients import chat, responses
from tests.integration.clients.material import CREATED, Body, as_json, failure

MODELS = ("model-one", "model-two")
BUSY, STRICT = "busy-model", "strict-model"
"""Models that answer every first request with 429, and every one with 400."""
_PIECE_BYTES = 101


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: raw path and query, headers in order, the body's bytes."""

    method: str
    path: bytes
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, None where it was not sent."""
        return next((value.decode() for key, value in self.headers if key == name.encode()), None)


@dataclass
class Upstream:
    """The server's address and what it was asked."""

    base: str
    calls: list[Call] = field(default_factory=list)
    _busy: int = 0

    def since(self, count: int, key: str) -> list[Call]:
        """The requests after the first ``count`` that came with an API key: a replay comes with another than the client's."""
        return [call for call in self.calls[count:] if call.header("authorization") == f"Bearer {key}"]

    async def _kept(self, request: Request) -> Body:
        raw = await request.body()
        headers = tuple((bytes(name), bytes(value)) for name, value in request.headers.raw)
        self.calls.append(Call(request.method, request.scope["raw_path"], request.scope["query_string"], headers, raw))
        return dict(json.loads(raw)) if raw else {}

    async def chat(self, request: Request) -> Response:
        body = await self._kept(request)
        if (refused := self._refused(request, body)) is not None:
            return refused
        if body.get("stream"):
            texts = (f"data: {as_json(chunk)}\n\n" for chunk in chat.chunks(body))
            return _stream([": a comment, as some upstreams send\n\n", *texts, "data: [DONE]\n\n"])
        return _whole(request, 200, chat.completion(body))

    async def responses(self, request: Request) -> Response:
        body = await self._kept(request)
        if (refused := self._refused(request, body)) is not None:
            return refused
        if body.get("stream"):
            return _stream(f"event: {event['type']}\ndata: {as_json(event)}\n\n" for event in responses.events(body))
        return _whole(request, 200, responses.response(body))

    async def embeddings(self, request: Request) -> Response:
        return _whole(request, 200, chat.embeddings(await self._kept(request)))

    async def models(self, request: Request) -> Response:
        await self._kept(request)
        cards = [{"id": name, "object": "model", "created": CREATED, "owned_by": "tests"} for name in MODELS]
        return _whole(request, 200, {"object": "list", "data": cards})

    def _refused(self, request: Request, body: Body) -> Response | None:
        if body["model"] == STRICT:
            return _whole(
                request, 400, failure("This model refuses temperatures.", "invalid_request_error", "unsupported_value", "temperature")
            )
        if body["model"] == BUSY:
            self._busy += 1
            if self._busy % 2:
                error = failure("Slow down.", "requests", "rate_limit_exceeded")
                return _whole(request, 429, error, {"retry-after-ms": "20", "retry-after": "1", "x-ratelimit-remaining-requests": "0"})
        return None


def _whole(request: Request, status: int, body: Body, headers: dict[str, str] | None = None) -> Response:
    """A whole reply, compressed as the client allows, with the headers that clients read."""
    raw = as_json(body).encode()
    fields = {"content-type": "application/json", "x-request-id": "req_upstream", "openai-processing-ms": "5", **(headers or {})}
    if "gzip" in request.headers.get("accept-encoding", ""):
        raw, fields["content-encoding"] = gzip.compress(raw, mtime=0), "gzip"
    return Response(raw, status, fields)


def _stream(events: Iterable[str]) -> Response:
    """Events in pieces of a fixed size, which end within events, lines and letters."""

    async def cut() -> AsyncIterator[bytes]:
        raw = "".join(events).encode()
        for start in range(0, len(raw), _PIECE_BYTES):
            yield raw[start : start + _PIECE_BYTES]
            await asyncio.sleep(0)

    return StreamingResponse(cut(), headers={"content-type": "text/event-stream; charset=utf-8", "x-request-id": "req_upstream"})


@contextmanager
def running() -> Iterator[Upstream]:
    """An upstream on a free port of this machine, stopped at the end."""
    port = free_port()
    upstream = Upstream(f"http://127.0.0.1:{port}/v1")
    routes = [
        Route("/v1/chat/completions", upstream.chat, methods=["POST"]),
        Route("/v1/responses", upstream.responses, methods=["POST"]),
        Route("/v1/embeddings", upstream.embeddings, methods=["POST"]),
        Route("/v1/models", upstream.models),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, name="upstream")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the upstream did not start"
            time.sleep(0.01)
        yield upstream
    finally:
        server.should_exit = True
        thread.join(10)
