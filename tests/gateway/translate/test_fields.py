"""Every field of a request, to every tested provider: it arrives, it is named as dropped, or the request is refused by its name."""

import json
from typing import Any

import httpx
import pytest

from tests.gateway.translate.conftest import Stand, sent
from tests.gateway.translate.test_dialects import CHATS, TOOLS, fake, user

SCHEMA = {"name": "answer", "schema": {"type": "object", "properties": {"zebra": {"type": "string"}}, "required": ["zebra"]}}
FIELDS: dict[str, tuple[Any, Any]] = {
    "temperature": (0.37, 0.37),
    "top_p": (0.61, 0.61),
    "n": (3, 3),
    "stop": (["STOPWORD"], "STOPWORD"),
    "max_tokens": (77, 77),
    "max_completion_tokens": (78, 78),
    "presence_penalty": (0.31, 0.31),
    "frequency_penalty": (0.29, 0.29),
    "logit_bias": ({"5": 33}, 33),
    "logprobs": (True, True),
    "top_logprobs": (3, 3),
    "seed": (4242, 4242),
    "user": ("user-abc", "user-abc"),
    "response_format": ({"type": "json_schema", "json_schema": SCHEMA}, "zebra"),
    "tool_choice": ("required", "ANY"),
    "parallel_tool_calls": (False, True),
    "functions": ([{"name": "weather", "parameters": {"type": "object", "properties": {}}}], "weather"),
    "reasoning_effort": ("low", "think"),
    "verbosity": ("low", "low"),
    "modalities": (["text", "audio"], "AUDIO"),
    "prediction": ({"type": "content", "content": "x"}, "x"),
    "web_search_options": ({}, "search"),
    "service_tier": ("default", "standard"),
    "store": (True, True),
    "metadata": ({"a": "b"}, "b"),
    "safety_identifier": ("someone", "someone"),
    "prompt_cache_key": ("key-1", "key-1"),
    "thinking": ({"type": "enabled", "budget_tokens": 1500}, 1500),
    "top_k": (41, 41),
    "min_p": (0.07, 0.07),
    "repeat_penalty": (1.3, 1.3),
    "num_ctx": (2048, 2048),
    "keep_alive": ("5m", "5m"),
    "think": (True, True),
    "safety_settings": ([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}], "BLOCK_NONE"),
}
"""Name: the value that is sent, and what of it must be found in the provider's request."""
REFUSED = {
    "claude": {
        *("n", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "seed", "functions", "verbosity"),
        *("modalities", "prediction", "store", "min_p", "repeat_penalty", "num_ctx", "keep_alive", "think", "safety_settings"),
    },
    "gemini": {
        *("logit_bias", "top_logprobs", "parallel_tool_calls", "verbosity", "prediction", "store", "min_p", "repeat_penalty"),
        *("num_ctx", "keep_alive", "think"),
    },
    "llama": {
        *("n", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "tool_choice", "parallel_tool_calls"),
        *("functions", "verbosity", "modalities", "prediction", "web_search_options", "service_tier", "store", "thinking"),
        "safety_settings",
    },
}
DROPPED = {
    "claude": {"metadata", "safety_identifier", "prompt_cache_key"},
    "gemini": {"user", "metadata", "safety_identifier", "prompt_cache_key"},
    "llama": {"user", "metadata", "safety_identifier", "prompt_cache_key"},
}


def ask(stand: Stand, model: str, path: str = "chat/completions", **fields: Any) -> httpx.Response:
    return httpx.post(f"{stand.gateway.url}/v1/{path}", json={"model": model, "messages": user()} | fields, timeout=30)


def values(node: Any) -> list[Any]:
    """Every scalar of a document, and its names."""
    if isinstance(node, dict):
        return [*node, *(value for item in node.values() for value in values(item))]
    if isinstance(node, list):
        return [value for item in node for value in values(item)]
    return [node]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("model", CHATS)
def test_no_field_vanishes_in_silence(stand: Stand, model: str, field: str) -> None:
    value, trace = FIELDS[field]
    tools = {"tools": TOOLS} if field in ("tool_choice", "parallel_tool_calls") else {}
    reply = ask(stand, model, **{field: value}, **tools)
    if field in REFUSED[model]:
        assert reply.status_code == 400
        assert reply.json()["error"]["param"] == field
        assert f"`{field}`" in reply.json()["error"]["message"]
        assert fake(stand, model).calls == []
        return
    assert reply.status_code == 200, reply.text
    named = reply.headers.get("x-evenhand-dropped-parameters", "")
    if field in DROPPED[model]:
        assert named == field
        return
    assert named == ""
    found = values(sent(fake(stand, model)))
    if isinstance(trace, str):
        assert any(trace.lower() in str(item).lower() for item in found), found
    else:
        assert any(item == trace and type(item) is type(trace) for item in found), found


@pytest.mark.parametrize("model", CHATS)
def test_values_that_ask_for_what_happens_anyway_are_left_out(stand: Stand, model: str) -> None:
    """Replays always say ``store: false`` and ``n: 1``, and clients often send OpenAI's defaults."""
    plain = ask(stand, model, max_tokens=50)
    before = sent(fake(stand, model))
    neutral: dict[str, Any] = {
        "n": 1,
        "store": False,
        "logprobs": False,
        "presence_penalty": 0,
        "frequency_penalty": 0.0,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "service_tier": "auto",
        "response_format": {"type": "text"},
        "logit_bias": {},
        "tools": [],
        "seed": None,
        "stop": None,
    }
    reply = ask(stand, model, max_tokens=50, **neutral)
    assert (plain.status_code, reply.status_code) == (200, 200), reply.text
    assert "x-evenhand-dropped-parameters" not in reply.headers
    assert sent(fake(stand, model)) == before


OUTSIDE = {
    "api_base": "http://127.0.0.1:9/elsewhere",
    "base_url": "http://127.0.0.1:9/elsewhere",
    "api_key": "sk-clients",
    "extra_headers": {"x-api-key": "sk-clients"},
    "extra_body": {"a": 1},
    "mock_response": "made up",
    "custom_llm_provider": "openai",
    "fallbacks": ["gpt-4o"],
    "num_retries": 5,
    "timeout": 1,
    "success_callback": ["webhook"],
    "aws_secret_access_key": "x",
    "vertex_credentials": "/etc/passwd",
    "litellm_params": {},
    "cache": {"no-cache": False},
    "drop_params": True,
    "allowed_openai_params": ["logit_bias"],
    "some_future_field": 1,
}


@pytest.mark.parametrize("field", OUTSIDE)
def test_a_client_has_no_say_in_what_litellm_takes_by_keyword(stand: Stand, field: str) -> None:
    reply = ask(stand, "claude", **{field: OUTSIDE[field]})
    assert reply.status_code == 400
    assert reply.json()["error"] | {"message": ""} == {
        "message": "",
        "type": "invalid_request_error",
        "param": field,
        "code": "unknown_parameter",
    }
    assert stand.fakes["anthropic"].calls == []
    body = {"model": "nomic", "input": ["a"], field: OUTSIDE[field]}
    refused = httpx.post(f"{stand.gateway.url}/v1/embeddings", json=body, timeout=30)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == field


@pytest.mark.parametrize("model", CHATS)
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.png", "https://elsewhere.invalid/a.png", "file:///etc/passwd"])
def test_nothing_is_fetched_for_a_client(stand: Stand, model: str, url: str) -> None:
    parts = [{"type": "text", "text": "see http://example.invalid"}, {"type": "image_url", "image_url": {"url": url}}]
    reply = ask(stand, model, messages=[{"role": "user", "content": parts}])
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "messages[0].content"
    assert fake(stand, model).calls == []


@pytest.mark.parametrize("model", CHATS)
def test_an_image_that_comes_along_passes(stand: Stand, model: str) -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    parts = [{"type": "text", "text": "what is it?"}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{dot}"}}]
    reply = ask(stand, model, messages=[{"role": "user", "content": parts}])
    assert reply.status_code == 200, reply.text
    assert dot[:40] in json.dumps(sent(fake(stand, model)))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"messages": "hi"}, "invalid_type"),
        ({"messages": None}, "invalid_type"),
        ({"messages": ["hi"]}, "invalid_type"),
    ],
)
def test_messages_that_are_none_are_refused(stand: Stand, body: dict[str, Any], code: str) -> None:
    reply = ask(stand, "claude", **body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, code)


def test_a_prompt_of_several_texts_is_refused_for_the_older_endpoint(stand: Stand) -> None:
    body = {"model": "claude", "prompt": ["one", "two"]}
    reply = httpx.post(f"{stand.gateway.url}/v1/completions", json=body, timeout=30)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "prompt")


@pytest.mark.parametrize("path", ["responses", "messages", "images/generations", "moderations"])
def test_another_endpoint_is_refused_by_what_is_spoken(stand: Stand, path: str) -> None:
    reply = ask(stand, "claude", path)
    assert reply.status_code == 404
    assert "/chat/completions, /completions and /embeddings" in reply.json()["error"]["message"]
