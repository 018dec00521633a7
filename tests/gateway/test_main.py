"""The worker as its own process, on an inherited socket."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gateway.conftest import Call, Upstream, post, read_all, split

BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
HEAVY = ("torch", "litellm", "numpy", "httpx", "transformers", "scipy", "starlette")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
PROBE = """
import json, sys, threading, signal
from gateway.__main__ import main
signal.signal(signal.SIGUSR1, lambda *_: print(json.dumps([name for name in {heavy!r} if name in sys.modules]), flush=True))
sys.exit(main(sys.argv[1:]))
"""


def config(upstream: Upstream) -> dict[str, Any]:
    params = {"model": "openai/m", "api_base": upstream.base, "api_key": "k"}
    return {"model_list": [{"model_name": "m", "litellm_params": params}]}


@contextmanager
def worker(
    document: dict[str, Any], folder: Path, *options: str, fds: Sequence[int] = (), **environ: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    (folder / "run").mkdir(exist_ok=True)
    (folder / "secret").write_text("ab" * 32)
    (folder / "snapshot.yaml").write_text(yaml.safe_dump(document))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        arguments = ["--config", str(folder / "snapshot.yaml"), "--data-dir", str(folder), "--fd", str(listener.fileno()), *options]
        process = subprocess.Popen(
            [sys.executable, "-c", PROBE.format(heavy=HEAVY), *arguments],
            pass_fds=[listener.fileno(), *fds],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environ},
        )
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ask(port: int, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(raw)
        return read_all(client)


def wait_ready(process: subprocess.Popen[str], port: int) -> None:
    for _ in range(200):
        assert process.poll() is None, process.communicate()
        try:
            if split(ask(port, b"GET /readyz HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"))[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("not ready")


@needs_proc
@pytest.mark.parametrize("monitor", [{}, {"monitor": {"sample_rate": 1, "routes": [{"name": "r"}]}}], ids=["alone", "sampling"])
def test_a_worker_stays_light_after_a_hundred_requests_and_ends_with_0(
    upstreams: Callable[..., Upstream], tmp_path: Path, monitor: dict[str, Any]
) -> None:
    with worker(config(upstreams()) | monitor, tmp_path) as (process, port):
        wait_ready(process, port)
        for _ in range(100):
            assert split(ask(port, post(BODY)))[0] == 200
        process.send_signal(signal.SIGUSR1)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == []
        resident_kb = int(next(line.split()[1] for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if "VmRSS" in line))
        assert resident_kb < 60 * 1024
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@contextmanager
def few_files(bound: int) -> Iterator[None]:
    """Processes that are started meanwhile begin with this soft bound of open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_more_streams_are_open_than_the_soft_bound_of_files_allows(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    async def says_one_word(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {}\n\n")
        await call.reader.read()

    running = worker(config(upstreams(says_one_word)), tmp_path)
    with ExitStack() as stack:
        with few_files(128):
            process, port = stack.enter_context(running)
        wait_ready(process, port)
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(150)]
        for client in clients:
            client.sendall(post(BODY))
        for client in clients:
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_request_in_flight_is_finished_after_sigterm(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    async def slow(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", b"a", b"b", b"c", b"d", pause=0.2)

    with worker(config(upstreams(slow)), tmp_path) as (process, port):
        wait_ready(process, port)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(post(BODY))
            received = client.recv(1024)
            process.send_signal(signal.SIGTERM)
            assert split(received + read_all(client))[2] == b"abcd"
        assert process.wait(10) == 0


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"


@pytest.mark.parametrize(("begun", "told"), [(b"", b"HTTP/1.1 503 "), (HEAD, b'data: {"error":')])
def test_a_drain_is_bounded_and_its_end_is_told(upstreams: Callable[..., Upstream], tmp_path: Path, begun: bytes, told: bytes) -> None:
    async def endless(call: Call) -> None:
        await call.send(begun)
        await call.reader.read(1)

    upstream = upstreams(endless)
    with worker(config(upstream), tmp_path, "--drain-seconds", "1") as (process, port):
        wait_ready(process, port)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(post(BODY))
            while not upstream.calls:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            reply = read_all(client)
            assert told in reply
            assert b"gateway_shutting_down" in reply
            assert b"[DONE]" not in reply
            assert process.wait(15) == 0
        over = next(line for line in map(json.loads, process.communicate()[1].splitlines()) if line["event"] == "drain_over")
        assert (over["count"], over["message"]) == (1, "ends what was not finished within 1 s: 1 under way")
        assert upstream.closed.wait(2)


def test_a_wrong_configuration_ends_with_2(tmp_path: Path) -> None:
    with worker({"model_list": []}, tmp_path) as (process, _):
        assert process.wait(10) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="inherited sockets")
def test_metrics_of_several_workers_add_up(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    shared = tmp_path / "metrics"
    shared.mkdir()
    document = config(upstreams())
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    environ = {"PROMETHEUS_MULTIPROC_DIR": str(shared)}
    with worker(document, first, **environ) as (one, one_port), worker(document, second, **environ) as (two, two_port):
        for process, port in ((one, one_port), (two, two_port)):
            wait_ready(process, port)
            for _ in range(3):
                ask(port, post(BODY))
        text, deadline = b"", time.monotonic() + 10  # each worker hands its counts over once a second
        while b'evenhand_exchanges_seen_total{model="m"} 6.0' not in text and time.monotonic() < deadline:
            text = split(ask(two_port, b"GET /metrics HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"))[2]
            time.sleep(0.1)
        assert b'evenhand_exchanges_seen_total{model="m"} 6.0' in text
        assert text.count(b'evenhand_exchanges_seen_total{model="m"}') == 1


def test_metrics_can_have_a_port_of_their_own(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    get = b"GET /metrics HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as apart:
        document = config(upstreams()) | {"metrics": {"listen": "127.0.0.1:9"}}
        with worker(document, tmp_path, "--metrics-fd", str(apart.fileno()), fds=[apart.fileno()]) as (process, port):
            wait_ready(process, port)
            assert b"evenhand_requests_total" in split(ask(apart.getsockname()[1], get))[2]
            assert split(ask(port, get))[0] == 404
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


LAUNCHER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "gateway", *sys.argv[1:]], close_fds=False)
print(child.pid, flush=True)
time.sleep(60)
"""


@needs_proc
def test_a_worker_ends_when_its_parent_is_gone(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("ab" * 32)
    (tmp_path / "snapshot.yaml").write_text(yaml.safe_dump(config(upstreams())))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = ["--config", str(tmp_path / "snapshot.yaml"), "--data-dir", str(tmp_path), "--fd", str(listener.fileno())]
        parent = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *arguments],
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        port = listener.getsockname()[1]
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        wait_ready(parent, port)
    finally:
        parent.kill()
        parent.communicate()
    deadline = time.monotonic() + 15
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
