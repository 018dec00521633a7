"""Whether a gateway worker's memory stays flat: over many requests, and over many streams that are open and say nothing.

    python -m bench.soak [--requests 100000] [--streams 1000] [--sample-rate 0.05]

Exit code 1 where a request failed, where memory grew by 2 MB or more between the first quarter of the requests and the last, or between
opening the streams the first time and the last of five, or where something is still under way after all have gone.
"""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import uvloop

from bench.load import post, questions, send
from bench.served import Tree, rss_mb, tree
from bench.start import MODEL, settings
from bench.upstream import model

FLAT_MB = 2.0
TIMES = 5
SETTLE_SECONDS = 1.5
STREAM = post(b'{"model":"%b","stream":true,"messages":[{"role":"user","content":"Say nothing."}]}' % MODEL.encode())


class Watched:
    """The worker of a tree, and a table of its memory that is printed as it grows."""

    def __init__(self, running: Tree) -> None:
        self.tree, self._start = running, time.monotonic()
        pid = running.child("gateway")
        assert pid is not None, "the gateway answers, so it runs"
        self.pid = pid
        print(f"{'':<32}{'worker MB':>10}{'monitor MB':>12}{'seconds':>9}")

    def note(self, moment: str) -> float:
        """A row of the table; returns the worker's MB."""
        worker, monitor = rss_mb(self.pid), self.tree.child("monitors")
        other = f"{rss_mb(monitor):.1f}" if monitor is not None else "-"
        print(f"{moment:<32}{worker:>10.1f}{other:>12}{time.monotonic() - self._start:>9.1f}", flush=True)
        return worker


async def requests(watched: Watched, count: int) -> tuple[float, int]:
    """Send them by quarters; MB that the worker grew from the first quarter's end to the last's, and how many failed."""
    raws, failed, sizes = questions(MODEL, 2000), 0, []
    watched.note("ready, 0 requests")
    for quarter in range(1, 5):
        failed += await send(watched.tree.port, raws, count // 4)
        sizes.append(watched.note(f"{count // 4 * quarter} requests"))
    return sizes[-1] - sizes[0], failed


async def streams(watched: Watched, count: int) -> tuple[float, int]:
    """Open them all and leave, several times; MB that the worker grew from the first time to the last, and how many did not begin."""
    sizes, missing = [], 0
    for number in range(1, TIMES + 1):
        opened = []
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", watched.tree.port)
            writer.write(STREAM)
            opened.append((reader, writer))
        for reader, _ in opened:
            try:
                await asyncio.wait_for(reader.readuntil(b"\n\n"), 20)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                missing += 1
        await asyncio.sleep(SETTLE_SECONDS)
        sizes.append(watched.note(f"{count} streams open, time {number}"))
        for _, writer in opened:
            writer.close()
        await asyncio.sleep(SETTLE_SECONDS)
        watched.note("all of them left")
    return sizes[-1] - sizes[0], missing


def in_flight(running: Tree) -> float:
    """Requests under way, by the gateway's own count."""
    text = urllib.request.urlopen(f"{running.gateway}/metrics", timeout=20).read().decode()
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("evenhand_in_flight_requests ")))


def main(words: list[str] | None = None) -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--sample-rate", type=float, default=0.05, help="share of the requests that the monitor gets")
    arguments = parser.parse_args(words)
    _allow_files(2 * arguments.streams + 200)
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder, model() as upstream:
        config = settings(upstream, Path(folder) / "data", arguments.sample_rate)
        del config["general_settings"]  # on loopback nobody needs a key
        with tree(config, Path(folder), "--drain-seconds", "2") as running:
            watched = Watched(running)
            grown, failed = uvloop.run(requests(watched, arguments.requests))
            opened, missing = uvloop.run(streams(watched, arguments.streams))
            left = in_flight(running)
            same = running.child("gateway") == watched.pid
    wrong = [f"memory grew by {grown:.1f} MB over the last three quarters of the requests"] if grown >= FLAT_MB else []
    wrong += [f"the same streams took {opened:.1f} MB more the last time than the first"] if opened >= FLAT_MB else []
    wrong += [f"{failed} requests failed"] if failed else []
    wrong += [f"{missing} streams did not begin"] if missing else []
    wrong += [f"{left:.0f} requests are under way though all have gone"] if left else []
    wrong += [] if same else ["the worker was started again"]
    print(f"requests: {grown:+.1f} MB after the first quarter; streams: {opened:+.1f} MB after the first time; failed: {failed + missing}")
    print("\n".join(wrong) or "flat")
    return 1 if wrong else 0


def _allow_files(wanted: int) -> None:
    """Raise this process's and its children's bound on open files where the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


if __name__ == "__main__":
    sys.exit(main())
