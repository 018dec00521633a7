"""One child process: kept running, told of changes by signals, and ended by them."""

import logging
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.counters import VARIABLE
from gateway.logs import about
from gateway.settings import answer
from gateway.settings.answer import Answer

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 30.0
STEADY_SECONDS = 60.0
log = logging.getLogger("evenhand.serve")


@dataclass
class Child:
    """A process to keep running. Times are of the monotonic clock, in seconds; ``last`` is for one that the others need to their end.

    ``answers`` is the file in which it says which configuration it runs; ``counts`` says that it shares the workers' counters.
    """

    name: str
    command: list[str]
    sockets: list[int]
    last: bool = False
    answers: Path | None = None
    counts: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    last_exit: int | None = None
    last_pid: int | None = None
    ending: bool = False

    @property
    def state(self) -> str:
        """``running``, ``ending`` because it was asked to, or ``waiting`` to be started again."""
        if self.process is None:
            return "waiting"
        return "ending" if self.ending else "running"

    def start(self, environment: dict[str, str]) -> None:
        """Start the process; it leads a group of its own, so that Ctrl-C reaches it through the parent only.

        SIGHUP waits until the process is ready for it: the mask is inherited. A machine that has no room for a process is told in the log,
        and it is tried again later, as after a death.
        """
        self.started_at, self.ending = time.monotonic(), False
        own = environment if self.counts else {name: value for name, value in environment.items() if name != VARIABLE}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        try:
            self.process = subprocess.Popen(self.command, env=own, pass_fds=self.sockets, start_new_session=True, stdin=subprocess.DEVNULL)
        except OSError as error:
            self._put_off(self.started_at)
            log.error("%s cannot be started: %s", self.name, error, extra=about("child_unstarted", child=self.name))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def check(self) -> bool:
        """Notice a death; True for one that nobody asked for, after planning the next start, later each time while it keeps dying."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.last_exit, self.last_pid, self.process = self.process.returncode, self.process.pid, None
        if self.ending:
            self.start_at = float("inf")
            return False
        self._put_off(now)
        return True

    def _put_off(self, now: float) -> None:
        """Plan the next start, later each time while it keeps dying."""
        self.pause = FIRST_PAUSE_SECONDS if now - self.started_at > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.restarts += 1
        self.start_at = now + self.pause

    def end(self) -> None:
        """Ask the process to end; it is not started again by itself."""
        self.ending, self.start_at = True, float("inf")
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def tell(self) -> None:
        """Say that the configuration has changed."""
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def answer(self) -> Answer | None:
        """What the process that runs has answered, if it has."""
        if self.answers is None or self.process is None:
            return None
        return answer.heard(self.answers, self.process.pid)

    def row(self) -> dict[str, Any]:
        """Its state for the status file."""
        said = self.answer()
        return {
            "name": self.name,
            "pid": self.process.pid if self.process else None,
            "state": self.state,
            "restarts": self.restarts,
            "last_exit": self.last_exit,
            "config": said.config if said else None,
        }
