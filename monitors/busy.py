"""Live traffic first: where a gateway worker was answered 429, replays to the same deployment pause."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from gateway.upstream import read_busy
from gateway.upstream.busy import KEPT_MS
from monitors.budget import Pace

LOOK_SECONDS = 1.0


async def heed(folder: Path, pace: Pace, now_ms: Callable[[], int]) -> None:
    """Look once a second at what workers have noted in ``folder``, until cancelled."""
    heeded: dict[str, int] = {}
    while True:
        await asyncio.to_thread(look, folder, pace, heeded, now_ms())
        await asyncio.sleep(LOOK_SECONDS)


def look(folder: Path, pace: Pace, heeded: dict[str, int], now_ms: int) -> None:
    """Slow down for each note that is newer than those ``heeded`` before (by deployment, UTC ms), and remember it.

    A note that has been over for a minute is an old story: a monitor that starts anew goes at its full rate.
    """
    for note in read_busy(folder):
        if note.at_ms > heeded.get(note.deployment, 0) and note.until_ms > now_ms - KEPT_MS:
            heeded[note.deployment] = note.at_ms
            pace.slow_down(note.deployment, max(0, note.until_ms - now_ms) / 1000)
