"""A real scorer process under a real parent's care, with another package's scorers in it."""

import os
import secrets
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenhand.child import Child
from evenhand.family import Family
from monitors.scoring.wire import Address
from tests.monitors.scoring.plugin import write_plugin

ROOT = Path(__file__).resolve().parents[3]


class Process:
    """The process: where it listens, and how often it was started again."""

    def __init__(self, folder: Path, weights: Path, timeout_seconds: float, memory_bytes: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = Address(self._listener.getsockname()[1], secrets.token_hex(32))
        secret, fd = folder / "scorer.json", self._listener.fileno()
        secret.write_text(self.address.text(), encoding="utf-8")
        words = [sys.executable, "-m", "monitors.scoring.process", "--fd", str(fd), "--secret-file", str(secret)]
        words += ["--weights", str(weights), "--timeout-seconds", str(timeout_seconds), "--max-memory-bytes", str(memory_bytes)]
        self.child = Child("scorer", words, [fd])
        path = os.pathsep.join([str(ROOT), str(write_plugin(folder / "plugin"))])
        self._family = Family([self.child], folder / "status.json", {**os.environ, "PYTHONPATH": path}, "digest")
        self._family.start()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_after)
        self._thread.start()

    def _look_after(self) -> None:
        while not self._over.wait(0.05):
            self._family.look_after()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        self._family.stop(5)
        self._listener.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """One that gives a batch two seconds after its first, and 300 MB."""
    made = Process(tmp_path, tmp_path / "weights", 2.0, 300 << 20)
    yield made
    made.end()


@pytest.fixture
def toxic_process(tmp_path: Path, tiny_weights: Path) -> Iterator[Process]:
    """One with weights."""
    made = Process(tmp_path, tiny_weights, 60.0, 4 << 30)
    yield made
    made.end()
