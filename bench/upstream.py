"""A model for measurements, in one small process: one reply at once, or a stream of one event and then silence until its caller leaves.

    python -m bench.upstream --port N

A request header `x-bench-status: 404` asks for another status than 200.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

import uvloop

from bench.served import free_port, wait_for

BODY = (
    b'{"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"bench-model","choices":[{"index":0,"message":'
    b'{"role":"assistant","content":"I would invite this applicant to a first interview next week."},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":60,"completion_tokens":12,"total_tokens":72}}'
)
EVENT = b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"I"}}]}\n\n'
OPEN = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(EVENT), EVENT)
STATUS = b"\r\nx-bench-status: "


def _whole(status: HTTPStatus) -> bytes:
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
    return head.encode() + BODY


REPLIES = {b"%d" % status.value: _whole(status) for status in HTTPStatus if status.value >= 200 and status.value not in (204, 304)}


class Model(asyncio.Protocol):
    """One connection of a caller."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's are no subclass

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while self._transport is not None and (reply := self._next()):
            self._transport.write(reply)

    def _next(self) -> bytes:
        """The reply to a request that has come whole; empty while none has."""
        head, blank, rest = self._waiting.partition(b"\r\n\r\n")
        if not blank:
            return b""
        lower = head.lower()
        _, named, after = lower.partition(b"\r\ncontent-length:")
        length = int(after.split(b"\r\n", 1)[0]) if named else 0
        if len(rest) < length:
            return b""
        body, self._waiting = rest[:length], rest[length:]
        if b'"stream":true' in body or b'"stream": true' in body:
            return OPEN
        return REPLIES[lower.partition(STATUS)[2][:3] or b"200"]


@contextmanager
def model() -> Iterator[str]:
    """Run a model in a process of its own and give its address without a path."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.upstream", "--port", str(port)])
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/models")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


async def serve(port: int) -> None:
    """Answer until cancelled."""
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


def main(words: list[str] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser("python -m bench.upstream", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(parser.parse_args(words).port))


if __name__ == "__main__":
    main()
