"""A real scorer process, asked as the monitor asks it."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from monitors.scorers import Means, Reply, Value, build
from monitors.scoring.configured import Entry
from monitors.scoring.guard import FAILED
from monitors.scoring.process import TOO_LARGE
from monitors.scoring.remote import Patience, Remote
from monitors.scoring.wire import Address, read_address
from tests.monitors.scoring.conftest import Process
from tests.monitors.scoring.scripted import entry, halves

QUARTER = Value(0.25)


def asked(process: Process, do: Callable[[Remote], Awaitable[None]], pause_seconds: float = 30.0) -> None:
    """Do something with an engine that asks the process."""

    async def main() -> None:
        remote = Remote(lambda: process.address, Patience(60, 20, pause_seconds))
        try:
            await do(remote)
        finally:
            await remote.aclose()

    asyncio.run(main())


def naughty(name: str = "naughty") -> Entry:
    return entry(halves, name, "process")


def replies(*texts: str) -> list[Reply]:
    return [Reply(text) for text in texts]


def test_it_scores_with_other_packages_scorers_and_answers_in_order(process: Process) -> None:
    async def do(remote: Remote) -> None:
        scored = await remote.run(naughty(), replies("a", "\ud800 lone", "c"))
        assert scored.values == (QUARTER,) * 3
        assert scored.fingerprint == "f" * 16
        pairs = await remote.run(
            Entry("similarity", {}, build({"similarity": {}})["similarity"]), [(Reply("a b"), Reply("a b")), (Reply("a"), Reply("b"))]
        )
        assert pairs.values == (Value(1.0), Value(0.0))

    asked(process, do)


@pytest.mark.parametrize("fault", ["raise", "nan"])
def test_one_that_raises_or_answers_nonsense_costs_that_reply_only(process: Process, fault: str) -> None:
    async def do(remote: Remote) -> None:
        scored = await remote.run(naughty(), replies("a", fault, "b"))
        assert scored.values == (QUARTER, FAILED, QUARTER)
        assert scored.problem

    asked(process, do)
    assert process.child.restarts == 0


@pytest.mark.parametrize(("fault", "exit_code"), [("die", 9), ("hang", -signal.SIGALRM), ("hold", -signal.SIGALRM), ("leak", TOO_LARGE)])
def test_one_that_ends_hangs_or_leaks_costs_that_reply_only_and_the_others_go_on(process: Process, fault: str, exit_code: int) -> None:
    async def do(remote: Remote) -> None:
        await remote.run(naughty(), replies("first"))  # which may take longer: it loads
        scored = await remote.run(naughty(), replies("a", fault, "b"))
        assert scored.values == (QUARTER, FAILED, QUARTER)
        assert "ended while it scored" in scored.problem
        assert (await remote.run(naughty("polite"), replies("a"))).values == (QUARTER,)

    asked(process, do)
    assert process.child.restarts == 2
    assert process.child.last_exit == exit_code


def test_one_that_always_ends_it_is_left_alone_for_a_while_and_others_are_scored(process: Process) -> None:
    async def do(remote: Remote) -> None:
        scored = await remote.run(naughty(), replies(*["die"] * 16))
        assert scored.values == (FAILED,) * 16
        deaths = process.child.restarts
        assert deaths <= 3, "the rest of a batch is not tried any more"
        assert (await remote.run(naughty(), replies("a"))).values == (FAILED,)
        assert (await remote.run(naughty("polite"), replies("a"))).values == (QUARTER,)
        await asyncio.sleep(0.3)
        assert (await remote.run(naughty(), replies("a"))).values == (QUARTER,), "after the pause it is asked again"

    asked(process, do, pause_seconds=0.3)


def test_a_client_without_the_secret_learns_nothing(process: Process) -> None:
    with socket.create_connection(("127.0.0.1", process.address.port)) as client:
        client.settimeout(20)
        client.sendall(b"0" * 64 + b"\x00\x00\x00\x02{}")
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""

    async def do(remote: Remote) -> None:
        assert (await remote.run(naughty(), replies("a"))).values == (QUARTER,)

    asked(process, do)


def test_nobody_at_the_address_is_told_and_fails_the_batch_at_once_the_next_time() -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            remote = Remote(lambda: Address(port, "0" * 64), Patience(60, 0.2))
            for _ in range(2):
                scored = await remote.run(naughty(), replies("a", "b"))
                assert scored.values == (FAILED, FAILED)
                assert "does not answer" in scored.problem
        absent = Remote(lambda: read_address(Path("/nowhere/scorer.json")), Patience(60, 0.2))
        assert "does not answer" in (await absent.run(naughty(), replies("a"))).problem

    asyncio.run(main())


def test_toxicity_is_loaded_in_the_process_and_gives_what_it_gives_alone(toxic_process: Process, tiny_weights: Path) -> None:
    texts = ["you are stupid", "you are kind", "", "i will kill you"]
    scorer = build({"toxicity": {}}, Means(tiny_weights))["toxicity"]

    async def do(remote: Remote) -> None:
        scored = await remote.run(Entry("toxicity", {}, scorer), replies(*texts))
        assert list(scored.values) == scorer.score(replies(*texts))
        assert scored.fingerprint == scorer.fingerprint
        assert scored.problem == ""

    asked(toxic_process, do)


def test_without_weights_the_process_says_so_and_loads_nothing(process: Process) -> None:
    async def do(remote: Remote) -> None:
        scored = await remote.run(Entry("toxicity", {}, build({"toxicity": {}})["toxicity"]), replies("you are stupid"))
        assert scored.values == (Value(None, reason="weights missing"),)
        assert scored.problem == "weights missing"
        assert scored.failures == 0

    asked(process, do)
