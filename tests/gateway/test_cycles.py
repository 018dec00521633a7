"""What a closed connection leaves behind: nothing that only the garbage collector could free, which looks at old objects late."""

import asyncio
import gc
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.protocol import GatewayProtocol
from gateway.ticket import Ticket
from gateway.upstream import Connection
from tests.gateway.conftest import Call, Gateway, Upstream, echo, post, read_all

Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]
ROUNDS = 5
BODY = b'{"model":"m"}'
EVENT = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\na\r\ndata: {}\n\n\r\n"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> int:
    """How many objects of a connection, on either side, there are."""
    return sum(type(each) in (GatewayProtocol, RequestResponseCycle, Ticket, Connection, asyncio.Task) for each in gc.get_objects())


async def quiet(call: Call) -> None:
    """One event, then nothing until the gateway leaves."""
    await call.send(EVENT)
    await call.reader.read()


async def breaks(call: Call) -> None:
    """One event, then what is no chunk."""
    await call.send(EVENT, b"no chunk\r\n")


async def resets(call: Call) -> None:
    """No reply at all."""
    call.writer.transport.abort()


def whole(client: socket.socket) -> None:
    client.sendall(post(BODY))
    read_all(client)


def twice(client: socket.socket) -> None:
    for _ in range(2):
        client.sendall(post(BODY, close=False))
        client.recv(4096)


def left_early(client: socket.socket) -> None:
    client.sendall(post(BODY, close=False))


def left_in_stream(client: socket.socket) -> None:
    client.sendall(post(BODY))
    while b"data:" not in client.recv(4096):
        pass


def left_in_head(client: socket.socket) -> None:
    client.sendall(post(BODY)[:40])


def left_in_body(client: socket.socket) -> None:
    client.sendall(post(BODY)[:-4])


def left_in_line(client: socket.socket) -> None:
    client.sendall(3 * post(BODY, close=False))


def unknown(client: socket.socket) -> None:
    client.sendall(post(b'{"model":"nope"}'))
    read_all(client)


def unreadable(client: socket.socket) -> None:
    client.sendall(b"no request at all\r\n\r\n")
    read_all(client)


def own_path(client: socket.socket) -> None:
    client.sendall(b"GET /metrics HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n")
    read_all(client)


def come_and_go(running: Gateway, visit: Callable[[socket.socket], None], times: int) -> None:
    """Visit so often; all have been let in when this returns."""
    for _ in range(times):
        with running.connect() as client:
            visit(client)
    running.ask(b"GET /livez HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n")


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    ("script", "visit"),
    [
        (echo, whole),
        (echo, twice),
        (echo, unknown),
        (echo, unreadable),
        (echo, own_path),
        (echo, left_in_head),
        (echo, left_in_body),
        (quiet, left_early),
        (quiet, left_in_stream),
        (quiet, left_in_line),
        (breaks, whole),
        (resets, whole),
    ],
)
def test_a_closed_connection_is_freed_without_the_collector(
    upstreams: Upstreams, gateways: Gateways, script: Callable[[Call], object], visit: Callable[[socket.socket], None]
) -> None:
    running = gateways(upstreams(script))
    come_and_go(running, visit, 1)
    time.sleep(0.2)
    before = alive()  # with what the first one brought about and is kept, such as a connection to the upstream
    come_and_go(running, visit, ROUNDS)
    deadline = time.monotonic() + 10
    while (after := alive()) > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert after <= before
