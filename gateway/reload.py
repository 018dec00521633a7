"""A worker's side of a changed configuration: asked by a signal, it reads the snapshot, takes it up, and answers with its hash."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from pathlib import Path

from gateway.logs import about
from gateway.settings import ConfigError, answer, load
from gateway.worker import Worker, prices_of

log = logging.getLogger("evenhand.gateway")


class Reloader:
    """Reads ``snapshot`` and the price file again whenever SIGHUP comes, and answers into the file ``answers``."""

    def __init__(self, worker: Worker, snapshot: Path, prices_file: Path | None, environ: Mapping[str, str], answers: Path) -> None:
        self._worker, self._snapshot, self._prices_file, self._environ, self._answers = worker, snapshot, prices_file, environ, answers
        self._asked = asyncio.Event()

    async def run(self) -> None:
        """Answer for the start, then for each change, until cancelled."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._asked.set)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # the parent held it back until there was a handler
        await self._answer(None)
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._answer(await self._take_up())

    async def _take_up(self) -> str | None:
        """Why the new configuration cannot be taken up; None when it runs."""
        try:
            loaded = await asyncio.to_thread(load, self._snapshot, self._environ)
            prices = await asyncio.to_thread(prices_of, loaded, self._prices_file)
            self._worker.adopt(loaded, prices)
        except (ConfigError, OSError, ValueError) as error:
            log.error("the new configuration cannot be taken up: %s", error, extra=about("config_refused"))
            return str(error)
        except Exception as error:  # whatever it is, what runs goes on, and the parent is told
            log.exception("the new configuration cannot be taken up", extra=about("config_refused"))
            return f"a fault of the gateway ({type(error).__name__}), see its log"
        log.info("runs the new configuration", extra=about("config_taken_up", config=loaded.digest))
        return None

    async def _answer(self, problem: str | None) -> None:
        try:
            await asyncio.to_thread(answer.give, self._answers, self._worker.readiness.config_hash, problem)
        except OSError as error:
            log.warning("the parent cannot be told which configuration runs: %s", error, extra=about("answer_untold"))
