"""Whatever breaks behind the hand-off, requests go on with the same replies; what is lost is counted, and all of it recovers."""

import os
import re
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from evenhand.demo.children import Children
from evenhand.demo.prompts import Prompt
from tests.integration.conftest import Served, ask, frozen, prompts, settings, until
from tests.integration.disks import Disk

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

_NOT_FROM_THE_SEED = re.compile(rb'"(?:id":"[^"]*"|created":\d+)')


class Traffic:
    """Seeded requests at temperature 0, and the bytes with which the upstream answers each, learned while all is well."""

    def __init__(self, served: Served, seed: int, upstream: str) -> None:
        self._served = served
        self._prompts = prompts(60, seed)
        self._upstream = upstream.removesuffix("/v1")
        self.sent = 0

    def send(self, count: int) -> None:
        """Send prompts, a few at a time; each reply has status 200 and the bytes that the upstream itself gives for it."""
        chosen = [self._prompts[(self.sent + number) % len(self._prompts)] for number in range(count)]
        self.sent += count
        with httpx.Client(timeout=20) as client, ThreadPoolExecutor(4) as pool:
            for through, direct in pool.map(lambda prompt: self._both(client, prompt), chosen):
                assert (through.status_code, direct.status_code) == (200, 200), through.text
                assert _bytes(through) == _bytes(direct)
                assert len(through.content) == int(through.headers["content-length"])
            assert client.get(f"{self._served.gateway}/readyz").status_code == 200

    def _both(self, client: httpx.Client, prompt: Prompt) -> list[httpx.Response]:
        return [ask(client, base, "fair", prompt, temperature=0, seed=7) for base in (self._served.gateway, self._upstream)]


def _bytes(reply: httpx.Response) -> bytes:
    """All of the body but the id and the second, which the upstream makes anew for each request."""
    return _NOT_FROM_THE_SEED.sub(b"", reply.content)


def said(served: Served, words: str) -> bool:
    """Whether /healthz tells of a problem in these words."""
    health = served.health()
    assert health["status"] == ("degraded" if health["problems"] else "ok")
    return any(words in problem for problem in health["problems"])


def recovered(served: Served) -> bool:
    return served.health()["status"] == "ok"


def balanced(served: Served, sent: int) -> dict[str, float]:
    """Wait until every exchange has exactly one fate; the fates."""
    until(lambda: served.metric("evenhand_queue_length", "console") == 0, 60, 0.3)
    until(lambda: sum(served.fates().values()) >= sent, 20, 0.3)
    fates = served.fates()
    assert served.metric("evenhand_exchanges_seen_total") == sent == sum(fates.values()), fates
    assert served.health()["handoff"]["items"] == 0
    return fates


def test_a_killed_monitor_is_started_again_and_nothing_is_lost(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    upstream = model("fair", 1)
    served = Served(children, tmp_path, settings({"fair": upstream}, tmp_path / "data"))
    traffic = Traffic(served, 31, upstream)
    traffic.send(10)
    pid = served.child("monitor")
    assert pid is not None

    os.kill(pid, signal.SIGKILL)
    until(
        lambda: said(served, "monitor is waiting (restarted 1 times)") or said(served, "the monitor was started again and has not"), 5, 0.01
    )
    traffic.send(20)

    until(lambda: recovered(served), 20)
    assert served.child("monitor") not in (None, pid)
    assert served.restarts("monitor") == 1
    assert served.restarts("gateway-0") == 0
    assert "shed" not in balanced(served, traffic.sent)


def test_behind_a_frozen_monitor_the_queue_fills_and_samples_are_shed_and_counted(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    upstream = model("fair", 1)
    small = {"max_items": 15, "memory_items": 5, "memory_bytes": 200_000}
    served = Served(children, tmp_path, settings({"fair": upstream}, tmp_path / "data", queue=small))
    traffic = Traffic(served, 32, upstream)
    traffic.send(5)
    balanced(served, 5)
    pid = served.child("monitor")
    assert pid is not None

    with frozen(pid):
        traffic.send(40)
        until(lambda: served.metric("evenhand_queue_length") == 15 and served.health()["handoff"]["items"] == 0)
        fates = {fate: served.metric("evenhand_exchanges_total", fate=fate) for fate in ("shed", "not_sampled", "ineligible")}
        assert fates == {"shed": 25, "not_sampled": 0, "ineligible": 0}, "45 seen = 5 done + 15 queued + 25 shed"
        assert served.metric("evenhand_exchanges_seen_total") == 45
        assert said(served, "samples are shed: the queue is full (monitor.queue.max_items, max_bytes)")
        until(lambda: said(served, "the monitor has been silent for"), 30, 0.5)
        traffic.send(1)
        until(lambda: served.metric("evenhand_exchanges_total", fate="shed") == 26)

    until(lambda: recovered(served), 30)
    traffic.send(5)
    assert balanced(served, traffic.sent)["shed"] == 26
    assert (served.child("monitor"), served.restarts("monitor")) == (pid, 0), "it was the same process all along"


def test_a_full_disk_costs_samples_and_no_request_of_two_workers(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    upstream = model("fair", 1, latency_ms=100)
    disk = Disk(tmp_path / "data", 16)
    config = settings({"fair": upstream}, tmp_path / "data", queue={"memory_items": 5}, concurrent_replays=2)
    served = Served(children, tmp_path, config, "--workers", "2", within=disk.within)
    disk.seen_by(_parent_of(served))
    traffic = Traffic(served, 33, upstream)
    traffic.send(16)
    until(lambda: disk.count("SELECT COUNT(*) FROM plans"), 20, 0.01)  # so that the next thing to write is a pair's end

    disk.fill()
    traffic.send(24)
    until(lambda: said(served, "the queue cannot be written") and said(served, "database or disk is full (SQLITE_FULL)"))
    until(lambda: said(served, "samples are shed: the memory for them is full"))
    until(lambda: served.metric("evenhand_monitor_problems", "console") > 0)
    log = children.log("serve").read_text()
    assert "the store failed, the exchange waits in the queue: database or disk is full" in log
    assert [served.restarts(name) for name in ("gateway-0", "gateway-1", "monitor")] == [0, 0, 0]

    disk.free()
    until(lambda: recovered(served), 40)
    traffic.send(5)
    fates = balanced(served, traffic.sent)
    assert fates["shed"] >= 24 - 2 * 5, "each worker holds 5 in memory"
    _check_pairs_are_counted_once(served, disk)


def test_read_only_files_cost_samples_and_no_request(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    upstream = model("fair", 1)
    disk = Disk(tmp_path / "data", 16)
    served = Served(children, tmp_path, settings({"fair": upstream}, tmp_path / "data", queue={"memory_items": 5}), within=disk.within)
    disk.seen_by(_parent_of(served))
    traffic = Traffic(served, 34, upstream)
    traffic.send(5)
    before = balanced(served, 5)

    disk.make_read_only("store.db")
    os.kill(int(str(served.child("monitor"))), signal.SIGKILL)  # what it has open it could go on writing to
    until(lambda: said(served, "monitor: cannot start: ") and said(served, "store.db: [Errno 30] Read-only file system"))
    traffic.send(10)
    until(lambda: served.metric("evenhand_queue_length") == 10)
    assert served.metric("evenhand_exchanges_total", fate="shed") == 0, "what the queue still takes is not lost"

    disk.make_read_only("queue.db")
    os.kill(int(str(served.child("gateway-0"))), signal.SIGKILL)
    until(lambda: served.restarts("gateway-0") == 1)
    traffic.send(20)
    until(lambda: said(served, "the queue cannot be") and said(served, "queue.db: [Errno 30] Read-only file system"))
    shed = served.metric("evenhand_exchanges_total", fate="shed")
    assert shed == 15, "5 wait in memory"

    disk.make_writable("store.db", "queue.db")
    until(lambda: recovered(served), 60, 0.2)
    traffic.send(5)
    until(lambda: served.metric("evenhand_queue_length", "console") == 0, 30)
    until(lambda: sum(served.fates().values()) == 5 + 10 + 20 + 5, 20, 0.3)
    assert served.metric("evenhand_exchanges_seen_total") == 25, "what the killed worker counted ended with it"
    assert served.fates()["shed"] == shed
    assert served.fates()["scored"] > before["scored"]
    _check_pairs_are_counted_once(served, disk)


def test_a_killed_worker_costs_what_it_held_and_the_counters_of_two_add_up(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    upstream = model("fair", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute, ThreadPoolExecutor(1) as pool:
        models = {"fair": upstream, "mute": f"http://127.0.0.1:{mute.getsockname()[1]}/v1"}
        served = Served(children, tmp_path, settings(models, tmp_path / "data"), "--workers", "2")
        traffic = Traffic(served, 35, upstream)
        traffic.send(20)
        waiting = pool.submit(httpx.post, f"{served.gateway}/v1/chat/completions", json={"model": "mute", "messages": []}, timeout=30)
        held, _ = mute.accept()
        victim = next(name for name in ("gateway-0", "gateway-1") if _has_open(served.child(name), held.getpeername()[1]))
        other = {"gateway-0": "gateway-1", "gateway-1": "gateway-0"}[victim]
        until(lambda: served.metric("evenhand_in_flight_requests") >= 1)
        until(lambda: sum(served.fates().values()) == 20, 20, 0.3)  # nothing but the one request is in the worker's memory now

        os.kill(int(str(served.child(victim))), signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            waiting.result(10)
        held.close()
        traffic.send(20)

        until(lambda: served.restarts(victim) == 1 and served.child(victim) is not None)
        assert served.restarts(other) == 0
        traffic.send(20)
        until(lambda: served.metric("evenhand_queue_length", "console") == 0, 30)
        until(lambda: sum(served.fates().values()) == 60, 20, 0.3)
        assert served.metric("evenhand_requests_total", model="fair", code="200") == 60
        assert served.metric("evenhand_exchanges_seen_total") == 60, "the one that the worker held was never served"
        until(lambda: served.metric("evenhand_in_flight_requests") == 0)


def _parent_of(served: Served) -> int:
    pid = served.child("gateway-0")
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _has_open(pid: int | None, port: int) -> bool:
    """Whether a process has the connection that begins at a local port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = [row[9] for row in rows if row[1].endswith(f":{port:04X}")]
    return any(descriptor.readlink() == Path(f"socket:[{inode}]") for descriptor in Path(f"/proc/{pid}/fd").iterdir())


def _check_pairs_are_counted_once(served: Served, disk: Disk) -> None:
    scored = disk.count("SELECT COUNT(*) FROM exchanges WHERE fate = 'scored'")
    assert scored == served.fates()["scored"] > 0
    assert scored == disk.count("SELECT COUNT(*) FROM pairs WHERE state = 'scored' AND kind = 'counterfactual'")
    members = "SELECT COUNT(*) FROM members JOIN cells ON cells.id = cell_id WHERE cells.kind = 'pair' AND outcome = 'refusal'"
    assert scored == disk.count(members + " AND state = 'value'")
