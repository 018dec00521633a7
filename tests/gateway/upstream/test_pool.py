"""The pool alone, against scripted servers."""

import asyncio
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import GatewayError
from gateway.upstream import Limits, Pool, origin
from tests.gateway.conftest import Call, Upstream

Upstreams = Callable[..., Upstream]


def with_pool(work: Callable[[Pool], Awaitable[Any]], **limits: Any) -> Any:
    async def run() -> Any:
        pool = Pool(Limits(**limits))
        try:
            return await work(pool)
        finally:
            await pool.aclose()

    return asyncio.run(run())


def test_a_fetch_brings_status_headers_and_body(upstreams: Upstreams) -> None:
    upstream = upstreams()

    async def work(pool: Pool) -> Any:
        return await pool.fetch(upstream.base + "/chat/completions?x=1", headers=[(b"authorization", b"Bearer k")], body=b"{}")

    fetched = with_pool(work)
    assert (fetched.status, fetched.body) == (200, b'{"ok":true}')
    assert (b"content-type", b"application/json") in fetched.headers
    call = upstream.calls[0]
    assert call.line == b"POST /v1/chat/completions?x=1 HTTP/1.1"
    assert (call.header(b"authorization"), call.header(b"content-length"), call.body) == (b"Bearer k", b"2", b"{}")


def test_fetches_share_a_connection_and_an_old_one_is_let_go(upstreams: Upstreams) -> None:
    upstream = upstreams()

    async def work(pool: Pool) -> None:
        await pool.fetch(upstream.base)
        await pool.fetch(upstream.base)
        assert upstream.connections == 1
        await asyncio.sleep(0.5)
        assert upstream.closed.is_set()
        await pool.fetch(upstream.base)

    with_pool(work, keepalive_seconds=0.2)
    assert upstream.connections == 2


def test_concurrent_fetches_get_a_connection_each(upstreams: Upstreams) -> None:
    async def slow(call: Call) -> None:
        await asyncio.sleep(0.1)
        await call.json()

    upstream = upstreams(slow)

    async def work(pool: Pool) -> list[int]:
        return [fetched.status for fetched in await asyncio.gather(*(pool.fetch(upstream.base) for _ in range(20)))]

    assert with_pool(work) == [200] * 20
    assert upstream.connections == 20


def refused(script: Callable[[Call], Awaitable[None]], upstreams: Upstreams, **options: Any) -> GatewayError:
    upstream = upstreams(script)
    limits = {name: options.pop(name) for name in list(options) if name.endswith("_seconds") and name != "timeout_seconds"}

    async def work(pool: Pool) -> None:
        await pool.fetch(upstream.base, **options)

    with pytest.raises(GatewayError) as raised:
        with_pool(work, **limits)
    assert upstream.closed.wait(5), "the connection was left open"
    return raised.value


async def endless(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await call.send(b"5\r\nhello\r\n", pause=0.01)


async def silent(call: Call) -> None:
    await call.reader.read(1)


def test_a_fetch_is_bounded_in_time_and_size(upstreams: Upstreams) -> None:
    assert refused(endless, upstreams, timeout_seconds=0.2).code == "upstream_total_timeout"
    assert refused(endless, upstreams, max_bytes=100).code == "upstream_body_failed"
    assert refused(silent, upstreams, headers_seconds=0.2).code == "upstream_headers_timeout"


async def half_a_chunk(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf")
    await call.reader.read(1)


async def short_body(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort")
    call.writer.close()


async def bad_chunk(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nwhat\r\n")
    await call.reader.read(1)


async def endless_head(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await call.send(b"x: " + b"y" * 10_000 + b"\r\n")


async def slow_head(call: Call) -> None:
    for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n":
        await call.send(bytes([byte]), pause=0.05)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (half_a_chunk, "upstream_idle_timeout"),
        (short_body, "upstream_body_failed"),
        (bad_chunk, "upstream_body_failed"),
        (endless_head, "upstream_headers_failed"),
        (slow_head, "upstream_headers_timeout"),
    ],
)
def test_a_hostile_reply_ends_in_an_error_that_names_the_phase(
    upstreams: Upstreams, script: Callable[[Call], Awaitable[None]], code: str
) -> None:
    assert refused(script, upstreams, headers_seconds=0.4, idle_seconds=0.4).code == code


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;ext=1\r\no\r\n1\r\nk\r\n0\r\ntrailer: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
    ],
)
def test_odd_replies_are_read_and_nothing_beside_them(upstreams: Upstreams, reply: bytes) -> None:
    async def script(call: Call) -> None:
        await call.send(reply)
        call.writer.close()

    upstream = upstreams(script)

    async def work(pool: Pool) -> list[bytes]:
        first = await pool.fetch(upstream.base)
        await asyncio.sleep(0.05)  # lets the upstream's close be seen
        return [first.body, (await pool.fetch(upstream.base)).body]

    assert with_pool(work) == [b"ok", b"ok"]


def test_what_comes_unasked_ends_a_kept_connection(upstreams: Upstreams) -> None:
    async def script(call: Call) -> None:
        await call.json()
        await asyncio.sleep(0.05)
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil")

    upstream = upstreams(script)

    async def work(pool: Pool) -> bytes:
        await pool.fetch(upstream.base)
        await asyncio.sleep(0.2)
        body: bytes = (await pool.fetch(upstream.base)).body
        return body

    assert with_pool(work) == b'{"ok":true}'
    assert upstream.connections == 2


def test_tls_is_verified_and_spoken_to_the_name_of_the_host(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_side) as server:
            port = server.sockets[0].getsockname()[1]
            trusting = Pool(tls=ssl.create_default_context(cafile=str(certificate)))
            assert (await trusting.fetch(f"https://localhost:{port}/v1")).body == b"ok"
            with pytest.raises(GatewayError) as raised:
                await trusting.fetch(f"https://127.0.0.1:{port}/v1")
            assert raised.value.code == "upstream_connect_failed"
            strict = Pool()
            with pytest.raises(GatewayError) as raised:
                await strict.fetch(f"https://localhost:{port}/v1")
            assert "certificate" in raised.value.message
            await trusting.aclose()
            await strict.aclose()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("https://llm.example/v1/", "llm.example", 443, b"llm.example", b"/v1"),
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, b"127.0.0.1:8080", b""),
        ("http://[::1]:9/a/b", "::1", 9, b"[::1]:9", b"/a/b"),
        ("http://user:secret@h/v1", "h", 80, b"h", b"/v1"),
    ],
)
def test_an_origin_is_read_from_a_url(url: str, host: str, port: int, authority: bytes, path: bytes) -> None:
    found = origin(url)
    assert (found.host, found.port, found.authority, found.path) == (host, port, authority, path)


@pytest.mark.parametrize("url", ["ftp://x", "http://", "nothing"])
def test_an_origin_must_be_http(url: str) -> None:
    with pytest.raises(ValueError, match="is not an http"):
        origin(url)


def test_other_limits_hold_from_the_next_exchange_on_and_not_for_those_under_way(upstreams: Upstreams) -> None:
    async def slow(call: Call) -> None:
        await asyncio.sleep(0.5)
        await call.json()

    upstream = upstreams(slow)

    async def work(pool: Pool) -> Any:
        under_way = asyncio.create_task(pool.fetch(upstream.base + "/a"))
        await asyncio.sleep(0.2)
        assert upstream.calls
        pool.adopt(Limits(headers_seconds=0.05))
        assert (await under_way).status == 200
        with pytest.raises(GatewayError) as caught:
            await pool.fetch(upstream.base + "/b")
        assert caught.value.status == 504

    with_pool(work)
    assert upstream.connections == 2, "one opened under the limits of before is not used again"
