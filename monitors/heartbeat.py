"""A sign of life in a file, so that a gateway worker can say how the monitor is without asking it anything."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import orjson

from gateway.logs import about

log = logging.getLogger("evenhand.monitor")
INTERVAL_SECONDS = 2.0
REPORT = Path("run") / "monitor.json"
"""Where it stands under data_dir; the gateway's health reads it."""


async def beat(file: Path, report: Callable[[], dict[str, object]], problems: dict[str, str], now_ms: Callable[[], int]) -> None:
    """Write ``report()`` with the time (UTC ms) every two seconds; a disk that refuses is one of the ``problems`` and tried again."""
    while True:
        try:
            await asyncio.to_thread(
                _replace, file, orjson.dumps({"at_ms": now_ms(), "pid": os.getpid(), **await asyncio.to_thread(report)})
            )
            problems.pop("heartbeat", None)
        except OSError as error:
            if "heartbeat" not in problems:
                log.error("the heartbeat cannot be written: %s", error, extra=about("heartbeat_untold"))
            problems["heartbeat"] = f"the heartbeat cannot be written: {error}"
        await asyncio.sleep(INTERVAL_SECONDS)


def last_words(file: Path, problem: str, now_ms: int) -> None:
    """Say why this process ends, as far as the disk allows."""
    try:
        _replace(file, orjson.dumps({"at_ms": now_ms, "pid": os.getpid(), "problems": [problem]}))
    except OSError as error:
        log.error("that cannot be written to %s: %s", file, error, extra=about("heartbeat_untold"))


def _replace(file: Path, content: bytes) -> None:
    scratch = file.with_suffix(".new")
    scratch.write_bytes(content)
    scratch.chmod(0o600)
    scratch.replace(file)
