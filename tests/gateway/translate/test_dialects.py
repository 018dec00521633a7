"""OpenAI's own client through gateway and translate process to three providers' HTTP: what holds for each of them."""

import json
from typing import Any

import openai
import pytest

from tests.gateway.conftest import Upstream
from tests.gateway.translate.conftest import Stand, sent

CHATS = ("claude", "gemini", "llama")
PROVIDER = {"claude": "anthropic", "gemini": "gemini", "llama": "ollama", "gemini-embedding": "gemini", "nomic": "ollama"}
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def user(text: str = "hi") -> Any:
    return [{"role": "system", "content": "be kind"}, {"role": "user", "content": text}]


def fake(stand: Stand, model: str) -> Upstream:
    return stand.fakes[PROVIDER[model]]


@pytest.mark.parametrize("model", CHATS)
def test_a_reply_has_text_reason_usage_and_the_providers_name_for_the_model(client: openai.OpenAI, stand: Stand, model: str) -> None:
    reply = client.chat.completions.create(model=model, messages=user())
    assert reply.object == "chat.completion"
    assert reply.choices[0].message.role == "assistant"
    assert reply.choices[0].message.content == "Hello"
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (14 if model == "claude" else 10, 5)
    assert reply.model in ("claude-sonnet-4-5", "gemini-2.5-flash", "llama3.2")
    assert "be kind" in json.dumps(sent(fake(stand, model)))


@pytest.mark.parametrize("model", CHATS)
def test_a_stream_is_the_reply_in_pieces_with_one_id(client: openai.OpenAI, model: str) -> None:
    chunks = list(client.chat.completions.create(model=model, messages=user(), stream=True))
    assert [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content] == ["Hel", "lo"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert [chunk.choices[0].finish_reason for chunk in chunks].count("stop") == 1
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert all(chunk.usage is None for chunk in chunks), "nobody asked for usage"


@pytest.mark.parametrize("model", CHATS)
def test_a_stream_tells_its_usage_at_the_end_where_asked(client: openai.OpenAI, model: str) -> None:
    chunks = list(client.chat.completions.create(model=model, messages=user(), stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (10, 5)
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert "cost" not in (chunks[-1].usage.model_extra or {}), "litellm's own estimate is not the provider's word"


@pytest.mark.parametrize("model", CHATS)
def test_the_older_endpoint_is_answered_too(client: openai.OpenAI, model: str) -> None:
    whole = client.completions.create(model=model, prompt="hi")
    assert (whole.object, whole.choices[0].text, whole.choices[0].finish_reason) == ("text_completion", "Hello", "stop")
    pieces = list(client.completions.create(model=model, prompt="hi", stream=True))
    assert "".join(piece.choices[0].text for piece in pieces) == "Hello"
    assert pieces[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("model", CHATS)
def test_a_tool_call_comes_whole_and_streamed(client: openai.OpenAI, stand: Stand, model: str) -> None:
    reply = client.chat.completions.create(model=model, messages=user(), tools=TOOLS)
    assert reply.choices[0].finish_reason == "tool_calls"
    (call,) = reply.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.id
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Zürich"})
    assert "index" not in (call.model_extra or {})

    parts = [
        part
        for chunk in client.chat.completions.create(model=model, messages=user(), tools=TOOLS, stream=True)
        for part in chunk.choices[0].delta.tool_calls or []
    ]
    assert parts[0].id
    assert parts[0].function is not None
    assert parts[0].function.name == "weather"
    assert {part.index for part in parts} == {0}
    assert json.loads("".join(part.function.arguments or "" for part in parts if part.function)) == {"city": "Zürich"}


@pytest.mark.parametrize("model", CHATS)
def test_the_result_of_a_tool_reaches_the_provider(client: openai.OpenAI, stand: Stand, model: str) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}
    turns: Any = [
        *user("what weather is it?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "foehn and sun"},
    ]
    client.chat.completions.create(model=model, messages=turns, tools=TOOLS)
    request = json.dumps(sent(fake(stand, model)))
    for said in ("what weather is it?", "Bern", "foehn and sun"):
        assert said in request


@pytest.mark.parametrize("model", CHATS)
def test_a_reply_cut_by_its_limit_says_length(client: openai.OpenAI, model: str) -> None:
    assert client.chat.completions.create(model=model, messages=user("long"), max_tokens=5).choices[0].finish_reason == "length"
    chunks = list(client.chat.completions.create(model=model, messages=user("long"), max_tokens=5, stream=True))
    assert chunks[-1].choices[0].finish_reason == "length"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 503, 529])
@pytest.mark.parametrize("model", CHATS)
def test_a_failure_keeps_its_status_and_the_providers_words(client: openai.OpenAI, model: str, status: int, stream: bool) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=model, messages=user(f"fail {status}"), stream=stream)
    assert caught.value.status_code == status
    error = caught.value.body
    assert isinstance(error, dict)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"] == f"the provider says {status}"
    assert error["type"] == ("rate_limit_error" if status == 429 else "server_error" if status >= 500 else "invalid_request_error")
    assert caught.value.response.headers["x-evenhand-error-origin"] == "upstream"


def test_how_long_to_wait_and_the_request_id_are_passed_on(client: openai.OpenAI) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="claude", messages=user("fail 429"))
    headers = caught.value.response.headers
    assert (headers["retry-after"], headers["x-request-id"], headers["anthropic-ratelimit-requests-remaining"]) == ("7", "req_1", "0")
    assert caught.value.code == "rate_limit_exceeded"
    assert client.chat.completions.with_raw_response.create(model="claude", messages=user()).headers["x-request-id"] == "req_1"


@pytest.mark.parametrize(("model", "ending"), [("claude", "fail later"), ("llama", "fail later"), *((model, "cut") for model in CHATS)])
def test_a_failure_within_a_stream_is_one_error_event_and_no_done(stand: Stand, model: str, ending: str) -> None:
    _ended_badly(stand, model, ending)


@pytest.mark.parametrize("model", ["claude", "llama", "gemini"])
def test_a_stream_that_stops_without_saying_why_is_no_whole_reply(stand: Stand, model: str) -> None:
    _ended_badly(stand, model, "no end")


def test_a_stream_that_gemini_blocks_before_its_first_word_has_ended(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="gemini", messages=user("blocked"), stream=True))
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason] == ["content_filter"]


def _ended_badly(stand: Stand, model: str, ending: str) -> None:
    with stand.client() as opened:
        asked = opened.chat.completions.with_streaming_response.create(model=model, messages=user(ending), stream=True)
        with asked as reply:
            events = [line for line in reply.iter_lines() if line]
    assert events[0].startswith("data: {")
    assert '"error"' in events[-1]
    assert json.loads(events[-1].removeprefix("data: "))["error"]["type"] in ("server_error", "api_error")
    assert sum('"error"' in event for event in events) == 1
    assert "data: [DONE]" not in events
    with stand.client() as opened, pytest.raises(openai.APIError):
        list(opened.chat.completions.create(model=model, messages=user(ending), stream=True))


@pytest.mark.parametrize("model", ["gemini-embedding", "nomic"])
def test_embeddings_come_as_floats_and_packed(client: openai.OpenAI, model: str) -> None:
    for form in ({}, {"encoding_format": "float"}):  # the client asks for base64 by default, and unpacks it
        reply = client.embeddings.create(model=model, input=["a", "b"], **form)
        assert [item.embedding for item in reply.data] == [[0.5, -0.25, 0.0], [0.5, -0.25, 1.0]]
        assert [item.index for item in reply.data] == [0, 1]
        assert reply.usage.prompt_tokens > 0
    with pytest.raises(openai.RateLimitError):
        client.embeddings.create(model=model, input=["fail 429"])


def test_a_wildcard_asks_for_the_model_that_the_client_names(client: openai.OpenAI, stand: Stand) -> None:
    client.chat.completions.create(model="claude-opus-4-1", messages=user())
    assert sent(stand.fakes["anthropic"])["model"] == "claude-opus-4-1"


def test_anthropics_own_fields_and_cached_tokens_pass(client: openai.OpenAI, stand: Stand) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1500}
    reply = client.chat.completions.create(model="claude", messages=user(), extra_body={"thinking": thinking, "top_k": 17})
    assert sent(stand.fakes["anthropic"])["thinking"] == thinking
    assert sent(stand.fakes["anthropic"])["top_k"] == 17
    assert reply.usage is not None
    assert reply.usage.prompt_tokens_details is not None
    assert reply.usage.prompt_tokens_details.cached_tokens == 4


def test_a_filtered_reply_says_so(client: openai.OpenAI) -> None:
    assert client.chat.completions.create(model="gemini", messages=user("unsafe")).choices[0].finish_reason == "content_filter"
