"""Four workers as processes of their own, over one ``gateway.db``."""

import contextlib
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.keys import Allowance, digest_of
from gateway.keys.database import connect
from gateway.keys.registry import create
from tests.gateway.conftest import Call, Upstream, post, split
from tests.gateway.test_main import ask, config, wait_ready, worker

KEY = b"eh-one"
BODY = b'{"model":"m"}'
LIMIT, ROUNDS, ROUND_SECONDS = 80, 60, 0.1
Upstreams = Callable[..., Upstream]


def document(upstream: Upstream, **limits: Any) -> dict[str, Any]:
    prices = {"models": {"m": {"input": 1, "output": 1}}}
    return config(upstream) | {"keys": [{"name": "one", "hash": digest_of(KEY).hex(), **limits}], "prices": prices}


@contextlib.contextmanager
def workers(count: int, settings: dict[str, Any], folder: Path) -> Iterator[list[tuple[Any, int]]]:
    with ExitStack() as stack:
        started = [stack.enter_context(worker(settings, folder)) for _ in range(count)]
        for process, port in started:
            wait_ready(process, port)
        yield started


def status(port: int, key: bytes = KEY) -> int:
    return split(ask(port, post(BODY, b"/v1/chat/completions", b"Authorization: Bearer " + key)))[0]


async def thousand_tokens(call: Call) -> None:
    await call.json(b'{"usage":{"prompt_tokens":1000,"completion_tokens":0}}')


@pytest.mark.parametrize("limits", [{"requests_per_minute": LIMIT}, {"tokens_per_minute": LIMIT * 1000}, {"usd_per_day": LIMIT * 0.001}])
def test_four_workers_pass_a_limit_by_a_seconds_traffic_at_most(upstreams: Upstreams, tmp_path: Path, limits: dict[str, Any]) -> None:
    passed = [0, 0, 0, 0]
    with workers(4, document(upstreams(thousand_tokens), **limits), tmp_path) as started:
        for _ in range(ROUNDS):
            for number, (_, port) in enumerate(started):
                passed[number] += status(port) == 200
            time.sleep(ROUND_SECONDS)
    in_a_second = 4 / ROUND_SECONDS  # all workers together; asking takes time, so this is the most
    assert LIMIT <= sum(passed) <= LIMIT + 1.5 * in_a_second < 4 * ROUNDS, "without an exchange every request would have passed"


def test_a_created_key_is_known_to_all_and_its_limit_is_shared(upstreams: Upstreams, tmp_path: Path) -> None:
    with workers(4, document(upstreams(thousand_tokens)), tmp_path) as started:
        ports = [port for _, port in started]
        db = connect(tmp_path / "gateway.db")
        key = create(db, "two", (), Allowance(tokens_per_minute=1000), choose=secrets.choice, now_ms=1).encode()
        db.close()
        first, *others = ports
        while status(first, key) == 401:
            time.sleep(0.05)
        for port in others:
            while status(port, key) != 429:
                time.sleep(0.05)
        assert status(first, key) == 429


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_spent_survives_the_end_of_a_worker(upstreams: Upstreams, tmp_path: Path, how: signal.Signals) -> None:
    upstream = upstreams(thousand_tokens)
    settings = document(upstream, usd_per_month=0.002)
    with workers(1, settings, tmp_path) as [(process, port)]:
        assert [status(port) for _ in range(3)] == [200, 200, 429]
        if how is signal.SIGKILL:  # what was not yet written is lost with it: at most a second's
            written(tmp_path, 2_000_000)
        process.send_signal(how)
        process.wait(20)
    assert written(tmp_path, 2_000_000) == 2_000_000
    with workers(1, settings, tmp_path) as [(_, port)]:
        assert status(port) == 429
    assert len(upstream.calls) == 2


def written(folder: Path, nano_usd: int) -> int:
    """The money that is in the file once it is as much as ``nano_usd``."""
    db = connect(folder / "gateway.db")
    while (found := db.execute("SELECT coalesce(sum(nano_usd), 0) FROM spend").fetchone()[0]) < nano_usd:
        time.sleep(0.05)
    db.close()
    return int(found)
