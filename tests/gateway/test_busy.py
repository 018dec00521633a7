"""A worker that is answered 429 tells the monitor."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.upstream import Busy, read_busy
from tests.gateway.conftest import Call, Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[]}'
MONITOR = {"monitor": {"sample_rate": 0, "routes": [{"name": "r"}]}}


async def too_many(call: Call) -> None:
    await call.json(b'{"error":{"message":"slow down"}}', b"429 Too Many Requests", b"retry-after: 9\r\n")


def notes(folder: Path, wait_seconds: float) -> list[Busy]:
    """What is noted, once something is or the time is over."""
    end = time.monotonic() + wait_seconds
    while not (found := list(read_busy(folder))) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_a_429_is_noted_with_its_deployment_and_how_long_it_asks_to_wait(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]
) -> None:
    gateway = gateways(upstreams(too_many), **MONITOR)
    assert split(gateway.ask(post(BODY)))[0] == 429
    (note,) = notes(gateway.data_dir / "run" / "busy", 10)
    assert note.deployment.startswith("m@")
    assert note.until_ms - note.at_ms == 9_000


@pytest.mark.parametrize("status", [b"200 OK", b"503 Unavailable", b"500 Oops"])
def test_no_other_answer_is(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway], status: bytes) -> None:
    async def answers(call: Call) -> None:
        await call.json(b"{}", status, b"retry-after: 9\r\n")

    gateway = gateways(upstreams(answers), **MONITOR)
    gateway.ask(post(BODY))
    assert notes(gateway.data_dir / "run" / "busy", 1.5) == []


def test_where_there_is_no_monitor_nobody_is_told(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams(too_many))
    gateway.ask(post(BODY))
    assert notes(gateway.data_dir / "run" / "busy", 1.5) == []
