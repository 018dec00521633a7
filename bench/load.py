"""Requests over kept connections, each reply checked: as many as a gateway takes, or at a fixed rate."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import cast

import orjson

from evenhand.demo.material import load
from evenhand.demo.prompts import stream

TIMEOUT_SECONDS = 20.0


@dataclass
class Sample:
    """Seconds from each request's last byte sent to its reply's last byte, and how many requests got no whole 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def at(self, share: float) -> float:
        """The latency that this share of the requests did not exceed."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]


class Client(asyncio.Protocol):
    """One connection, one request at a time; replies need a content-length, which relayed JSON has."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._whole = 0
        self._answer: asyncio.Future[int] | None = None

    def ask(self, raw: bytes) -> "asyncio.Future[int]":
        """Send a request; the future's result is the status, 0 where the connection ended before the reply did."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._received, self._whole = b"", 0
        self._transport.write(raw)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._whole:
            head, blank, _ = self._received.partition(b"\r\n\r\n")
            if not blank:
                return
            length = head.lower().partition(b"\r\ncontent-length:")[2].split(b"\r\n", 1)[0]
            self._whole = len(head) + 4 + int(length or 0)
        if len(self._received) >= self._whole:
            self._tell(int(self._received[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._tell(0)

    @property
    def usable(self) -> bool:
        return self._transport is not None

    def _tell(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)


async def connect(port: int) -> Client:
    """A connection to 127.0.0.1."""
    _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", port)
    return client


async def _status(client: Client, raw: bytes) -> int:
    try:
        return await asyncio.wait_for(client.ask(raw), TIMEOUT_SECONDS)
    except TimeoutError:
        client.close()
        return 0


async def send(port: int, raws: Sequence[bytes], count: int, connections: int = 16) -> int:
    """Send requests as fast as they are answered; returns how many failed."""
    left = iter(islice(cycle(raws), count))

    async def one_after_another() -> int:
        client, failed = await connect(port), 0
        for raw in left:
            failed += await _status(client, raw) != 200
            if not client.usable:
                client = await connect(port)
        client.close()
        return failed

    return sum(await asyncio.gather(*(one_after_another() for _ in range(connections))))


async def paced(port: int, raws: Iterator[bytes], rate: float, seconds: float) -> Sample:
    """Send at a fixed rate, whether or not earlier requests were answered: a slow gateway cannot slow its own measurement.

    Latency counts from the moment of sending, so that the generator's own lateness is in none of it.
    """
    sample, idle, running = Sample(), [await connect(port) for _ in range(8)], set()
    for client in idle:
        await _status(client, next(raws))  # connections on both sides and caches are there before anything counts

    async def one(raw: bytes) -> None:
        client = idle.pop() if idle else await connect(port)
        began = time.perf_counter()
        status = await _status(client, raw)
        sample.seconds.append(time.perf_counter() - began)
        sample.failed += status != 200
        if client.usable:
            idle.append(client)

    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        running.add(asyncio.create_task(one(next(raws))))
    await asyncio.gather(*running)
    for client in idle:
        client.close()
    return sample


def post(body: bytes, *headers: str, path: str = "/v1/chat/completions") -> bytes:
    """A raw request."""
    lines = [f"POST {path} HTTP/1.1", "host: bench", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def questions(model_name: str, count: int, seed: int = 1) -> list[bytes]:
    """Raw requests about applicants, no two alike, as the demo's clients send them."""
    prompts = islice(stream(load("prompts"), load("people"), seed), count)
    return [post(orjson.dumps({"model": model_name, "messages": list(prompt.messages)})) for prompt in prompts]
