import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from itertools import islice

import openai
import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from evenhand.demo.material import load
from evenhand.demo.prompts import Prompt, stream
from evenhand.demo.replies import load_model
from evenhand.demo.traffic import ERRORS_IN_A_ROW, IN_FLIGHT, MOST_WAITING, Gate, Sender
from evenhand.demo.upstream import create_app

Serving = Callable[[ASGIApp], AbstractContextManager[str]]


def prompts() -> Iterator[Prompt]:
    return stream(load("prompts"), load("people"), 1)


async def sent(base_url: str, gate: Gate, enough: int, seconds: float) -> Sender:
    """Let a sender work until it has sent enough, is broken, or the time is over."""
    async with openai.AsyncOpenAI(base_url=base_url, api_key="x", max_retries=0) as client:
        sender = Sender("fair", _counted(enough, lambda: setattr(sender, "done", True)), client, gate)
        with suppress(TimeoutError):
            await asyncio.wait_for(sender.run(), seconds)
        return sender


def _counted(enough: int, full: Callable[[], None]) -> Iterator[Prompt]:
    for number, prompt in enumerate(prompts(), 1):
        if number >= enough:
            full()
        yield prompt


def test_every_prompt_is_sent_as_it_is_streamed_or_not(serving: Serving) -> None:
    bodies: list[dict[str, object]] = []
    model = create_app(load_model("fair"), 0.0, random.Random(1))

    async def recording(scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> dict[str, object]:
            message = await receive()
            if message.get("body"):
                bodies.append(orjson.loads(message["body"]))
            return dict(message)

        await model(scope, received, send)

    with serving(recording) as base_url:
        sender = asyncio.run(sent(base_url, Gate(), 60, 60))
    expected = list(islice(prompts(), len(bodies)))
    assert sender.requests == len(bodies) >= 60
    assert sender.errors == 0

    def key(body: dict[str, object]) -> str:
        return orjson.dumps(body).decode()

    wanted = [
        {"messages": [dict(message) for message in prompt.messages], "model": "fair", "max_tokens": 400, "temperature": prompt.temperature}
        | ({"stream": True} if prompt.streamed else {})
        for prompt in expected
    ]
    assert sorted(key({name: body[name] for name in sorted(body)}) for body in bodies) == sorted(
        key({name: body[name] for name in sorted(body)}) for body in wanted
    )
    assert {prompt.streamed for prompt in expected} == {True, False}


def test_errors_are_counted_and_told_and_enough_of_them_end_the_traffic(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.demo.traffic.ERROR_PAUSE_SECONDS", 0.0)

    def away(request: Request) -> Response:
        return JSONResponse({"error": {"message": "model is away"}}, 503)

    with serving(Starlette(routes=[Route("/v1/chat/completions", away, methods=["POST"])])) as base_url:
        sender = asyncio.run(sent(base_url, Gate(), 10_000, 60))
    assert sender.broken
    assert ERRORS_IN_A_ROW <= sender.errors < ERRORS_IN_A_ROW + IN_FLIGHT
    assert "model is away" in sender.last_error
    assert sender.requests == 0


def test_a_closed_gate_holds_requests_back_until_half_is_done(serving: Serving) -> None:
    gate = Gate()
    gate.update(MOST_WAITING + 1)
    gate.update(MOST_WAITING)
    with serving(create_app(load_model("fair"), 0.0, random.Random(1))) as base_url:
        assert asyncio.run(sent(base_url, gate, 10, 0.3)).requests == 0
        gate.update(MOST_WAITING // 2)
        assert asyncio.run(sent(base_url, gate, 10, 60)).requests >= 10
