"""Forwarding, with real sockets on both sides."""

import asyncio
import contextlib
import gzip
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import orjson
import pytest
import zstandard

from tests.gateway.conftest import Call, Gateway, Upstream, post, read_all, split

BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def test_a_reply_passes_byte_for_byte(upstreams: Upstreams, gateways: Gateways) -> None:
    body = b'{ "id":"x",\n "vendor_field": [1.0, 2e3],"choices":[] }\n'

    async def script(call: Call) -> None:
        await call.json(body, extra=b"openai-processing-ms: 12\r\nx-request-id: up-1\r\nx-ratelimit-remaining-requests: 9\r\n")

    upstream = upstreams(script)
    status, headers, got = split(gateways(upstream).ask(post(BODY)))
    assert (status, got) == (200, body)
    assert headers[b"openai-processing-ms"] == b"12"
    assert headers[b"x-ratelimit-remaining-requests"] == b"9"
    assert headers[b"x-request-id"] == b"up-1"
    assert headers[b"x-evenhand-exchange-id"].startswith(b"ex_")
    assert b"x-evenhand-error-origin" not in headers
    assert upstream.calls[0].body == BODY


def test_the_upstream_gets_the_request_as_it_was_but_for_hop_by_hop_headers_and_host(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    raw = post(BODY, b"/v1/files/a%2Fb%20c?x=1&y=%2F", b"X-Vendor: kept", b"TE: trailers", b"Keep-Alive: timeout=5", b"X-Hop: gone")
    gateways(upstream).ask(raw.replace(b"Connection: close", b"Connection: close, x-hop"))
    call = upstream.calls[0]
    assert call.line == b"POST /v1/files/a%2Fb%20c?x=1&y=%2F HTTP/1.1"
    assert call.header(b"host") == b"127.0.0.1:%d" % upstream.port
    assert call.header(b"x-vendor") == b"kept"
    assert call.header(b"authorization") == b"Bearer sk-upstream"
    assert call.header(b"content-length") == b"%d" % len(BODY)
    names = {name for name, _ in call.headers}
    assert not names & {b"te", b"keep-alive", b"x-hop", b"connection"}


def test_a_path_works_without_v1_and_azure_paths_are_appended_whole(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    gateway.ask(post(BODY, b"/chat/completions"))
    gateway.ask(post(BODY, b"/openai/deployments/m/chat/completions?api-version=2024-10-21"))
    assert upstream.calls[0].line == b"POST /v1/chat/completions HTTP/1.1"
    assert upstream.calls[1].line == b"POST /v1/openai/deployments/m/chat/completions?api-version=2024-10-21 HTTP/1.1"
    assert upstream.calls[1].header(b"api-key") == b"sk-upstream"


STREAM = (
    b": a comment\r\n\r\n"
    b'data: {"choices":[{"delta":{"content":"h\xc3\xa9"}}],"vendor":null}\r\n\r\n'
    b'event: odd\nid: 7\ndata: {"choices":[]}\n\n'
    b"data: [DONE]\n\n"
)


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_stream_cut_at_every_byte_arrives_whole(upstreams: Upstreams, gateways: Gateways) -> None:
    raw = HEAD + chunked(STREAM[:31], STREAM[31:90], STREAM[90:])

    async def script(call: Call) -> None:
        await call.send(*(raw[at : at + 1] for at in range(len(raw))), pause=0.0001)

    status, headers, got = split(gateways(upstreams(script)).ask(post(BODY)))
    assert (status, got) == (200, STREAM)
    assert headers[b"content-type"] == b"text/event-stream"


@pytest.mark.parametrize("split_at", range(0, len(STREAM), 9))
def test_chunk_borders_do_not_matter(upstreams: Upstreams, gateways: Gateways, split_at: int) -> None:
    async def script(call: Call) -> None:
        await call.send(HEAD, chunked(STREAM[:split_at], STREAM[split_at:]) if split_at else chunked(STREAM))

    assert split(gateways(upstreams(script)).ask(post(BODY)))[2] == STREAM


def test_chunks_go_out_as_they_come(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(HEAD, b"3\r\nabc\r\n")
        await call.reader.read(1)  # the rest never comes until the client has left

    gateway = gateways(upstreams(script))
    with gateway.connect() as client:
        client.sendall(post(BODY))
        received = b""
        while not received.endswith(b"abc\r\n"):
            received += client.recv(1024)


@pytest.mark.parametrize(
    ("coding", "encode"), [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"zstd", zstandard.ZstdCompressor().compress)]
)
def test_compressed_replies_pass_raw(upstreams: Upstreams, gateways: Gateways, coding: bytes, encode: Callable[[bytes], bytes]) -> None:
    body = encode(b'{"ok":true}' * 100)

    async def script(call: Call) -> None:
        await call.json(body, extra=b"content-encoding: " + coding + b"\r\n")

    upstream = upstreams(script)
    _, headers, got = split(gateways(upstream).ask(post(BODY, b"/v1/chat/completions", b"Accept-Encoding: gzip, br, zstd")))
    assert (headers[b"content-encoding"], got) == (coding, body)
    assert upstream.calls[0].header(b"accept-encoding") == b"gzip, br, zstd"


def test_a_reply_that_ends_with_the_connection_is_whole(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n", b"one ", b"two", pause=0.01)
        call.writer.close()

    assert split(gateways(upstreams(script)).ask(post(BODY)))[2] == b"one two"


def test_redirects_and_errors_of_the_upstream_pass_untouched(upstreams: Upstreams, gateways: Gateways) -> None:
    async def redirect(call: Call) -> None:
        await call.send(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")

    upstream = upstreams(redirect)
    gateway = gateways(upstream)
    assert split(gateway.ask(post(BODY)))[:2][0] == 307

    async def limited(call: Call) -> None:
        await call.json(b'{"error":{"message":"slow"}}', b"429 Too Many Requests", b"retry-after: 3\r\n")

    upstream.script = limited
    status, headers, got = split(gateway.ask(post(BODY)))
    assert (status, got) == (429, b'{"error":{"message":"slow"}}')
    assert (headers[b"retry-after"], headers[b"x-evenhand-error-origin"]) == (b"3", b"upstream")
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_rate_limited") == 1


@pytest.mark.parametrize(("method", "status"), [(b"HEAD", b"200 OK"), (b"GET", b"204 No Content"), (b"GET", b"304 Not Modified")])
def test_replies_without_a_body_end_at_once_and_keep_the_connection(
    upstreams: Upstreams, gateways: Gateways, method: bytes, status: bytes
) -> None:
    async def script(call: Call) -> None:
        length = b"" if status.startswith(b"204") else b"content-length: 5\r\n"
        await call.send(b"HTTP/1.1 " + status + b"\r\n" + length + b"\r\n")

    upstream = upstreams(script)
    gateway = gateways(upstream)
    for _ in range(2):
        reply = gateway.ask(method + b" /v1/files/f HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n")
        assert reply.startswith(b"HTTP/1.1 " + status[:3])
        assert reply.endswith(b"\r\n\r\n")
    assert upstream.connections == 1


def test_expect_100_continue_is_answered(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    with gateways(upstream).connect() as client:
        head, _, body = post(BODY, b"/v1/chat/completions", b"Expect: 100-continue").partition(b"\r\n\r\n")
        client.sendall(head + b"\r\n\r\n")
        assert client.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body)
        assert split(read_all(client))[0] == 200
    assert upstream.calls[0].header(b"expect") is None


def test_a_chunked_request_body_arrives_with_its_length(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    raw = b"POST /v1/embeddings HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunked(
        BODY[:10], BODY[10:]
    )
    assert split(gateways(upstream).ask(raw))[0] == 200
    assert upstream.calls[0].body == BODY


def test_a_body_over_the_limit_is_413_and_one_at_the_limit_passes(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(upstream, gateway={"max_body_bytes": 4096})
    fitting = BODY[:-1] + b',"pad":"' + b"x" * (4096 - len(BODY) - 9) + b'"}'
    assert len(fitting) == 4096
    assert split(gateway.ask(post(fitting)))[0] == 200
    status, headers, got = split(gateway.ask(post(b" " + fitting)))
    assert status == 413
    assert orjson.loads(got)["error"]["code"] == "request_too_large"
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    raw = b"POST /v1/embeddings HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunked(b"x" * 5000)
    assert split(gateway.ask(raw))[0] == 413
    assert len(upstream.calls) == 1


def test_a_client_still_sending_a_huge_body_gets_to_see_the_413(upstreams: Upstreams, gateways: Gateways) -> None:
    status, _, _ = split(gateways(upstreams(), gateway={"max_body_bytes": 4096}).ask(post(b"x" * 20_000_000)))
    assert status == 413


def test_32_mib_pass_by_default(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    body = BODY[:-1] + b',"image":"' + b"A" * (32 * 1024 * 1024 - len(BODY) - 11) + b'"}'
    assert split(gateways(upstream).ask(post(body)))[0] == 200
    assert upstream.calls[0].body == body


@pytest.mark.parametrize("moment", ["before headers", "before the first byte", "in the middle of a stream", "in the middle of a body"])
def test_a_client_that_leaves_takes_the_upstream_connection_with_it(upstreams: Upstreams, gateways: Gateways, moment: str) -> None:
    sent = {
        "before headers": b"",
        "before the first byte": HEAD,
        "in the middle of a stream": HEAD + b"3\r\nabc\r\n",
        "in the middle of a body": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    }[moment]

    async def script(call: Call) -> None:
        await call.send(sent)
        await call.reader.read(1)
        raise ConnectionResetError

    upstream = upstreams(script)
    gateway = gateways(upstream)
    with gateway.connect() as client:
        client.sendall(post(BODY))
        if sent:
            client.recv(1024)
        else:
            while not upstream.calls:
                time.sleep(0.005)
    assert upstream.closed.wait(5), "the upstream connection is still open"
    deadline = time.monotonic() + 2
    while not gateway.count("evenhand_errors_total", model="m", error="caller_closed") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1
    assert gateway.count("evenhand_in_flight_requests") == 0


def test_a_stream_that_breaks_ends_with_one_error_event_and_no_done(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(HEAD, b'1c\r\ndata: {"choices":[{"delta":\r\n', pause=0.01)
        call.writer.transport.abort()

    gateway = gateways(upstreams(script))
    reply = gateway.ask(post(BODY))
    assert reply.count(b'data: {"error":') == 1
    assert b"[DONE]" not in reply
    assert not reply.endswith(b"0\r\n\r\n")  # the connection was broken off: nobody can take it for a whole reply
    assert b"\n\ndata: " in reply
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_body") == 1


def test_a_reply_that_is_no_stream_and_breaks_is_broken_off(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
        call.writer.close()

    reply = gateways(upstreams(script)).ask(post(BODY))
    assert reply.endswith(b"\r\n\r\n{")


def test_an_error_in_the_first_event_passes_and_is_counted(upstreams: Upstreams, gateways: Gateways) -> None:
    body = b'data: {"error": {"message": "no memory", "code": 500}}\n\ndata: [DONE]\n\n'

    async def script(call: Call) -> None:
        await call.send(HEAD, chunked(body[:5], body[5:]))

    gateway = gateways(upstreams(script))
    assert split(gateway.ask(post(BODY)))[2] == body
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_stream_error") == 1


def test_an_upstream_that_cannot_be_reached_is_502_after_one_more_try(gateways: Gateways, free_port: int) -> None:
    params = {"model": "openai/other", "api_base": f"http://user:secret@127.0.0.1:{free_port}/v1?key=secret", "api_key": "sk-secret"}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}])
    status, headers, got = split(gateway.ask(post(BODY)))
    assert status == 502
    error = orjson.loads(got)["error"]
    assert error["code"] == "upstream_connect_failed"
    assert error["message"].endswith(f"Connection refused (m: other at 127.0.0.1:{free_port}).")
    assert "secret" not in error["message"]
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    assert gateway.count("evenhand_upstream_retries_total", model="m") == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"", "upstream_headers_failed"),
        (b"garbage\r\n\r\n", "upstream_headers_failed"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, "upstream_headers_failed"),
        (b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n", "upstream_headers_failed"),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "upstream_headers_failed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "upstream_headers_failed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "upstream_headers_failed"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "upstream_headers_failed"),
    ],
)
def test_a_reply_that_is_not_http_is_502(upstreams: Upstreams, gateways: Gateways, reply: bytes, code: str) -> None:
    async def script(call: Call) -> None:
        await call.send(reply)
        call.writer.close()

    status, _, got = split(gateways(upstreams(script)).ask(post(BODY)))
    assert (status, orjson.loads(got)["error"]["code"]) == (502, code)


def test_silence_before_the_headers_is_504_and_within_a_stream_an_error_event(upstreams: Upstreams, gateways: Gateways) -> None:
    async def silent(call: Call) -> None:
        await call.reader.read(1)

    upstream = upstreams(silent)
    gateway = gateways(upstream, gateway={"headers_timeout_seconds": 0.2, "idle_timeout_seconds": 0.2})
    status, _, got = split(gateway.ask(post(BODY)))
    assert (status, orjson.loads(got)["error"]["code"]) == (504, "upstream_headers_timeout")

    async def stuck(call: Call) -> None:
        await call.send(HEAD, chunked(b"data: 1\n\n")[:-5])
        await call.reader.read(1)

    upstream.script = stuck
    reply = gateway.ask(post(BODY))
    assert b"data: 1\n\n" in reply
    assert b"upstream_idle_timeout" in reply
    assert b"[DONE]" not in reply


@pytest.fixture
def full_backlog() -> Iterator[int]:
    """A port whose queue of connections is full: one more is neither refused nor made."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(4):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port


def test_a_connection_that_does_not_come_about_is_504(gateways: Gateways, full_backlog: int) -> None:
    params = {"model": "openai/m", "api_base": f"http://127.0.0.1:{full_backlog}/v1"}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}], gateway={"connect_timeout_seconds": 0.3})
    status, _, got = split(gateway.ask(post(BODY)))
    assert (status, orjson.loads(got)["error"]["code"]) == (504, "upstream_connect_timeout")


def test_a_client_may_leave_while_connecting(gateways: Gateways, full_backlog: int) -> None:
    params = {"model": "openai/m", "api_base": f"http://127.0.0.1:{full_backlog}/v1"}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}], gateway={"connect_timeout_seconds": 60})
    with gateway.connect() as client:
        client.sendall(post(BODY))
        time.sleep(0.2)
    deadline = time.monotonic() + 5
    while not gateway.count("evenhand_errors_total", model="m", error="caller_closed") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gateway.count("evenhand_requests_total", model="m", endpoint="chat_completions", code="499", origin="client") == 1


def test_an_event_of_a_megabyte_passes(upstreams: Upstreams, gateways: Gateways) -> None:
    stream = b"data: " + b"x" * 1_000_000 + b"\n\ndata: [DONE]\n\n"

    async def script(call: Call) -> None:
        await call.send(HEAD, chunked(stream[:300_000], stream[300_000:]))

    assert split(gateways(upstreams(script)).ask(post(BODY)))[2] == stream


def test_an_upstream_that_answers_without_reading_the_body_is_heard(upstreams: Upstreams, gateways: Gateways) -> None:
    async def hurried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno")
        try:
            await writer.drain()
            await asyncio.sleep(0.5)
        finally:
            writer.close()

    upstream = upstreams(serve=hurried)
    body = BODY[:-1] + b',"image":"' + b"A" * 20_000_000 + b'"}'
    status, headers, got = split(gateways(upstream).ask(post(body)))
    assert (status, got, headers[b"x-evenhand-error-origin"]) == (413, b"no", b"upstream")


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(upstreams: Upstreams, gateways: Gateways) -> None:
    async def once(call: Call) -> None:
        await call.json()
        call.writer.close()
        await call.writer.wait_closed()

    upstream = upstreams(once)
    gateway = gateways(upstream)
    for _ in range(5):
        assert split(gateway.ask(post(BODY)))[0] == 200
        assert upstream.closed.wait(5)
        upstream.closed.clear()
    assert len(upstream.calls) == 5
    assert gateway.count("evenhand_errors_total", model="m", error="upstream_headers") == 0


@pytest.mark.parametrize(("method", "tries", "status"), [(b"GET", 2, 200), (b"POST", 1, 502)])
def test_only_what_may_be_repeated_is_repeated_when_a_kept_connection_breaks(
    upstreams: Upstreams, gateways: Gateways, method: bytes, tries: int, status: int
) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    assert split(gateway.ask(post(BODY)))[0] == 200
    seen = 0

    async def drop_first(call: Call) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            call.writer.transport.abort()
        else:
            await call.json()

    upstream.script = drop_first
    raw = post(BODY) if method == b"POST" else b"GET /v1/files HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"
    assert split(gateway.ask(raw))[0] == status
    assert seen == tries


def test_a_slow_client_holds_the_upstream_back(upstreams: Upstreams, gateways: Gateways) -> None:
    sent = 0

    async def endless(call: Call) -> None:
        nonlocal sent
        await call.send(HEAD)
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        while True:
            await call.send(piece)
            sent += len(piece)

    gateway = gateways(upstreams(endless))
    with gateway.connect() as client:
        client.sendall(post(BODY))
        client.recv(1024)
        before = -1
        while sent != before:
            before = sent
            time.sleep(0.3)
        assert sent < 40_000_000  # what the sockets' buffers hold, not what an endless stream sends


def test_request_ids_go_in_and_out(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    _, headers, _ = split(gateway.ask(post(BODY, b"/v1/chat/completions", b"X-Request-Id: mine")))
    assert (upstream.calls[0].header(b"x-request-id"), headers[b"x-request-id"]) == (b"mine", b"mine")
    _, headers, _ = split(gateway.ask(post(BODY)))
    assert headers[b"x-request-id"] == upstream.calls[1].header(b"x-request-id")
    assert headers[b"x-request-id"].removeprefix(b"req_") == headers[b"x-evenhand-exchange-id"].removeprefix(b"ex_")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "invalid_http"),
        (b"POST /v1/x HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "invalid_http"),
        (b"POST /v1/x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "invalid_http"),
        (b"\x16\x03\x01garbage\r\n\r\n", "invalid_http"),
        (b"GET /v1/models HTTP/1.1\r\nHost: g\r\nX: " + b"y" * 400_000, "headers_too_large"),
        (b"GET /v1/../admin HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n", "invalid_path"),
        (b"GET /v1/%2E%2e/admin HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n", "invalid_path"),
        (post(b"{not json"), "invalid_json"),
        (post(b'{"model":5}'), "invalid_type"),
    ],
)
def test_a_wrong_request_is_refused_in_openais_shape(upstreams: Upstreams, gateways: Gateways, raw: bytes, code: str) -> None:
    upstream = upstreams()
    status, headers, got = split(gateways(upstream).ask(raw))
    assert status in (400, 431)
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    error: dict[str, Any] = orjson.loads(got)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == code
    assert not upstream.calls
