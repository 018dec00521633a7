"""The demo's child processes: started each in a group of its own, waited for, and ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

STOP_SECONDS = 8.0
LOG_LINES = 25


class ChildError(Exception):
    """A child process ended or did not answer in time; the message holds the end of its log."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Children:
    """A context in which child processes run; all of them have ended when it is left. Their output goes to `folder`/NAME.log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._ended = False

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start `command` in the folder; Ctrl-C in the terminal does not reach it. Raises ChildError once the context was left."""
        with self._lock, self.log(name).open("wb") as log:
            if self._ended:
                raise ChildError(f"{name} was not started: everything is being ended")
            self._running[name] = subprocess.Popen(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def log(self, name: str) -> Path:
        """Return where the output of a child goes."""
        return self._folder / f"{name}.log"

    def wait_ready(self, name: str, url: str, seconds: float = 30.0) -> None:
        """Return when `url` answers with success. Raises ChildError when the child has ended or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check(name)
            with suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2.0).is_success:
                    return
            time.sleep(0.05)
        raise ChildError(f"{name} does not answer at {url} after {seconds:.0f} s{self._end_of_log(name)}")

    def check(self, *names: str) -> None:
        """Raise ChildError if one of the named children (of all, if none is named) has ended."""
        for name in names or self._running:
            if (status := self._running[name].poll()) is not None:
                raise ChildError(f"{name} ended with status {status}{self._end_of_log(name)}")

    def _end_of_log(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        return "; the end of its log:\n" + "\n".join(f"  {line}" for line in lines) if lines else "; its log is empty"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._ended = True
        for child in reversed(self._running.values()):
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in reversed(self._running.values()):
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, end - time.monotonic()))
            with suppress(ProcessLookupError, PermissionError):  # nobody of its group is left
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
