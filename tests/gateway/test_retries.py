"""When a request is sent again, and when it never is."""

import socket
import time
from typing import Any

import orjson
import pytest

from gateway.attempts import retry_after
from tests.gateway.conftest import Call, post, read_all, split
from tests.gateway.routed import NOTHING_LISTENS, Gateways, Upstreams, answers, ask, entry

STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def retries(gateway: Any, model: str = "m") -> float:
    count: float = gateway.count("evenhand_upstream_retries_total", model=model)
    return count


@STREAMS
@pytest.mark.parametrize("status", [429, 500, 503])
def test_by_default_an_answer_is_passed_on_whatever_it_says(upstreams: Upstreams, gateways: Gateways, status: int, stream: bool) -> None:
    upstream = upstreams(answers(status, 200, retry_after="0"))
    gateway = gateways(upstream)
    got, headers, body = ask(gateway, stream=stream)
    assert (got, orjson.loads(body)["error"]["message"]) == (status, f"answered {status}")
    assert (headers[b"retry-after"], headers[b"x-evenhand-error-origin"]) == (b"0", b"upstream")
    assert (len(upstream.calls), retries(gateway)) == (1, 0)


@STREAMS
@pytest.mark.parametrize(("retries_set", "tries"), [(None, 2), (0, 1), (2, 3)])
def test_a_connection_that_fails_is_tried_again(
    gateways: Gateways, free_port: int, retries_set: int | None, tries: int, stream: bool
) -> None:
    router = {} if retries_set is None else {"num_retries": retries_set}
    gateway = gateways(model_list=[entry("m", f"http://127.0.0.1:{free_port}/v1")], router_settings=router)
    status, headers, body = ask(gateway, stream=stream)
    found = orjson.loads(body)["error"]
    assert (status, found["code"], set(found)) == (502, "upstream_connect_failed", {"message", "type", "param", "code"})
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    assert retries(gateway) == tries - 1


def test_an_upstream_that_comes_back_in_time_serves_the_retry(gateways: Gateways, free_port: int) -> None:
    gateway = gateways(model_list=[entry("m", f"http://127.0.0.1:{free_port}/v1")], router_settings={"num_retries": 8})
    with gateway.connect() as client:
        client.sendall(post(b'{"model":"m"}'))
        while not retries(gateway):
            time.sleep(0.01)
        with socket.create_server(("127.0.0.1", free_port)) as late:
            late.settimeout(10)
            with late.accept()[0] as served:
                served.recv(65536)
                served.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                assert split(read_all(client))[::2] == (200, b"ok")


@STREAMS
@pytest.mark.parametrize("status", [429, 503])
def test_what_was_turned_away_is_sent_again_as_often_as_configured(
    upstreams: Upstreams, gateways: Gateways, status: int, stream: bool
) -> None:
    upstream = upstreams(answers(status, status, 200, retry_after="0"))
    gateway = gateways(upstream, router_settings={"num_retries": 2})
    got, headers, body = ask(gateway, stream=stream)
    assert (got, body) == (200, b"data: 1\n\ndata: [DONE]\n\n" if stream else b'{"ok":true}')
    assert b"x-evenhand-error-origin" not in headers
    assert [call.body for call in upstream.calls] == [upstream.calls[0].body] * 3
    assert {call.header(b"x-request-id") for call in upstream.calls} == {headers[b"x-request-id"]}
    assert upstream.connections == 2, "an answer that is dropped leaves its connection usable; the last one is held until there is another"
    assert retries(gateway) == 2
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="200", origin="upstream") == 1
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_rate_limited") == 0


@STREAMS
def test_when_the_retries_are_used_up_the_last_answer_is_passed_on_untouched(
    upstreams: Upstreams, gateways: Gateways, stream: bool
) -> None:
    upstream = upstreams(answers(429, 503, retry_after="0"))
    gateway = gateways(upstream, router_settings={"num_retries": 1})
    status, headers, body = ask(gateway, stream=stream)
    assert (status, orjson.loads(body)["error"]["message"]) == (503, "answered 503")
    assert (headers[b"retry-after"], headers[b"x-evenhand-error-origin"]) == (b"0", b"upstream")
    assert len(upstream.calls) == 2
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_5xx") == 1


def test_retry_after_is_waited_for(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(answers(429, 200, retry_after="0.4"))
    gateway = gateways(upstream, router_settings={"num_retries": 1})
    began = time.monotonic()
    assert ask(gateway)[0] == 200
    assert time.monotonic() - began >= 0.4


def test_an_upstream_that_asks_for_too_long_is_passed_on_at_once(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(answers(429, 200, retry_after="31"))
    status, headers, _ = ask(gateways(upstream, router_settings={"num_retries": 5}))
    assert (status, headers[b"retry-after"], len(upstream.calls)) == (429, b"31", 1)


@STREAMS
@pytest.mark.parametrize("status", [400, 401, 404, 408, 500, 502, 504])
def test_no_other_answer_is_ever_followed_by_a_second_request(upstreams: Upstreams, gateways: Gateways, status: int, stream: bool) -> None:
    upstream = upstreams(answers(status, 200))
    assert ask(gateways(upstream, router_settings={"num_retries": 5}), stream=stream)[0] == status
    assert len(upstream.calls) == 1


async def closes(call: Call) -> None:
    call.writer.close()


async def resets(call: Call) -> None:
    call.writer.transport.abort()


async def answers_garbage(call: Call) -> None:
    await call.send(b"garbage\r\n\r\n")
    call.writer.close()


async def stays_silent(call: Call) -> None:
    await call.reader.read(1)


@STREAMS
@pytest.mark.parametrize("used", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize(("script", "status"), [(closes, 502), (resets, 502), (answers_garbage, 502), (stays_silent, 504)])
def test_a_post_that_was_sent_whole_and_got_no_answer_is_not_sent_twice(
    upstreams: Upstreams, gateways: Gateways, script: Any, status: int, used: bool, stream: bool
) -> None:
    upstream, spare = upstreams(answers(200)), upstreams(answers(200))
    gateway = gateways(
        model_list=[entry("m", upstream, weight=1), entry("m", spare, weight=0), entry("other", spare)],
        router_settings={"num_retries": 5, "fallbacks": [{"m": ["other"]}]},
        gateway={"headers_timeout_seconds": 0.3},
    )
    if used:
        assert ask(gateway)[0] == 200
    upstream.script = script
    got = ask(gateway, "m", b"Idempotency-Key: k", stream=stream)
    assert (got[0], len(upstream.calls), len(spare.calls), retries(gateway)) == (status, 1 + used, 0, 0)
    assert set(orjson.loads(got[2])["error"]) == {"message", "type", "param", "code"}


HEADS = {
    "stream": b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    "whole": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n",
}


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("sent", [b"", b"9\r\ndata: 1\n\n\r\n"], ids=["after the headers", "after a piece"])
def test_nothing_is_sent_again_once_a_reply_has_begun(upstreams: Upstreams, gateways: Gateways, kind: str, sent: bytes) -> None:
    async def breaks_off(call: Call) -> None:
        await call.send(HEADS[kind] + sent, pause=0.05)
        call.writer.transport.abort()

    upstream, spare = upstreams(breaks_off), upstreams(answers(200))
    gateway = gateways(
        model_list=[entry("m", upstream), entry("m", spare, weight=0), entry("other", spare)],
        router_settings={"num_retries": 5, "fallbacks": [{"m": ["other"]}]},
    )
    reply = gateway.ask(post(b'{"model":"m","stream":true}'))
    assert reply.startswith(b"HTTP/1.1 200 OK")
    assert b"[DONE]" not in reply
    assert reply.count(b'data: {"error":') == (kind == "stream")
    assert (len(upstream.calls), len(spare.calls), retries(gateway)) == (1, 0, 0)


def test_a_get_on_a_kept_connection_that_broke_is_repeated_without_being_asked_to(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(answers(200))
    gateway = gateways(upstream, router_settings={"num_retries": 0})
    assert ask(gateway)[0] == 200
    seen = 0

    async def drops_first(call: Call) -> None:
        nonlocal seen
        seen += 1
        await (resets(call) if seen == 1 else call.json())

    upstream.script = drops_first
    assert split(gateway.ask(b"GET /v1/files HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"))[0] == 200
    assert seen == 2


def test_a_client_that_leaves_while_a_retry_waits_ends_it(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(answers(429, 200, retry_after="20"))
    gateway = gateways(upstream, router_settings={"num_retries": 1})
    with gateway.connect() as client:
        client.sendall(post(b'{"model":"m"}'))
        while not retries(gateway):
            time.sleep(0.01)
    deadline = time.monotonic() + 5
    while gateway.count("evenhand_in_flight_requests") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1
    assert len(upstream.calls) == 1


@STREAMS
def test_a_deployments_own_timeout_goes_before_the_gateways(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    times = {"timeout": 60, "stream_timeout": 0.2} if stream else {"timeout": 0.2, "stream_timeout": 60}
    gateway = gateways(model_list=[entry("m", upstreams(stays_silent), **times)])
    status, _, body = ask(gateway, stream=stream)
    assert (status, orjson.loads(body)["error"]["code"]) == (504, "upstream_headers_timeout")
    assert "0.2 seconds" in orjson.loads(body)["error"]["message"]


async def trickles(call: Call) -> None:
    await call.send(HEADS["stream"] if orjson.loads(call.body).get("stream") else HEADS["whole"])
    for _ in range(8):
        await call.send(b"3\r\nabc\r\n", pause=0.1)
    await call.send(b"0\r\n\r\n")


def test_a_timeout_bounds_a_whole_reply_but_only_the_waits_within_a_stream(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(model_list=[entry("m", upstreams(trickles), timeout=0.4)])
    assert split(gateway.ask(post(b'{"model":"m","stream":true}')))[2] == b"abc" * 8
    reply = gateway.ask(post(b'{"model":"m"}'))
    assert reply.startswith(b"HTTP/1.1 200 OK")
    assert len(reply.partition(b"\r\n\r\n")[2]) < 60
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_total_timeout") == 1


def test_a_streams_silence_is_bounded_by_its_own_timeout(upstreams: Upstreams, gateways: Gateways) -> None:
    async def stops(call: Call) -> None:
        await call.send(HEADS["stream"], b"9\r\ndata: 1\n\n\r\n")
        await call.reader.read(1)

    gateway = gateways(model_list=[entry("m", upstreams(stops), stream_timeout=0.2)])
    reply = gateway.ask(post(b'{"model":"m","stream":true}'))
    assert b"upstream_idle_timeout" in reply
    assert b"[DONE]" not in reply


def test_requests_that_name_no_model_are_retried_but_sent_nowhere_else(upstreams: Upstreams, gateways: Gateways) -> None:
    first, second = upstreams(answers(503, 503, 200, retry_after="0")), upstreams(answers(200))
    gateway = gateways(
        model_list=[entry("m", first), entry("m", second), entry("other", second)],
        general_settings={"default_model": "m"},
        router_settings={"num_retries": 2, "fallbacks": [{"m": ["other"]}]},
    )
    assert split(gateway.ask(post(b'{"stream":false}', b"/v1/batches")))[0] == 200
    assert (len(first.calls), len(second.calls)) == (3, 0)


def test_a_refused_connection_costs_nobody_elses_model_a_retry(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", NOTHING_LISTENS), entry("n", upstream)])
    assert (ask(gateway, "m")[0], ask(gateway, "n")[0]) == (502, 200)
    assert (retries(gateway, "m"), retries(gateway, "n")) == (1, 0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], None),
        ([(b"Retry-After", b"3")], 3.0),
        ([(b"retry-after", b"0")], 0.0),
        ([(b"retry-after", b"1.5")], 1.5),
        ([(b"retry-after", b"9"), (b"Retry-After-Ms", b"250")], 0.25),
        ([(b"retry-after-ms", b"soon"), (b"retry-after", b"2")], 2.0),
        ([(b"retry-after", b"Tue, 24 Nov 2026 16:00:10 GMT")], 10.0),
        ([(b"retry-after", b"Tue, 24 Nov 2026 15:00:00 GMT")], 0.0),
        ([(b"retry-after", b"-1")], None),
        ([(b"retry-after", b"nan")], None),
        ([(b"retry-after", b"inf")], None),
        ([(b"retry-after", b"\xff")], None),
        ([(b"retry-after", b"")], None),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(headers: list[tuple[bytes, bytes]], seconds: float | None) -> None:
    assert retry_after(headers, 1795536000.0) == seconds
