"""What hostile, slow and odd clients get."""

import contextlib
import socket
import time
from collections.abc import Callable

import orjson
import pytest

import gateway.forward
import gateway.protocol
from tests.gateway.conftest import Call, Gateway, Upstream, post, read_all, split

BODY = b'{"model":"m"}'
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def code(reply: bytes) -> str:
    found: str = orjson.loads(split(reply)[2])["error"]["code"]
    return found


def test_a_head_that_never_ends_is_refused(upstreams: Upstreams, gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.protocol, "HEAD_SECONDS", 0.3)
    with gateways(upstreams()).connect() as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost:")
        assert code(read_all(client)) == "request_timeout"


def test_a_connection_that_never_speaks_is_closed(upstreams: Upstreams, gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.protocol, "HEAD_SECONDS", 0.3)
    with gateways(upstreams()).connect() as client:
        assert read_all(client) == b""


@pytest.mark.parametrize("begun", [b"", b'{"mod'])
def test_a_body_that_never_ends_is_refused(upstreams: Upstreams, gateways: Gateways, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(gateway.forward, "_BODY_IDLE_SECONDS", 0.3)
    running = gateways(upstreams())
    with running.connect() as client:
        client.sendall(post(BODY, close=False)[: -len(BODY)] + begun)
        assert code(read_all(client)) == "request_timeout"
    assert running.count("evenhand_requests_total", model="_other", endpoint="chat_completions", code="408", origin="gateway") == 1


def test_a_client_that_stops_reading_is_let_go(upstreams: Upstreams, gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.protocol, "STALL_SECONDS", 0.3)

    async def endless(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await call.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    upstream = upstreams(endless)
    running = gateways(upstream)
    with running.connect() as client:
        client.sendall(post(BODY))
        client.recv(1024)
        assert upstream.closed.wait(10)
    assert running.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1


def test_a_request_sent_byte_by_byte_is_served(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    with gateways(upstream).connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(BODY):
            client.sendall(bytes([byte]))
        assert split(read_all(client))[0] == 200
    assert upstream.calls[0].body == BODY


def test_pipelined_requests_are_answered_in_order(upstreams: Upstreams, gateways: Gateways) -> None:
    async def echo_body(call: Call) -> None:
        await call.json(call.body)

    bodies = [b'{"model":"m","n":%d}' % number for number in range(5)]
    with gateways(upstreams(echo_body)).connect() as client:
        client.sendall(b"".join(post(body, close=number == 4) for number, body in enumerate(bodies)))
        received = read_all(client)
    assert [received.find(body) for body in bodies] == sorted(received.find(body) for body in bodies)
    assert received.count(b"HTTP/1.1 200 OK") == 5


def test_a_connection_serves_many_requests_and_outlives_refusals(upstreams: Upstreams, gateways: Gateways) -> None:
    with gateways(upstreams()).connect() as client:
        for body, status in ((BODY, b"200"), (b'{"model":"nope"}', b"404"), (b"{half", b"400"), (BODY, b"200")):
            client.sendall(post(body, close=False))
            reply = b""
            while b"\r\n\r\n" not in reply or not reply.endswith(b"}"):
                reply += client.recv(4096)
            assert reply.split()[1] == status


def test_an_http_1_0_client_is_served_and_its_connection_closed(upstreams: Upstreams, gateways: Gateways) -> None:
    reply = gateways(upstreams()).ask(post(BODY, close=False).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert split(reply)[2] == b'{"ok":true}'


def test_a_websocket_is_refused_and_another_upgrade_ignored(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    raw = b"GET /v1/realtime HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"
    running = gateways(upstream)
    with running.connect() as client:
        client.sendall(raw)
        assert client.recv(4096).startswith(b"HTTP/1.1 426 ")
    assert not upstream.calls
    with running.connect() as client:
        client.sendall(post(BODY, b"/v1/chat/completions", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", close=False))
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("tail", [b"POST /v1/x HTTP/1.1\r\nbad header\r\n\r\n", b"\x00\x01\x02", b"GET nothing\r\n\r\n"])
def test_garbage_after_a_request_does_not_harm_its_reply(upstreams: Upstreams, gateways: Gateways, tail: bytes) -> None:
    async def slow(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", b"ab", b"cd", pause=0.05)

    running = gateways(upstreams(slow))
    with running.connect() as client:
        client.sendall(post(BODY, close=False))
        first = client.recv(4096)
        client.sendall(tail)
        rest = b""
        with contextlib.suppress(ConnectionResetError):
            rest = read_all(client)
    assert first.startswith(b"HTTP/1.1 200 OK")
    assert (first + rest).count(b"HTTP/1.1 400") <= 1
    deadline = time.monotonic() + 5
    while running.count("evenhand_in_flight_requests") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running.count("evenhand_in_flight_requests") == 0


def test_a_client_that_leaves_with_requests_waiting_is_counted_as_gone(
    upstreams: Upstreams, gateways: Gateways, caplog: pytest.LogCaptureFixture
) -> None:
    async def silent(call: Call) -> None:
        await call.reader.read()

    upstream = upstreams(silent)
    running = gateways(upstream)
    with running.connect() as client:
        client.sendall(3 * post(BODY, close=False))
        while not upstream.calls:
            time.sleep(0.01)
    assert upstream.closed.wait(10)
    assert running.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
