"""The product as a user starts it, for a measurement: a configuration in a scratch folder, `evenhand serve`, and its end."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


@contextmanager
def served(settings: Mapping[str, Any], *options: str) -> Iterator[str]:
    """Run `evenhand serve` and give the gateway's address without a path; all of it has ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder:
        config = Path(folder) / "evenhand.yaml"
        config.write_text(yaml.safe_dump({"data_dir": f"{folder}/data"} | dict(settings)))
        port = free_port()
        words = ["serve", "--config", str(config), "--port", str(port), "--console-port", str(free_port()), *options]
        process = subprocess.Popen([sys.executable, "-m", "evenhand", *words])
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)
