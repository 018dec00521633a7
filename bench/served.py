"""The product as a user starts it, for a measurement: a configuration in a scratch folder, `evenhand serve`, and its end."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: float = 20) -> None:
    """Return when a URL answers with success; SystemExit when it does not in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > end:
                raise SystemExit(f"nothing answers at {url}") from None
            time.sleep(0.05)


@dataclass(frozen=True)
class Tree:
    """A running `evenhand serve`: its process id and the gateway's port."""

    pid: int
    port: int

    @property
    def gateway(self) -> str:
        """The gateway's address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def child(self, module: str) -> int | None:
        """The process that runs `python -m MODULE` for it, such as `gateway` or `monitors`; None while there is none. Linux only."""
        for pid in children(self.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it has ended meanwhile
            if words[1:3] == [b"-m", module.encode()]:
                return pid
        return None

    def health(self) -> dict[str, Any]:
        """What /healthz tells this machine."""
        answer: dict[str, Any] = orjson.loads(urllib.request.urlopen(f"{self.gateway}/healthz", timeout=10).read())
        return answer

    def wait_until_well(self, seconds: float = 30) -> None:
        """Return when no part has a problem, the monitor having reported; SystemExit when that does not come about in time."""
        end = time.monotonic() + seconds
        while problems := self.health()["problems"]:
            if time.monotonic() > end:
                raise SystemExit(f"after {seconds:g} seconds: {'; '.join(problems)}")
            time.sleep(0.2)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run. Linux only."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def rss_mb(pid: int) -> float:
    """Memory of a process that is in RAM now, in MB. Linux only."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@contextmanager
def tree(settings: Mapping[str, Any], folder: Path, *options: str, within: Sequence[str] = ()) -> Iterator[Tree]:
    """Run `evenhand serve` with its data in ``folder``/data; all of it has ended afterwards. ``within`` stands before its command.

    Its log goes to ``folder``/serve.log, and to standard error where it does not become ready.
    """
    config = folder / "evenhand.yaml"
    config.write_text(yaml.safe_dump({"data_dir": str(folder / "data")} | dict(settings)))
    port = free_port()
    words = ["serve", "--config", str(config), "--port", str(port), "--console-port", str(free_port()), *options]
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen([*within, sys.executable, "-m", "evenhand", *words], stderr=output)
    running = Tree(process.pid, port)
    try:
        try:
            wait_for(f"{running.gateway}/readyz")
        except SystemExit:
            sys.stderr.write(log.read_text())
            raise
        yield running
    finally:
        if (monitor := running.child("monitors")) is not None:
            os.kill(monitor, signal.SIGCONT)  # one that was frozen could not end
        process.terminate()
        process.wait(60)


@contextmanager
def served(settings: Mapping[str, Any], *options: str) -> Iterator[str]:
    """Run `evenhand serve` and give the gateway's address without a path; all of it has ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder, tree(settings, Path(folder), *options) as running:
        yield running.gateway
