"""The parent process: it binds the sockets, starts the children, and starts each one again when it dies. It has no event loop."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from evenhand import resources
from evenhand.counters import counters_folder, forget_gauges
from evenhand.data_dir import write_private
from gateway.routing import TRANSLATE_FILE, Translator
from gateway.settings import Loaded

POLL_SECONDS = 0.2
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 30.0
STEADY_SECONDS = 60.0
BACKLOG = 2048


class BindError(Exception):
    """One or more addresses cannot be listened on; ``faults`` says which and why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Ports:
    """The listening sockets that children inherit."""

    gateway: socket.socket | None = None
    console: socket.socket | None = None
    metrics: socket.socket | None = None


def bind(host: str, port: int, console_port: int | None, metrics: str | None) -> Ports:
    """Listen on every address at once; raises ``BindError`` with all that failed."""
    faults: list[str] = []

    def listen(address: str, number: int, option: str) -> socket.socket | None:
        try:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return socket.create_server((address, number), family=family, backlog=BACKLOG, reuse_port=False)
        except (OSError, OverflowError) as error:
            faults.append(f"{address}:{number} cannot be listened on: {error} → stop what uses it, or give another {option}")
            return None

    ports = Ports(
        listen(host, port, "--port"),
        None if console_port is None else listen(host, console_port, "--console-port"),
        None if metrics is None else listen(metrics.rpartition(":")[0].strip("[]"), int(metrics.rpartition(":")[2]), "metrics.listen"),
    )
    if faults:
        for bound in (ports.gateway, ports.console, ports.metrics):
            if bound is not None:
                bound.close()
        raise BindError(faults)
    return ports


@dataclass
class Child:
    """A process to keep running. Times are of the monotonic clock, in seconds; ``last`` is for one that the others need to their end."""

    name: str
    command: list[str]
    sockets: list[int]
    last: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    last_exit: int | None = None
    last_pid: int | None = None

    @property
    def state(self) -> str:
        """``running``, or ``waiting`` to be started again."""
        return "running" if self.process is not None else "waiting"

    def start(self, environment: dict[str, str]) -> None:
        """Start the process; it leads a group of its own, so that Ctrl-C reaches it through the parent only."""
        self.process = subprocess.Popen(
            self.command, env=environment, pass_fds=self.sockets, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.started_at = time.monotonic()

    def check(self) -> bool:
        """Notice a death and plan the next start, later each time while it keeps dying; True when something changed."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.pause = FIRST_PAUSE_SECONDS if now - self.started_at > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.last_exit, self.last_pid, self.process = self.process.returncode, self.process.pid, None
        self.restarts += 1
        self.start_at = now + self.pause
        return True


@dataclass
class Family:
    """The children, and the file in which their state is told."""

    children: list[Child]
    status_file: Path
    environment: dict[str, str]
    digest: str
    counters: Path | None = None
    stopping: bool = field(default=False)

    def run(self, drain_seconds: int) -> None:
        """Keep every child running until a signal says to stop, then let them finish."""
        with _signals(self):
            for child in self.children:
                child.start(self.environment)
            self.tell()
            while not self.stopping:
                time.sleep(POLL_SECONDS)
                self._look_after()
            self._stop(drain_seconds)

    def _look_after(self) -> None:
        changed = False
        for child in self.children:
            if child.check():
                changed = True
                _say(f"{child.name} ended with {child.last_exit}, starting it again in {child.pause:.1f} s")
                if self.counters is not None and child.last_pid is not None:
                    forget_gauges(self.counters, child.last_pid)
            if child.process is None and time.monotonic() >= child.start_at and not self.stopping:
                child.start(self.environment)
                changed = True
        if changed:
            self.tell()

    def _stop(self, drain_seconds: int) -> None:
        for last in (False, True):
            self._end([child.process for child in self.children if child.process is not None and child.last is last], drain_seconds)

    def _end(self, running: list[subprocess.Popen[bytes]], drain_seconds: int) -> None:
        for process in running:
            process.send_signal(signal.SIGTERM)
        end = time.monotonic() + drain_seconds + 5
        for process in running:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def tell(self) -> None:
        """Write the state; a full disk must not end the parent."""
        rows = [
            {
                "name": c.name,
                "pid": c.process.pid if c.process else None,
                "state": c.state,
                "restarts": c.restarts,
                "last_exit": c.last_exit,
            }
            for c in self.children
        ]
        try:
            write_private(self.status_file, json.dumps({"children": rows, "config": self.digest}))
        except OSError as error:
            _say(f"{self.status_file} cannot be written: {error}")


def supervise(config: Path, loaded: Loaded, data_dir: Path, ports: Ports, *, workers: int, drain_seconds: int) -> int:
    """Run gateway workers on one socket and, where configured, the monitor, until SIGTERM or SIGINT; returns the exit code."""
    run = data_dir / "run"
    snapshot = run / "config.yaml"
    write_private(snapshot, config.read_text(encoding="utf-8"))
    prices = loaded.settings.prices.file or resources.path("config/prices.yaml")
    shared = ["--config", str(snapshot), "--data-dir", str(data_dir)]
    children = []
    with ExitStack() as stack:
        if loaded.settings.translated:
            inner = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=BACKLOG))
            children.append(_translate(inner, snapshot, run, drain_seconds))
        if ports.gateway is not None:
            children += [
                _worker(number, ports.gateway, ports.metrics, [*shared, "--prices", str(prices), "--drain-seconds", str(drain_seconds)])
                for number in range(workers)
            ]
        if ports.console is not None:
            words = [*_python("monitors"), *shared, "--fd", str(ports.console.fileno())]
            children.append(Child("monitor", words, [ports.console.fileno()]))
        counters = stack.enter_context(counters_folder(data_dir)) if workers > 1 else None
        environment = {**os.environ, **({"PROMETHEUS_MULTIPROC_DIR": str(counters)} if counters else {})}
        _announce(ports)
        Family(children, run / "status.json", environment, loaded.digest, counters).run(drain_seconds)
    return 0


def _worker(number: int, listener: socket.socket, metrics: socket.socket | None, options: list[str]) -> Child:
    """A gateway worker on the socket that all of them share."""
    words = [*_python("gateway"), *options, "--fd", str(listener.fileno()), "--name", f"gateway-{number}"]
    sockets = [listener.fileno()]
    if metrics is not None:
        words += ["--metrics-fd", str(metrics.fileno())]
        sockets.append(metrics.fileno())
    return Child(f"gateway-{number}", words, sockets)


def _translate(inner: socket.socket, snapshot: Path, run: Path, drain_seconds: int) -> Child:
    """The translate process. Its socket is ours, so that requests wait while it is being started again; its secret is new each time."""
    file = run / TRANSLATE_FILE
    write_private(file, Translator(f"http://127.0.0.1:{inner.getsockname()[1]}", secrets.token_hex(32)).text())
    words = [*_python("gateway.translate"), "--config", str(snapshot), "--fd", str(inner.fileno()), "--secret-file", str(file)]
    return Child("translate", [*words, "--drain-seconds", str(drain_seconds)], [inner.fileno()], last=True)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _announce(ports: Ports) -> None:
    for name, bound in (("gateway", ports.gateway), ("console", ports.console), ("metrics", ports.metrics)):
        if bound is not None:
            host, port = bound.getsockname()[:2]
            _say(f"{name} on http://{host}:{port}")


def _say(message: str) -> None:
    """To standard error; a log on a full disk must not end the parent."""
    with suppress(OSError):
        print(f"evenhand: {message}", file=sys.stderr, flush=True)


@contextmanager
def _signals(family: Family) -> Iterator[None]:
    """SIGTERM and Ctrl-C end the family; the handlers of before come back afterwards."""

    def stop(number: int, frame: FrameType | None) -> None:
        family.stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
