"""OpenAI's own client, by its own defaults, through the gateway."""

import asyncio
from collections.abc import Callable

import openai
import pytest

from tests.gateway.conftest import Call, Gateway, Upstream

Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]
REPLY = (
    b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop",'
    b'"message":{"role":"assistant","content":"hello"}}]}'
)


def event(text: bytes) -> bytes:
    body = b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"' + text
    body += b'"}}]}\n\n'
    return b"%x\r\n%b\r\n" % (len(body), body)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DONE = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


async def answer(call: Call) -> None:
    if b'"stream":true' in call.body.replace(b" ", b""):
        await call.send(HEAD, event(b"hel"), event(b"lo"), DONE, pause=0.01)
    else:
        await call.json(REPLY)


def ask(client: openai.OpenAI) -> str | None:
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}]).choices[0].message.content


def test_chat_and_stream_with_the_sync_client(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(answer), general_settings={"master_key": "sk-master"})
    with openai.OpenAI(base_url=gateway.url + "/v1", api_key="sk-master") as client:
        assert ask(client) == "hello"
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert [chunk.choices[0].delta.content for chunk in stream] == ["hel", "lo"]
        assert [model.id for model in client.models.list()] == ["m"]


def test_chat_and_stream_with_the_async_client(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(answer))

    async def talk() -> list[str | None]:
        async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key="any") as client:
            stream = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
            return [chunk.choices[0].delta.content async for chunk in stream]

    assert asyncio.run(talk()) == ["hel", "lo"]


def test_the_client_raises_what_it_would_raise_at_openai(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(answer), general_settings={"master_key": "sk-master"}, gateway={"max_body_bytes": 100_000})
    with openai.OpenAI(base_url=gateway.url + "/v1", api_key="sk-wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            ask(client)
        client.api_key = "sk-master"
        with pytest.raises(openai.NotFoundError) as missing:
            client.chat.completions.create(model="nope", messages=[])
        assert missing.value.code == "model_not_found"
        with pytest.raises(openai.APIStatusError) as large:
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x" * 3_000_000}])
        assert large.value.status_code == 413


def test_a_broken_stream_raises_in_the_client(upstreams: Upstreams, gateways: Gateways) -> None:
    async def breaking(call: Call) -> None:
        await call.send(HEAD, event(b"hel"), pause=0.05)
        call.writer.transport.abort()

    gateway = gateways(upstreams(breaking))
    with openai.OpenAI(base_url=gateway.url + "/v1", api_key="any", max_retries=0) as client:
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        with pytest.raises(openai.APIError, match="closed the connection"):
            list(stream)


def test_closing_a_stream_early_closes_the_upstream(upstreams: Upstreams, gateways: Gateways) -> None:
    async def endless(call: Call) -> None:
        await call.send(HEAD)
        while True:
            await call.send(event(b"x"), pause=0.01)

    upstream = upstreams(endless)
    gateway = gateways(upstream)
    with openai.OpenAI(base_url=gateway.url + "/v1", api_key="any") as client:
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        next(iter(stream))
        stream.close()
        assert upstream.closed.wait(2)


def test_an_alias_reaches_the_upstream_under_its_own_name(upstreams: Upstreams, gateways: Gateways) -> None:
    async def transcribe(call: Call) -> None:
        await call.json(b'{"text":"hi"}')

    upstream = upstreams(answer)
    params = {"model": "openai/org/real-model", "api_base": upstream.base}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}])
    with openai.OpenAI(base_url=gateway.url + "/v1", api_key="any") as client:
        ask(client)
        assert b'"model":"org/real-model"' in upstream.calls[0].body.replace(b" ", b"")
        upstream.script = transcribe
        client.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF model \r\n\x00"))
        assert b"org/real-model" in upstream.calls[1].body
        assert b"RIFF model \r\n\x00" in upstream.calls[1].body
