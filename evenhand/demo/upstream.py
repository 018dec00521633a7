"""One demo model served over OpenAI's HTTP: `/v1/chat/completions`, `/v1/completions`, `/v1/models`."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from evenhand.demo import protocol
from evenhand.demo.protocol import Ask, BadRequestError, Endpoint, Reply
from evenhand.demo.replies import Model, replies

WORDS_PER_EVENT = 3


class Upstream:
    """The endpoints of one demo model; `latency_seconds` is the mean time to a reply's first byte, `rng` the source of chance."""

    def __init__(self, model: Model, latency_seconds: float, rng: random.Random) -> None:
        self._model, self._latency_seconds, self._rng = model, latency_seconds, rng
        self._card = {"id": model.name, "object": "model", "created": int(time.time()), "owned_by": "evenhand-demo"}

    async def chat(self, request: Request) -> Response:
        return await self._complete("chat_completions", await request.body())

    async def complete(self, request: Request) -> Response:
        return await self._complete("completions", await request.body())

    async def models(self, request: Request) -> Response:
        return _json(orjson.dumps({"object": "list", "data": [self._card]}))

    async def model(self, request: Request) -> Response:
        self._check_model(request.path_params["name"])
        return _json(orjson.dumps(self._card))

    async def _complete(self, endpoint: Endpoint, body: bytes) -> Response:
        ask = protocol.read_ask(endpoint, body)
        self._check_model(ask.model)
        found = replies(self._model, ask, self._rng)
        prefix = "chatcmpl" if endpoint == "chat_completions" else "cmpl"
        reply_id, created = f"{prefix}-{self._rng.getrandbits(96):024x}", int(time.time())
        await asyncio.sleep(self._latency_seconds * (0.5 + 0.5 * self._rng.expovariate(1)))
        if ask.stream:
            return StreamingResponse(
                self._events(ask, reply_id, created, found), media_type="text/event-stream", headers={"cache-control": "no-cache"}
            )
        return _json(protocol.whole(ask, reply_id, created, found))

    async def _events(self, ask: Ask, reply_id: str, created: int, found: list[Reply]) -> AsyncIterator[bytes]:
        for index, reply in enumerate(found):
            if ask.endpoint == "chat_completions":
                yield protocol.event(ask, reply_id, created, [protocol.choice(ask, index, None, first=True)])
            words = protocol.pieces(reply.text)
            for start in range(0, len(words), WORDS_PER_EVENT):
                yield protocol.event(ask, reply_id, created, [protocol.choice(ask, index, "".join(words[start : start + WORDS_PER_EVENT]))])
                await asyncio.sleep(self._latency_seconds / 20)
            yield protocol.event(ask, reply_id, created, [protocol.choice(ask, index, None, reply.finish_reason)])
        if ask.include_usage:
            yield protocol.event(ask, reply_id, created, [], protocol.usage(ask, found))
        yield b"data: [DONE]\n\n"

    def _check_model(self, name: str) -> None:
        if name != self._model.name:
            raise BadRequestError(f"The model '{name}' does not exist here; '{self._model.name}' does.", "model", "model_not_found", 404)


def create_app(model: Model, latency_seconds: float, rng: random.Random) -> Starlette:
    """Return the ASGI application of one demo model."""
    upstream = Upstream(model, latency_seconds, rng)
    return Starlette(
        routes=[
            Route("/v1/chat/completions", upstream.chat, methods=["POST"]),
            Route("/v1/completions", upstream.complete, methods=["POST"]),
            Route("/v1/models", upstream.models),
            Route("/v1/models/{name:path}", upstream.model),
        ],
        exception_handlers={BadRequestError: _refused, HTTPException: _no_such_route},
    )


def serve(model: Model, host: str, port: int, latency_seconds: float, rng: random.Random) -> None:
    """Serve one demo model until it is told to stop."""
    app = create_app(model, latency_seconds, rng)
    uvicorn.run(
        app, host=host, port=port, loop="auto", http="httptools", log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    return _json(protocol.error_body(error), error.status) if isinstance(error, BadRequestError) else _json(b"{}", 500)


async def _no_such_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    fault = BadRequestError(f"Invalid URL or method ({request.method} {request.url.path}).", status=status)
    return _json(protocol.error_body(fault), status)
