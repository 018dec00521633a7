"""A worker in its own thread and event loop, and upstreams that send exactly the bytes they are told to."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from gateway.protocol import GatewayProtocol
from gateway.settings import load_text
from gateway.worker import build

Script = Callable[["Call"], Awaitable[None]]


@dataclass
class Call:
    """One request that reached the upstream; the script answers through ``writer``."""

    head: bytes
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n")[0]

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        lines = self.head.split(b"\r\n")[1:]
        return [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines if line)]

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)

    async def send(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if pause:
                await asyncio.sleep(pause)

    async def json(self, body: bytes = b'{"ok":true}', status: bytes = b"200 OK", extra: bytes = b"") -> None:
        await self.send(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b" % (status, extra, len(body), body)
        )


@dataclass
class Upstream:
    """A raw server on a free port of 127.0.0.1. ``script`` may be replaced between requests."""

    script: Script
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    closed_at: list[float] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
                call = Call(head, await reader.readexactly(length), reader, writer)
                self.calls.append(call)
                await self.script(call)
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.closed_at.append(asyncio.get_running_loop().time())
            self.closed.set()
            writer.close()


async def echo(call: Call) -> None:
    await call.json()


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Any]) -> Any:
        async def await_it() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(await_it(), self.loop).result(30)

    def stop(self) -> None:
        async def cancel_rest() -> None:
            rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        self.run(cancel_rest())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@pytest.fixture
def upstreams() -> Iterator[Callable[..., Upstream]]:
    """Starts upstreams; all are stopped at the end."""
    loop = Loop()
    servers: list[asyncio.Server] = []

    def start(script: Script = echo, serve: Callable[[Any, Any], Awaitable[None]] | None = None) -> Upstream:
        upstream = Upstream(script)

        async def listen() -> None:
            server = await asyncio.start_server(serve or upstream.serve, "127.0.0.1", 0, limit=64 * 1024 * 1024)
            servers.append(server)
            upstream.port = server.sockets[0].getsockname()[1]

        loop.run(listen())
        return upstream

    yield start
    for server in servers:
        loop.loop.call_soon_threadsafe(server.close)
    loop.stop()


@dataclass
class Gateway:
    """A running worker."""

    port: int
    url: str
    metrics: Any
    readiness: Any
    data_dir: Path
    loop: asyncio.AbstractEventLoop

    async def flush(self) -> None:
        self.metrics.flush()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, raw: bytes) -> bytes:
        """Send bytes, read until the gateway closes (send ``connection: close``)."""
        with self.connect() as client:
            client.sendall(raw)
            return read_all(client)

    def text(self) -> bytes:
        """The metrics now, what the event loop has tallied included."""
        asyncio.run_coroutine_threadsafe(self.flush(), self.loop).result(10)
        text: bytes = self.metrics.text()
        return text

    def count(self, name: str, **labels: str) -> float:
        """A sample's value now, what the event loop has tallied included."""
        asyncio.run_coroutine_threadsafe(self.flush(), self.loop).result(10)
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


def read_all(client: socket.socket) -> bytes:
    received = b""
    while piece := client.recv(65536):
        received += piece
    return received


def unchunk(body: bytes) -> bytes:
    """The payload of a chunked body; fails where it does not end properly."""
    payload = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            assert body == b"\r\n"
            return payload
        payload, body = payload + body[:length], body[length + 2 :]


def split(reply: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers (lower case) and body of a raw reply, its chunks joined."""
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
    if headers.get(b"transfer-encoding") == b"chunked":
        body = unchunk(body)
    return int(lines[0].split()[1]), headers, body


def post(body: bytes, path: bytes = b"/v1/chat/completions", *headers: bytes, close: bool = True) -> bytes:
    lines = [
        b"POST " + path + b" HTTP/1.1",
        b"Host: gateway",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    if close:
        lines.append(b"Connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@contextmanager
def running(config: dict[str, Any], data_dir: Path) -> Iterator[Gateway]:
    """A worker with this configuration, in this process but a thread of its own."""
    worker = build(load_text(yaml.safe_dump(config), {}), data_dir)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    loops: list[asyncio.AbstractEventLoop] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not loops:
            loops.append(asyncio.get_running_loop())
        await worker.app(scope, receive, send)

    settings = uvicorn.Config(
        app,
        http=GatewayProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not loops:
        time.sleep(0.005)
    try:
        yield Gateway(port, f"http://127.0.0.1:{port}", worker.metrics, worker.readiness, data_dir, loops[0])
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def gateways(tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Starts workers; ``start(upstream, **sections)`` with one model ``m`` unless ``model_list`` is given."""
    stack: list[Any] = []

    def start(upstream: Upstream | None = None, **sections: Any) -> Gateway:
        if upstream is not None:
            params = {"model": "openai/m", "api_base": upstream.base, "api_key": "sk-upstream"}
            sections.setdefault("model_list", [{"model_name": "m", "litellm_params": params}])
        data_dir = tmp_path / f"data{len(stack)}"
        data_dir.mkdir()
        (data_dir / "secret").write_text("ab" * 32)
        manager = running(sections, data_dir)
        stack.append(manager)
        return manager.__enter__()

    yield start
    for manager in reversed(stack):
        manager.__exit__(None, None, None)
