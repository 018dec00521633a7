"""Limits and money at a running worker."""

from collections.abc import Callable
from typing import Any

import openai
import orjson
import pytest

from gateway.keys import digest_of
from gateway.limits.refusals import rate_limited
from tests.gateway.conftest import Call, Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[]}'
KEY = b"eh-one"
USAGE = b'{"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500,"prompt_tokens_details":{"cached_tokens":400}}}'
PRICES = {"models": {"m": {"input": 2, "output": 8, "cached_input": 0.5}}}
COST = (600 * 2 + 400 * 0.5 + 500 * 8) / 1e6
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def keys(**limits: Any) -> list[dict[str, Any]]:
    return [{"name": "one", "hash": digest_of(KEY).hex(), **limits}]


def ask(gateway: Gateway, path: bytes = b"/v1/chat/completions") -> tuple[int, dict[bytes, bytes], Any]:
    status, headers, text = split(gateway.ask(post(BODY, path, b"Authorization: Bearer " + KEY)))
    return status, headers, orjson.loads(text)


async def told(call: Call) -> None:
    await call.json(USAGE)


def test_over_its_requests_a_key_gets_openais_429_and_the_upstream_none(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(told)
    gateway = gateways(upstream, keys=keys(requests_per_minute=2, tokens_per_minute=1_000_000))
    assert [ask(gateway)[0], ask(gateway, b"/v1/files")[0]] == [200, 200]
    status, headers, body = ask(gateway)
    assert (status, body["error"]["type"], body["error"]["code"], body["error"]["param"]) == (429, "requests", "rate_limit_exceeded", None)
    assert 1 <= int(headers[b"retry-after"]) <= 61
    assert headers[b"x-ratelimit-remaining-requests"] == b"0"
    assert headers[b"x-ratelimit-limit-tokens"] == b"1000000"
    assert headers[b"x-ratelimit-remaining-tokens"] == b"998500"
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    assert len(upstream.calls) == 2
    assert gateway.count("evenhand_errors_total", model="m", error="policy_rate_limited") == 1
    assert gateway.count("evenhand_exchanges_seen_total", model="m") == 1


def test_over_its_tokens_a_key_waits_after_the_request_that_went_over(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(told), keys=keys(tokens_per_minute=1501))
    assert [ask(gateway)[0] for _ in range(3)] == [200, 200, 429]
    assert ask(gateway)[2]["error"]["type"] == "tokens"


@pytest.mark.parametrize("limit", ["usd_per_day", "usd_per_month"])
def test_over_its_money_a_key_is_refused_so_that_no_client_tries_again(upstreams: Upstreams, gateways: Gateways, limit: str) -> None:
    upstream = upstreams(told)
    gateway = gateways(upstream, keys=keys(**{limit: COST * 2}), prices=PRICES)
    client = openai.OpenAI(api_key=KEY.decode(), base_url=f"{gateway.url}/v1", max_retries=5)
    for _ in range(2):
        client.chat.completions.create(model="m", messages=[])
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="m", messages=[])
    assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert len(upstream.calls) == 2
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="429", origin="gateway") == 1
    client.close()


def test_cost_is_counted_with_and_without_keys(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(told), prices=PRICES)
    gateway.ask(post(BODY))
    got = [gateway.count("evenhand_cost_usd_total", model="m", type=kind, traffic="live") for kind in ("input", "output")]
    assert got == pytest.approx([0.0014, 0.004])
    assert gateway.count("evenhand_tokens_total", model="m", type="input", traffic="live") == 1000


def test_a_reply_that_does_not_say_is_estimated_counted_as_such_and_charged(upstreams: Upstreams, gateways: Gateways) -> None:
    async def silent(call: Call) -> None:
        await call.json(b'{"text":"' + b"x" * 4000 + b'"}')

    gateway = gateways(upstreams(silent), keys=keys(usd_per_day=0.005), prices=PRICES)
    assert [ask(gateway)[0] for _ in range(2)] == [200, 429]
    assert gateway.count("evenhand_tokens_total", model="m", type="estimated_output", traffic="live") == 1002
    assert gateway.count("evenhand_cost_usd_total", model="m", type="estimated_output", traffic="live") == pytest.approx(1002 * 8 / 1e6)
    assert gateway.count("evenhand_cost_usd_total", model="m", type="output", traffic="live") == 0


def test_a_stream_is_charged_by_its_usage_event(upstreams: Upstreams, gateways: Gateways) -> None:
    async def stream(call: Call) -> None:
        await call.send(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
            *[b'data: {"choices":[{"delta":{"content":"word"}}],"usage":null}\n\n'] * 400,
            b"data: " + USAGE + b"\n\ndata: [DONE]\n\n",
        )
        call.writer.close()

    gateway = gateways(upstreams(stream), keys=keys(tokens_per_minute=1500))
    raw = post(b'{"model":"m","stream":true}', b"/v1/chat/completions", b"Authorization: Bearer " + KEY)
    assert [split(gateway.ask(raw))[0] for _ in range(2)] == [200, 429]


def test_what_the_upstream_says_of_its_own_limits_passes_untouched(upstreams: Upstreams, gateways: Gateways) -> None:
    async def limited(call: Call) -> None:
        await call.json(b'{"error":{}}', b"429 Too Many Requests", b"retry-after: 7\r\nx-ratelimit-limit-requests: 3\r\n")

    status, headers, _ = ask(gateways(upstreams(limited), keys=keys(requests_per_minute=100)))
    assert (status, headers[b"retry-after"], headers[b"x-ratelimit-limit-requests"]) == (429, b"7", b"3")
    assert b"x-ratelimit-remaining-requests" not in headers


def test_times_are_written_as_openai_writes_them() -> None:
    refused = rate_limited("one", "m", ("tokens", 5, 9, 61), 30, [("requests", 3, 1, 0), ("tokens", 5, 9, 61)])
    headers = dict(refused.headers)
    assert (headers[b"x-ratelimit-reset-tokens"], headers[b"x-ratelimit-reset-requests"]) == (b"1m1s", b"0s")
    assert headers[b"x-ratelimit-remaining-tokens"] == b"0"


@pytest.mark.parametrize(("said", "sent"), [(True, b'{"stream_options":{"include_usage":true},"model":"m","stream":true}'), (False, None)])
def test_usage_is_asked_for_only_where_the_model_says_so(upstreams: Upstreams, gateways: Gateways, said: bool, sent: bytes | None) -> None:
    upstream = upstreams(told)
    params = {"model": "openai/m", "api_base": upstream.base, "include_usage": said}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}])
    asked = b'{"model":"m","stream":true}'
    assert split(gateway.ask(post(asked)))[0] == 200
    assert upstream.calls[0].body == (sent or asked)
