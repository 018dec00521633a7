"""Which deployments have answered 429 lately: the workers see it first, and the monitor's replays have to stop for it.

Each worker tells of its own in one small file in ``run/busy/``; the monitor reads them all.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.logs import about

FOLDER = Path("run") / "busy"  # in data_dir
MAX_SECONDS = 3600.0
KEPT_MS = 60_000  # beyond its end, for a reader that was slow
log = logging.getLogger("evenhand.gateway")


class Busy(NamedTuple):
    """A deployment refused for load at a time (UTC ms) and asked to be left alone until another; the two are equal where it did not say."""

    deployment: str
    at_ms: int
    until_ms: int


class BusyNotes:
    """One worker's. ``note`` only remembers; ``write`` is for a thread."""

    def __init__(self, file: Path, now_ms: Callable[[], int]) -> None:
        self._file, self._now_ms = file, now_ms
        self._notes: dict[str, Busy] = {}
        self._told = True

    @property
    def pending(self) -> bool:
        """Whether there is something that is not written yet."""
        return not self._told

    def note(self, deployment: str, wait_seconds: float | None) -> None:
        """An upstream has answered 429, with or without saying how long to wait."""
        now = self._now_ms()
        until = now + int(min(wait_seconds or 0.0, MAX_SECONDS) * 1000)
        before = self._notes.get(deployment)
        self._notes[deployment] = Busy(deployment, now, max(until, before.until_ms) if before else until)
        self._told = False

    def write(self) -> None:
        """Replace the file; a disk that refuses is told in the log, and the next 429 tries again."""
        self._told = True
        now = self._now_ms()
        notes = {key: note for key, note in list(self._notes.items()) if note.until_ms + KEPT_MS > now}
        scratch = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
                json.dump(list(notes.values()), handle)
            scratch.replace(self._file)
        except OSError as error:
            log.warning("the monitor cannot be told of a busy upstream: %s", error, extra=about("busy_untold"))


def read_busy(folder: Path) -> Iterator[Busy]:
    """What all workers have noted; a file that is none is passed over."""
    for file in sorted(folder.glob("*.json")):
        try:
            notes = [Busy(str(deployment), int(at_ms), int(until_ms)) for deployment, at_ms, until_ms in json.loads(file.read_bytes())]
        except (OSError, ValueError, TypeError):
            continue
        yield from notes
