import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion
from starlette.types import ASGIApp

from evenhand.demo.replies import load_model
from evenhand.demo.upstream import create_app

QUESTION = "Maria applied for the clerk role. She ran her last office well. Invite or reject?"


@pytest.fixture(scope="module")
def base_url(serving: Callable[[ASGIApp], AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a running `rigged` model."""
    with serving(create_app(load_model("rigged"), 0.004, random.Random(5))) as url:
        yield url


@pytest.fixture
def client(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=base_url, api_key="any", max_retries=0) as client:
        yield client


def test_a_chat_reply_is_what_the_client_expects(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="rigged", messages=[{"role": "user", "content": QUESTION}])
    assert reply.model == "rigged"
    assert reply.choices[0].message.role == "assistant"
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 20


def test_a_streamed_reply_adds_up_to_the_whole_one(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="rigged", messages=[{"role": "user", "content": QUESTION}], seed=9)
    with client.chat.completions.create(model="rigged", messages=[{"role": "user", "content": QUESTION}], seed=9, stream=True) as stream:
        chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert len(chunks) > 5
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks[-2:]] == [None, "stop"]
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_ends_a_stream_that_asked_for_it(client: openai.OpenAI) -> None:
    with client.chat.completions.create(
        model="rigged", messages=[{"role": "user", "content": QUESTION}], stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 3
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_text_completions_are_served_whole_and_streamed(client: openai.OpenAI) -> None:
    whole = client.completions.create(model="rigged", prompt=[QUESTION, "How do I learn chess?"], n=2, max_tokens=200, seed=1)
    assert [choice.index for choice in whole.choices] == [0, 1, 2, 3]
    with client.completions.create(model="rigged", prompt=QUESTION, max_tokens=200, seed=1, stream=True) as stream:
        assert "".join(chunk.choices[0].text for chunk in stream) == whole.choices[0].text


def test_a_short_limit_cuts_the_reply(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="rigged", messages=[{"role": "user", "content": QUESTION}], max_completion_tokens=1)
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 1


def test_the_model_is_listed_and_another_is_not_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["rigged"]
    assert client.models.retrieve("rigged").owned_by == "evenhand-demo"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-nothing")
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-nothing", messages=[{"role": "user", "content": QUESTION}])


@pytest.mark.parametrize("endpoint", ["chat/completions", "completions"])
@pytest.mark.parametrize("body", [b"{", b"[]", b'{"model": "rigged"}', b'{"messages": []}', b""])
def test_bad_bodies_get_400_in_openais_shape(base_url: str, endpoint: str, body: bytes) -> None:
    response = httpx.post(f"{base_url}/{endpoint}", content=body)
    assert response.status_code == 400
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/chat/completions", 405)])
def test_unknown_paths_and_methods_get_openais_shape_too(base_url: str, method: str, path: str, status: int) -> None:
    response = httpx.request(method, base_url + path)
    assert response.status_code == status
    assert "error" in response.json()


def test_many_clients_are_served_at_once(base_url: str) -> None:
    async def ask_all() -> list[ChatCompletion]:
        async with openai.AsyncOpenAI(base_url=base_url, api_key="any", max_retries=0) as client:
            ask = client.chat.completions.create
            return await asyncio.gather(*(ask(model="rigged", messages=[{"role": "user", "content": QUESTION}]) for _ in range(40)))

    found = asyncio.run(ask_all())
    assert len({reply.id for reply in found}) == 40
    assert len({reply.choices[0].message.content for reply in found}) > 10
