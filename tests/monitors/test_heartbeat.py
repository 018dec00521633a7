import asyncio
from collections.abc import Callable
from pathlib import Path

import orjson

from monitors.heartbeat import beat


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if condition():
            return
        await asyncio.sleep(0.01)


def test_a_disk_that_refuses_is_among_the_problems_until_it_takes_the_report(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    problems: dict[str, str] = {}

    async def beating() -> tuple[str, dict[str, str]]:
        task = asyncio.create_task(beat(folder / "monitor.json", lambda: {"cells": 1}, problems, lambda: 7))
        await until(lambda: "heartbeat" in problems)
        told = problems["heartbeat"]
        folder.mkdir()
        await until(lambda: not problems)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return told, orjson.loads((folder / "monitor.json").read_bytes())

    told, written = asyncio.run(beating())

    assert "No such file" in told
    assert written["cells"] == 1
