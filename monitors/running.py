"""Which configuration the monitor runs, answered to the parent.

A change that concerns the monitor comes with a new start of it. SIGHUP says that another was taken up which does not: only the hash is
another one then.
"""

import asyncio
import logging
import signal
from collections.abc import Mapping
from pathlib import Path

from gateway.logs import about
from gateway.settings import ConfigError, answer, load

log = logging.getLogger("evenhand.monitor")


class Running:
    """``digest`` is the hash of the configuration in ``snapshot`` as last read."""

    def __init__(self, snapshot: Path, environ: Mapping[str, str], answers: Path, digest: str) -> None:
        self._snapshot, self._environ, self._answers = snapshot, environ, answers
        self.digest = digest

    async def follow(self) -> None:
        """Answer for the start, then whenever SIGHUP comes, until cancelled."""
        asked = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # the parent held it back until there was a handler
        while True:
            await asyncio.to_thread(self._answer)
            await asked.wait()
            asked.clear()
            await asyncio.to_thread(self._read)

    def _read(self) -> None:
        try:
            self.digest = load(self._snapshot, self._environ).digest
        except ConfigError as error:
            log.error("%s", error, extra=about("config_refused"))

    def _answer(self) -> None:
        try:
            answer.give(self._answers, self.digest)
        except OSError as error:
            log.error("the parent cannot be told which configuration runs: %s", error, extra=about("answer_untold"))
