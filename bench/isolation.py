"""What forwarding feels of its monitor: at work, killed whenever it comes up, frozen, and on a disk that is full.

    python -m bench.isolation [--rate 100] [--secs 20] [--rounds 5] [--sample-rate 1.0]

Latency at a fixed rate, in one run with slots in turn, as ratios to a gateway without a monitor; that one runs twice, and the second row is
the noise of the machine. Everything is sampled by default and the queue is short, so that both its bounds are reached. Exit code 1 where a
request failed, or with `--max-ratio X` where a p99 is beyond X times the noise.
"""

import argparse
import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bench.load import questions
from bench.rounds import Arm, Load, interleave, noise, table
from bench.served import Tree, tree
from bench.start import MODEL, settings
from bench.upstream import model
from tests.integration.disks import Disk

SHORT = {"max_items": 500, "memory_items": 100}
DISK_MB = 24


class Killed:
    """Kills the monitor of a tree while a slot lasts, each time that it comes up."""

    def __init__(self, running: Tree) -> None:
        self._tree, self.kills = running, 0

    @asynccontextmanager
    async def during(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._keep_killing())
        try:
            yield
        finally:
            task.cancel()

    async def _keep_killing(self) -> None:
        while True:
            if (pid := self._tree.child("monitors")) is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1
            await asyncio.sleep(0.1)


def freeze(running: Tree) -> None:
    """Stop the monitor; `tree` lets it go on when all is over."""
    pid = running.child("monitors")
    assert pid is not None, "it was started with the tree"
    os.kill(pid, signal.SIGSTOP)


class Trees:
    """Starts what is compared; all of it ends with the stack."""

    def __init__(self, stack: ExitStack, folder: Path, upstream: str, sample_rate: float) -> None:
        self._stack, self._folder, self._upstream, self._rate = stack, folder, upstream, sample_rate

    def start(self, name: str, *, monitored: bool = True, within: list[str] | None = None) -> Tree:
        """A tree of its own folder."""
        folder = self.folder(name)
        document: dict[str, Any] = settings(self._upstream, folder / "data", self._rate if monitored else None)
        del document["general_settings"]  # on loopback nobody needs a key
        if monitored:
            document["monitor"]["queue"] = SHORT
        running = self._stack.enter_context(tree(document, folder, "--drain-seconds", "2", within=within or []))
        running.wait_until_well()
        return running

    def folder(self, name: str) -> Path:
        """Where the tree of a name keeps its files."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def on_full_disk(self) -> Tree | str:
        """A tree whose queue and store have no byte left, or why there is none."""
        try:
            disk = Disk(self.folder("full") / "data", DISK_MB)
        except pytest.skip.Exception as reason:
            return f"{reason.msg}"
        running = self.start("full", within=disk.within)
        disk.seen_by(running.pid)
        disk.fill()
        return running


def state(running: Tree) -> str:
    """What the gateway itself says is wrong."""
    return "; ".join(re.sub(r"/\S*/", "", problem) for problem in running.health()["problems"]) or "no problems"


def main(words: list[str] | None = None) -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.isolation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--secs", type=float, default=20, help="seconds for each row")
    parser.add_argument("--rounds", type=int, default=5, help="slots over which they are spread")
    parser.add_argument("--sample-rate", type=float, default=1.0, help="share of the requests that the monitor gets")
    parser.add_argument("--max-ratio", type=float, help="exit 1 where a p99 is beyond so many times the noise")
    arguments = parser.parse_args(words)
    load = Load(arguments.rate, arguments.secs, arguments.rounds)
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder, model() as upstream, ExitStack() as stack:
        trees = Trees(stack, Path(folder), upstream, arguments.sample_rate)
        off, healthy, killed, frozen = (trees.start(name, monitored=name != "off") for name in ("off", "healthy", "killed", "frozen"))
        full = trees.on_full_disk()
        freeze(frozen)
        killer = Killed(killed)
        arms = [Arm("off", off.port), Arm("off, again", off.port), Arm("healthy", healthy.port)]
        arms += [Arm("killed", killed.port, killer.during), Arm("frozen", frozen.port)]
        looks: list[Callable[[], str]] = [lambda: "", lambda: "the noise", lambda: state(healthy)]
        looks += [lambda: f"{killer.kills} kills", lambda: state(frozen)]
        if isinstance(full, Tree):
            arms.append(Arm("full disk", full.port))
            looks.append(lambda: state(full))
        uvloop.run(interleave(arms, load, questions(MODEL, 4000)))
        print(table(arms, [look() for look in looks]))
        if isinstance(full, str):
            print(f"full disk: skipped, {full}")
    failed = sum(arm.failed for arm in arms)
    most = arguments.max_ratio * noise(arms) if arguments.max_ratio else float("inf")
    slow = [arm.name for arm in arms[2:] if arm.ratio(arms[0], 0.99) > most]
    print(f"{failed} failed" + (f"; beyond {arguments.max_ratio:g} times the noise: {', '.join(slow)}" if slow else ""))
    return 1 if failed or slow else 0


if __name__ == "__main__":
    sys.exit(main())
