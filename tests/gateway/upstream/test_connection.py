"""The state machine of a connection, fed by hand: any bytes, cut anywhere."""

import asyncio
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.errors import GatewayError
from gateway.upstream.connection import HIGH_WATER, Connection, Limits

BODY = b'data: {"a":1}\r\n\r\n: c\n\ndata: [DONE]\n\n'
SIZED = b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (
    BODY[:7],
    len(BODY) - 7,
    BODY[7:],
)
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n" + BODY


class Transport(asyncio.Transport):
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = self.paused = False
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return 0


def cut(data: bytes, places: list[int]) -> list[bytes]:
    borders = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(borders) if start < end]


async def _exchange(pieces: list[bytes], method: bytes) -> tuple[int, bytes, str | None, bool]:
    connection, transport = Connection(asyncio.get_running_loop(), Limits(), lambda _: None), Transport()
    connection.connection_made(transport)
    connection.begin(method, b"GET / HTTP/1.1\r\n\r\n", b"")

    async def feed() -> None:
        for piece in pieces:
            if not transport.aborted:
                connection.data_received(piece)
            await asyncio.sleep(0)
        connection.connection_lost(None)

    feeding = asyncio.create_task(feed())
    body, error = b"", None
    try:
        await connection.reply()
        while piece := await connection.read():
            body += piece
    except GatewayError as failure:
        error = failure.code
    reusable = connection.finish()
    await feeding
    return connection.status, body, error, reusable


def exchange(pieces: list[bytes], method: bytes = b"POST") -> tuple[int, bytes, str | None, bool]:
    return asyncio.run(asyncio.wait_for(_exchange(pieces, method), 10))


@given(st.sampled_from([SIZED, CHUNKED, UNTIL_CLOSE]), st.lists(st.integers(0, 200), max_size=8))
def test_a_reply_cut_anywhere_is_read_whole(reply: bytes, places: list[int]) -> None:
    assert exchange(cut(reply, places))[:3] == (200, BODY, None)


@given(st.sampled_from([SIZED, CHUNKED]), st.integers(0, 400))
def test_a_reply_that_stops_anywhere_is_an_error_and_never_a_shorter_reply(reply: bytes, stop: int) -> None:
    stop %= len(reply)
    _, body, error, reusable = exchange([reply[:stop]])
    assert error in ("upstream_headers_failed", "upstream_body_failed")
    assert BODY.startswith(body)
    assert not reusable


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5), st.sampled_from([b"POST", b"HEAD"]))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", [], b"POST")
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", [], b"POST")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", [], b"POST")
def test_no_bytes_make_it_raise_or_hang(reply: bytes, places: list[int], method: bytes) -> None:
    status, _, error, _ = exchange(cut(reply, places), method)
    assert (status >= 200) or error is not None


@given(st.sampled_from([SIZED, CHUNKED]), st.integers(0, 400), st.binary(min_size=1, max_size=3), st.lists(st.integers(0, 200), max_size=4))
def test_a_damaged_reply_ends(reply: bytes, at: int, damage: bytes, places: list[int]) -> None:
    at %= len(reply)
    exchange(cut(reply[:at] + damage + reply[at + len(damage) :], places))


def test_a_connection_is_kept_after_a_whole_reply_and_not_after_more() -> None:
    kept = [
        exchange_kept(SIZED),
        exchange_kept(SIZED.replace(b"X-A: b", b"Connection: close")),
        exchange_kept(SIZED + b"HTTP/1.1 200 OK\r\n"),
    ]
    assert kept == [True, False, False]


def exchange_kept(reply: bytes) -> bool:
    async def run() -> bool:
        connection, transport = Connection(asyncio.get_running_loop(), Limits(), lambda _: None), Transport()
        connection.connection_made(transport)
        connection.begin(b"POST", b"", b"")
        connection.data_received(reply)
        while await connection.read():
            pass
        return connection.finish()

    return asyncio.run(run())


def test_reading_pauses_while_nobody_takes_what_came() -> None:
    async def run() -> None:
        connection, transport = Connection(asyncio.get_running_loop(), Limits(), lambda _: None), Transport()
        connection.connection_made(transport)
        connection.begin(b"POST", b"", b"")
        connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * (HIGH_WATER + 1))
        assert transport.paused
        assert len(await connection.read()) == HIGH_WATER + 1
        assert not transport.paused

    asyncio.run(run())
