from typing import Any

import orjson
import pytest

from gateway.metrics.genai import OPERATIONS
from gateway.usage import METERED
from tests.gateway.conftest import Call, post
from tests.gateway.routed import Gateways, Upstreams, entry

COMMON = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai"}


async def reply(call: Call) -> None:
    await call.json(b'{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5}}')


async def stream(call: Call) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    await call.send(head, *[b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'] * 3, b"data: [DONE]\n\n")
    call.writer.close()


def body(model: str, **more: Any) -> bytes:
    return orjson.dumps({"model": model, "messages": [{"role": "user", "content": "Hello."}]} | more)


def test_traffic_is_told_under_the_names_of_the_conventions(upstreams: Upstreams, gateways: Gateways) -> None:
    up = upstreams(reply)
    gateway = gateways(model_list=[entry("m", up)], metrics={"genai_names": True})
    gateway.ask(post(body("m")))
    gateway.ask(post(body("no-such-model")))
    up.script = stream
    gateway.ask(post(body("m", stream=True)))
    told = {**COMMON, "gen_ai_request_model": "m"}
    assert gateway.count("gen_ai_server_request_duration_seconds_count", **told, error_type="") == 2
    unknown = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "_OTHER", "gen_ai_request_model": "_OTHER"}
    assert gateway.count("gen_ai_server_request_duration_seconds_count", **unknown, error_type="caller_unknown_model") == 1
    assert gateway.count("gen_ai_client_token_usage_sum", **told, gen_ai_token_type="input") == 12
    assert gateway.count("gen_ai_client_token_usage_sum", **told, gen_ai_token_type="output") == 5
    assert gateway.count("gen_ai_server_time_to_first_token_seconds_count", **told) == 1
    assert gateway.count("gen_ai_server_time_per_output_token_seconds_count", **told) == 1
    assert gateway.count("evenhand_request_duration_seconds_count", model="m") == 2, "our own names stay"


@pytest.mark.parametrize("settings", [{}, {"metrics": {"genai_names": False}}])
def test_they_are_off_unless_asked_for(upstreams: Upstreams, gateways: Gateways, settings: dict[str, Any]) -> None:
    gateway = gateways(model_list=[entry("m", upstreams(reply))], **settings)
    gateway.ask(post(body("m")))
    assert b"gen_ai_" not in gateway.text()


def test_every_endpoint_with_tokens_is_an_operation() -> None:
    assert set(OPERATIONS) == METERED
