"""The scorer process as the monitor sees it: asked a batch at a time, and given up on for a while when it keeps ending."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.logs import about
from monitors.scorers import Value
from monitors.scoring.configured import Entry
from monitors.scoring.guard import FAILED, Scored, failed
from monitors.scoring.wire import GREETING, LENGTH_BYTES, MOST_BYTES, Address, request, scored_of

GREETING_SECONDS = 20.0
SPARE_SECONDS = 10.0
MOST_DEATHS = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 600.0
log = logging.getLogger("evenhand.monitor")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for a greeting, for a batch (the process ends itself before that), and after it has ended too often."""

    batch_seconds: float
    greeting_seconds: float = GREETING_SECONDS
    pause_seconds: float = FIRST_PAUSE_SECONDS


class GoneError(Exception):
    """The process ended, hangs, or speaks nonsense."""


class AbsentError(GoneError):
    """Nobody greets."""


class Remote:
    """An engine that asks the scorer process. One connection, opened when it is needed and again after it was lost.

    A batch during which the process ended is asked again a reply at a time, so that the one reply that ends it costs the others nothing.
    A scorer during which it ended three times in a row is left alone for a while, longer each time.
    """

    def __init__(self, address: Callable[[], Address], patience: Patience) -> None:
        self._address, self._patience = address, patience
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._deaths: dict[str, int] = {}
        self._closed: dict[str, tuple[float, str]] = {}

    async def run(self, entry: Entry, items: Sequence[Any]) -> Scored:
        """The batch's values; those of a scorer that is left alone fail at once."""
        if (why := self._left_alone(entry)) is not None:
            return failed(entry.scorer, items, why)
        try:
            return await self._asked(entry, items)
        except GoneError as error:
            problem = str(error)
        if len(items) == 1:
            return failed(entry.scorer, items, problem)
        values: list[Value] = []
        fingerprint = entry.scorer.fingerprint
        for item in items:
            alone = await self.run(entry, [item]) if self._left_alone(entry) is None else None
            values.append(alone.values[0] if alone else FAILED)
            fingerprint = alone.fingerprint if alone and not alone.failures else fingerprint
        return Scored(tuple(values), fingerprint, problem)

    async def aclose(self) -> None:
        """Close the connection."""
        if self._stream is not None:
            _, writer = self._stream
            self._stream = None
            writer.close()

    async def _asked(self, entry: Entry, items: Sequence[Any]) -> Scored:
        try:
            scored = await self._exchange(request(entry.outcome, entry.options, items))
        except GoneError as error:
            self._count_death(entry, error)
            raise
        self._deaths.pop(entry.key, None)
        self._closed.pop(entry.key, None)
        return scored

    async def _exchange(self, asked: bytes) -> Scored:
        try:
            reader, writer = self._stream or await self._connected()
            async with asyncio.timeout(self._patience.batch_seconds + SPARE_SECONDS):
                writer.write(asked)
                await writer.drain()
                length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
                if length > MOST_BYTES:
                    raise ValueError(f"an answer of {length} bytes")
                return scored_of(json.loads(await reader.readexactly(length)))
        except TimeoutError as error:
            await self.aclose()
            raise GoneError(f"the scorer process did not answer within {self._patience.batch_seconds + SPARE_SECONDS:g} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            await self.aclose()
            raise GoneError("the scorer process ended while it scored, its lines in the log say why") from error
        except (ValueError, KeyError, TypeError) as error:
            await self.aclose()
            raise GoneError(f"the scorer process answered what cannot be read: {error}") from error
        except asyncio.CancelledError:
            await self.aclose()
            raise

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect and be greeted; while the process is being started again, its socket lets us wait."""
        try:
            address = self._address()
            async with asyncio.timeout(self._patience.greeting_seconds):
                reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
                try:
                    writer.write(address.secret.encode())
                    if await reader.readexactly(len(GREETING)) != GREETING:
                        raise OSError("another greeting than the scorer process's")
                except BaseException:
                    writer.close()
                    raise
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise AbsentError(f"the scorer process does not answer ({str(error) or type(error).__name__})") from error
        self._stream = reader, writer
        return self._stream

    def _count_death(self, entry: Entry, error: GoneError) -> None:
        deaths = MOST_DEATHS if isinstance(error, AbsentError) else 1
        self._deaths[entry.key] = deaths = max(self._deaths.get(entry.key, 0) + 1, deaths)
        if deaths < MOST_DEATHS:
            return
        pause = min(self._patience.pause_seconds * 2 ** (deaths - MOST_DEATHS), LONGEST_PAUSE_SECONDS)
        self._closed[entry.key] = (asyncio.get_running_loop().time() + pause, str(error))
        log.error("%s is not scored for %g s: %s", entry.outcome, pause, error, extra=about("scorer_paused", scorer=entry.outcome))

    def _left_alone(self, entry: Entry) -> str | None:
        until, why = self._closed.get(entry.key, (0.0, ""))
        return why if asyncio.get_running_loop().time() < until else None
