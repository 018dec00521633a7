"""The children together: started, looked after, ended, and their state told."""

import json
import logging
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from evenhand.child import Child
from evenhand.counters import forget_gauges
from evenhand.data_dir import write_private
from gateway.logs import about

_SPARE_SECONDS = 5
log = logging.getLogger("evenhand.serve")


@dataclass
class Family:
    """The children, and the file in which their state is told.

    ``digest`` is the hash of the configuration that they should run, ``config_problems`` says why the file that was changed last does not
    run, ``needs_restart`` names what of it waits for a new start.
    """

    children: list[Child]
    status_file: Path
    environment: dict[str, str]
    digest: str
    counters: Path | None = None
    config_problems: list[str] = field(default_factory=list)
    needs_restart: list[str] = field(default_factory=list)
    _leaving: list[tuple[Child, float]] = field(default_factory=list)
    _told: str = ""

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(self.environment)
        self.tell()

    def one(self, name: str) -> Child | None:
        """The child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def add(self, child: Child) -> None:
        """Start one more."""
        self.children.append(child)
        child.start(self.environment)

    def part(self, child: Child, seconds: float) -> None:
        """End a child for good; it gets so long to finish what is under way."""
        if child in self.children:
            self.children.remove(child)
        child.end()
        self._leaving.append((child, time.monotonic() + seconds + _SPARE_SECONDS))

    def look_after(self) -> None:
        """Notice deaths, start again what is due, and tell the state where it has changed."""
        for child in self.children:
            if child.check():
                message, fields = "%s ended with %s, starting it again in %.1f s", (child.name, child.last_exit, child.pause)
                log.error(message, *fields, extra=about("child_died", child=child.name, exit=child.last_exit, pid=child.last_pid))
                self._forget(child)
            if child.process is None and time.monotonic() >= child.start_at:
                child.start(self.environment)
        for child, until in list(self._leaving):
            child.check()
            if child.process is None:
                self._leaving.remove((child, until))
                self._forget(child)
            elif time.monotonic() > until:
                child.process.kill()
        self.tell()

    def _forget(self, child: Child) -> None:
        if self.counters is not None and child.last_pid is not None:
            forget_gauges(self.counters, child.last_pid)

    def stop(self, drain_seconds: int) -> None:
        """End all of them, those that the others need last, and return when they have ended."""
        leaving = [child for child, _ in self._leaving]
        for last in (False, True):
            _end([child for child in self.children if child.last is last] + (leaving if last else []), drain_seconds)

    def kill(self) -> None:
        """End all of them at once; what they had accepted is on disk."""
        for child in [*self.children, *(child for child, _ in self._leaving)]:
            if child.process is not None and child.process.returncode is None:
                child.process.kill()

    def tell(self) -> None:
        """Write the state where it has changed; a full disk must not end the parent."""
        status = {
            "children": [child.row() for child in self.children],
            "config": self.digest,
            "config_problems": [*self.config_problems, *_refusals(self.children)],
            "needs_restart": self.needs_restart,
        }
        text = json.dumps(status, ensure_ascii=False)
        if text == self._told:
            return
        try:
            write_private(self.status_file, text)
        except OSError as error:
            if self._told:  # said once, tried again each time
                log.error("%s cannot be written: %s", self.status_file, error, extra=about("status_untold"))
            self._told = ""
        else:
            self._told = text


def _refusals(children: Iterable[Child]) -> list[str]:
    answers = [(child.name, child.answer()) for child in children]
    return [f"{name} goes on with the configuration of before: {said.problem}" for name, said in answers if said and said.problem]


def _end(children: list[Child], drain_seconds: int) -> None:
    running = [child.process for child in children if child.process is not None]
    for child in children:
        child.end()
    end = time.monotonic() + drain_seconds + _SPARE_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
