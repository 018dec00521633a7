"""What a gateway without a monitor takes before it is asked much, and how soon it answers.

    python -m bench.footprint [--times 5]

Starts `evenhand serve` several times: seconds from the start of the process to the first reply, relayed from a model on this machine; the
CPU time that all its processes had taken by then, which is what a start lasts where nothing else runs; memory after that reply. Medians.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

import yaml

from bench.served import children, free_port, rss_mb
from bench.start import KEY, MODEL, settings
from bench.upstream import model

BODY = b'{"model":"%b","messages":[{"role":"user","content":"Hello."}]}' % MODEL.encode()
COLUMNS = ("first reply s", "CPU s", "worker MB", "all MB")


def first_reply(port: int, seconds: float = 30) -> None:
    """Ask until a reply was relayed; SystemExit when none comes in time."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions", BODY, {"authorization": f"Bearer {KEY}"})
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(request, timeout=5).read()
            return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > end:
                raise SystemExit("no reply") from None
            time.sleep(0.005)


def cpu_seconds(pid: int) -> float:
    """What a process has had of the processors so far, threads included. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def once(upstream: str) -> tuple[float, ...]:
    """A row of figures."""
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder:
        config, port = Path(folder) / "evenhand.yaml", free_port()
        config.write_text(yaml.safe_dump(settings(upstream, Path(folder) / "data", None)))
        began = time.perf_counter()
        words = [sys.executable, "-m", "evenhand", "serve", "--config", str(config), "--port", str(port)]
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            first_reply(port)
            took = time.perf_counter() - began
            pids = [process.pid, *children(process.pid)]
            sizes = [rss_mb(pid) for pid in pids]
            return took, sum(map(cpu_seconds, pids)), sizes[1], sum(sizes)
        finally:
            process.terminate()
            process.wait(40)


def main(words: list[str] | None = None) -> int:
    """Measure; 0."""
    parser = argparse.ArgumentParser("python -m bench.footprint", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="starts (default 5)")
    arguments = parser.parse_args(words)
    with model() as upstream:
        rows = [once(upstream) for _ in range(arguments.times)]
    for column, figures in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        print(f"{column:<14}{median(figures):>8.2f}   {', '.join(f'{figure:.2f}' for figure in figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
