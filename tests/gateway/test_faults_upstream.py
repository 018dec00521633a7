"""A hostile upstream: each fault has one stated outcome for the client, and none leaves anything behind."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable

import orjson
import pytest

from tests.gateway.conftest import Call, Gateway, Upstream, echo, post, read_all, split

BODY = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}'
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
EVENT = b"9\r\ndata: 1\n\n\r\n"
HASTY = {"headers_timeout_seconds": 0.3, "idle_timeout_seconds": 0.3}
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def reset(call: Call) -> None:
    """Close with RST, as a process does that was killed with bytes unread."""
    call.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    call.writer.transport.abort()


async def silence(call: Call) -> None:
    """Say nothing until the gateway has hung up."""
    await call.reader.read(1)
    raise ConnectionResetError


def check_nothing_is_left(gateway: Gateway, upstream: Upstream) -> None:
    """No request is under way, the connection with the fault is closed, and the next request is served."""
    assert upstream.closed.wait(5), "the upstream's connection is still open"
    deadline = time.monotonic() + 5
    while gateway.count("evenhand_in_flight_requests") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gateway.count("evenhand_in_flight_requests") == 0
    connections, upstream.script = upstream.connections, echo
    assert split(gateway.ask(post(BODY)))[2] == b'{"ok":true}'
    assert upstream.connections == connections + 1


def errors(gateway: Gateway, error: str) -> float:
    return gateway.count("evenhand_errors_total", model="m", error=error)


def refusal(reply: bytes) -> tuple[int, str]:
    """Status and code of a reply that the gateway made itself."""
    status, headers, body = split(reply)
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    return status, orjson.loads(body)["error"]["code"]


def test_headers_that_drip_are_504_however_busily(upstreams: Upstreams, gateways: Gateways) -> None:
    async def drip(call: Call) -> None:
        for byte in STREAM * 10:
            await call.send(bytes([byte]), pause=0.02)

    upstream = upstreams(drip)
    gateway = gateways(upstream, gateway=HASTY)
    assert refusal(gateway.ask(post(BODY))) == (504, "upstream_headers_timeout")
    assert errors(gateway, "upstream_headers_timeout") == 1
    check_nothing_is_left(gateway, upstream)


def test_half_a_chunk_and_then_silence_ends_the_stream_with_an_error_event(upstreams: Upstreams, gateways: Gateways) -> None:
    async def half(call: Call) -> None:
        await call.send(STREAM, EVENT, b"ff\r\ndata: {")
        await silence(call)

    upstream = upstreams(half)
    gateway = gateways(upstream, gateway=HASTY)
    reply = gateway.ask(post(BODY))
    assert reply.count(b'data: {"error":') == 1
    assert b"upstream_idle_timeout" in reply
    assert not reply.endswith(b"0\r\n\r\n"), "nobody can take it for a whole reply"
    assert errors(gateway, "upstream_idle_timeout") == 1
    check_nothing_is_left(gateway, upstream)


def test_a_reset_before_the_headers_is_502(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        reset(call)

    upstream = upstreams(script)
    gateway = gateways(upstream)
    assert refusal(gateway.ask(post(BODY))) == (502, "upstream_headers_failed")
    assert len(upstream.calls) == 1, "the upstream may have acted on it, so it is not sent again"
    check_nothing_is_left(gateway, upstream)


def test_a_reset_within_a_stream_ends_it_with_an_error_event(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(STREAM, EVENT, pause=0.05)
        reset(call)

    upstream = upstreams(script)
    gateway = gateways(upstream)
    reply = gateway.ask(post(BODY))
    assert b"data: 1\n\n" in reply
    assert reply.count(b'data: {"error":') == 1
    assert b"upstream_body_failed" in reply
    assert errors(gateway, "upstream_body") == 1
    check_nothing_is_left(gateway, upstream)


@pytest.mark.parametrize("then", ["reset", "close", "silence"])
def test_a_body_shorter_than_its_length_is_broken_off_short_of_it(upstreams: Upstreams, gateways: Gateways, then: str) -> None:
    async def script(call: Call) -> None:
        await call.send(JSON % 100, b"{", pause=0.05)
        if then == "silence":
            await silence(call)
        elif then == "reset":
            reset(call)
        else:
            call.writer.close()

    upstream = upstreams(script)
    gateway = gateways(upstream, gateway=HASTY)
    status, headers, body = split(gateway.ask(post(BODY)))
    assert (status, headers[b"content-length"], body) == (200, b"100", b"{")
    assert errors(gateway, "upstream_idle_timeout" if then == "silence" else "upstream_body") == 1
    check_nothing_is_left(gateway, upstream)


def test_what_follows_a_body_of_its_length_reaches_nobody(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(JSON % 2 + b"ok" + JSON % 4 + b"evil")
        await silence(call)

    upstream = upstreams(script)
    gateway = gateways(upstream)
    assert split(gateway.ask(post(BODY)))[2] == b"ok"
    check_nothing_is_left(gateway, upstream)


def test_garbage_is_502_and_within_a_stream_an_error_event(upstreams: Upstreams, gateways: Gateways) -> None:
    async def garbage(call: Call) -> None:
        await call.send(bytes(range(256)) * 20)
        await silence(call)

    async def late_garbage(call: Call) -> None:
        await call.send(STREAM, EVENT, bytes(range(128, 256)) * 20, pause=0.02)
        await silence(call)

    upstream = upstreams(garbage)
    gateway = gateways(upstream)
    assert refusal(gateway.ask(post(BODY))) == (502, "upstream_headers_failed")
    upstream.script = late_garbage
    reply = gateway.ask(post(BODY))
    assert reply.count(b'data: {"error":') == 1
    assert b"upstream_body_failed" in reply
    check_nothing_is_left(gateway, upstream)


def test_a_header_of_ten_megabytes_is_502_and_hardly_any_of_it_is_read(upstreams: Upstreams, gateways: Gateways) -> None:
    sent = 0

    async def script(call: Call) -> None:
        nonlocal sent
        await call.send(b"HTTP/1.1 200 OK\r\nx: ")
        while sent < 10_000_000:
            await call.send(b"y" * 10_000)
            sent += 10_000
        await call.send(b"\r\n\r\n")

    upstream = upstreams(script)
    gateway = gateways(upstream)
    assert refusal(gateway.ask(post(BODY))) == (502, "upstream_headers_failed")
    assert sent < 10_000_000, "the gateway hung up long before"
    check_nothing_is_left(gateway, upstream)


@pytest.mark.parametrize("sampled", [False, True])
def test_a_line_of_a_megabyte_passes_whole_in_any_pieces(upstreams: Upstreams, gateways: Gateways, sampled: bool) -> None:
    line = b"data: " + b"x" * 1_000_000 + b"\n\n"

    async def script(call: Call) -> None:
        pieces = [line[at : at + 65_521] for at in range(0, len(line), 65_521)]
        await call.send(STREAM, *(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n")

    monitor = {"monitor": {"sample_rate": 1.0, "routes": [{"name": "all", "outcomes": {"refusal": {}}}]}} if sampled else {}
    gateway = gateways(upstreams(script), **monitor)
    assert split(gateway.ask(post(BODY)))[2] == line
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="200", origin="upstream") == 1


def test_an_endless_stream_passes_until_its_client_leaves(upstreams: Upstreams, gateways: Gateways) -> None:
    stopped = threading.Event()

    async def endless(call: Call) -> None:
        try:
            await call.send(STREAM)
            while True:
                await call.send(EVENT * 1000)
        finally:
            stopped.set()

    upstream = upstreams(endless)
    gateway = gateways(upstream)
    with gateway.connect() as client:
        client.sendall(post(BODY))
        received = 0
        while received < 20_000_000:
            received += len(client.recv(1 << 20))
    assert stopped.wait(5), "the upstream still sends"
    check_nothing_is_left(gateway, upstream)
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1


def test_many_faults_at_once_leave_nothing_behind(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(STREAM, EVENT)
        reset(call)

    upstream = upstreams(script)
    gateway = gateways(upstream)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(gateway.connect()) for _ in range(50)]
        for client in clients:
            client.sendall(post(BODY))
        for client in clients:
            read_all(client)
    deadline = time.monotonic() + 5
    while (gateway.count("evenhand_in_flight_requests") or len(upstream.closed_at) < 50) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gateway.count("evenhand_in_flight_requests") == 0
    assert len(upstream.closed_at) == upstream.connections == 50
