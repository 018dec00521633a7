"""The parent process: it starts the children, starts each one again when it dies, and alone watches the configuration.

It has no event loop: it looks at everything a few times a second.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from evenhand import addresses
from evenhand.counters import VARIABLE, counters_folder
from evenhand.data_dir import filling
from evenhand.family import Family
from evenhand.ports import Ports, listen
from evenhand.roles import Roles
from evenhand.rollout import Rollout, RolloutError
from evenhand.scoring import Scoring
from evenhand.watch import Refused, Taken, Watch, differences
from gateway.logs import about, open_log
from gateway.settings import Settings

POLL_SECONDS, WATCH_SECONDS = 0.2, 1.0
log = logging.getLogger("evenhand.serve")


@dataclass(frozen=True, slots=True)
class Options:
    """How ``evenhand serve`` was called. ``faults`` says what is wrong with settings under these options."""

    host: str
    console_port: int
    workers: int
    drain_seconds: int
    faults: Callable[[Settings], list[str]]


def supervise(path: Path, taken: Taken, data_dir: Path, ports: Ports, options: Options) -> int:
    """Run what is configured (gateway workers, monitor, translate and scorer processes) until SIGTERM or SIGINT; returns the exit code.

    Raises ``DataDirError`` where what they read cannot be written.
    """
    roles = Roles(data_dir, ports, options.drain_seconds, lambda: listen(options.host, options.console_port, "--console-port"))
    scoring = Scoring(data_dir)
    with filling(data_dir):
        translation = roles.translation(taken) if taken.settings.translated else None
        _, scorer = scoring.change(taken.settings)
        roles.write(taken, translation)
        addresses.tell(data_dir, ports)
    open_log("serve")
    children = [child for child in (translation.child if translation else None, scorer) if child is not None]
    children += roles.workers(options.workers)
    if taken.settings.monitor is not None:
        children.append(roles.monitor())
    with ExitStack() as stack:
        counters = stack.enter_context(counters_folder(data_dir)) if options.workers > 1 else None
        environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
        environment |= {VARIABLE: str(counters)} if counters else {}
        for name, url in addresses.urls(ports).items():
            log.info("%s on %s", name, url, extra=about("listening", part=name, url=url))
        family = Family(children, roles.run_dir / "status.json", environment, taken.digest, counters)
        rollout = Rollout(family, roles, translation, scoring)
        stack.callback(rollout.close)
        stack.callback(roles.no_monitor)
        Parent(family, Changes(Watch(path, taken, options.faults), rollout, family)).run(options.drain_seconds)
    return 0


class Changes:
    """Changes of the configuration, one after the other."""

    def __init__(self, watch: Watch, rollout: Rollout, family: Family, clock: Callable[[], float] = time.monotonic) -> None:
        self._watch, self._rollout, self._family, self._clock = watch, rollout, family, clock
        self._started = watch.running.settings
        self._steps: Iterator[None] | None = None
        self._looked = clock()
        self.asked = False

    def step(self) -> None:
        """Look whether there is one, or go on with the one under way."""
        if self._steps is None:
            self._look()
        if self._steps is not None:
            try:
                next(self._steps)
            except StopIteration:
                self._steps = None

    def _look(self) -> None:
        if not self.asked and self._clock() - self._looked < WATCH_SECONDS:
            return
        now, self.asked, self._looked = self.asked, False, self._clock()
        try:
            found = self._watch.look(now=now)
        except Exception as error:  # such as files of an installation that is being replaced: the parent must not die of it
            log.exception("the changed configuration cannot be checked", extra=about("config_unchecked"))
            self._refuse(f"it cannot be checked ({type(error).__name__}), see the log")
            return
        if isinstance(found, Refused):
            self._refuse(*found.mistakes)
        elif found is not None and found.digest == self._watch.running.digest:
            self._family.config_problems = []
            log.info("the configuration is the one that runs", extra=about("config_unchanged", config=found.digest))
        elif found is not None:
            self._steps = self._roll_out(found)

    def _roll_out(self, found: Taken) -> Iterator[None]:
        for warning in found.loaded.warnings:
            log.warning("%s", warning, extra=about("config_warning"))
        try:
            yield from self._rollout.begin(self._watch.running, found)
        except RolloutError as error:
            self._refuse(str(error))
            return
        self._watch.running = found
        self._family.config_problems = []
        self._family.needs_restart = differences(self._started, found.settings)
        if waiting := self._family.needs_restart:
            log.warning("%s changed: that takes a restart", " and ".join(waiting), extra=about("restart_needed", settings=waiting))

    def _refuse(self, *problems: str) -> None:
        """What runs goes on; why the file does not is told until it is mended."""
        self._family.config_problems = [f"the configuration that was changed last does not run: {problem}" for problem in problems]
        log.error("the changed configuration does not run, the one of before goes on", extra=about("config_refused", mistakes=problems))


class Parent:
    """The loop around it all."""

    def __init__(self, family: Family, changes: Changes | None = None) -> None:
        self._family, self._changes = family, changes
        self.stopping = False

    def run(self, drain_seconds: int) -> None:
        """Keep every child running until a signal says to stop, then let them finish."""
        with self._signals():
            try:
                self.keep()
            finally:  # be it by a fault of this process: nobody else would end them in order
                log.info(
                    "ends: requests under way get up to %d s, Ctrl-C once more ends them at once", drain_seconds, extra=about("stopping")
                )
                self.stopping = True
                self._family.stop(drain_seconds)

    def keep(self) -> None:
        """Keep every child running until it is time to stop."""
        self._family.start()
        while not self.stopping:
            time.sleep(POLL_SECONDS)
            self._family.look_after()
            if self._changes is not None and not self.stopping:
                self._changes.step()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end the family, a second Ctrl-C at once, SIGHUP looks at the configuration.

        The handlers of before come back afterwards.
        """

        def stop(number: int, frame: FrameType | None) -> None:
            if self.stopping and number == signal.SIGINT:
                self._family.kill()
            self.stopping = True

        def look(number: int, frame: FrameType | None) -> None:
            if self._changes is not None:
                self._changes.asked = True

        wanted = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: look}
        before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
