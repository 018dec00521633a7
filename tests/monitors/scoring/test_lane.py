import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from monitors.scorers import Reply, Value
from monitors.scoring.configured import Entry
from monitors.scoring.guard import Scored
from monitors.scoring.lane import BATCH, Lane
from tests.monitors.scoring.scripted import entry, halves


class Recorded:
    """An engine that waits until it may go on, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.go = asyncio.Event()

    async def run(self, asked: Entry, items: Sequence[Any]) -> Scored:
        await self.go.wait()
        self.batches.append((asked.outcome, [len(item.text) for item in items]))
        return Scored(tuple(Value(len(item.text) / 1_000) for item in items), "print")

    async def aclose(self) -> None: ...


def test_what_waits_for_one_scorer_goes_together_and_everyone_gets_their_own() -> None:
    async def main() -> None:
        engine, seen = Recorded(), []
        lane = Lane(engine, lambda outcome, seconds: seen.append(outcome))
        one, other = entry(halves, "one"), entry(halves, "other")
        lengths = [10, 900, 12, 14, 880, 16]
        asked = [asyncio.create_task(lane.score(one, [Reply("x" * n)] * 2)) for n in lengths]
        asked.append(asyncio.create_task(lane.score(other, [Reply("x")])))
        await asyncio.sleep(0)
        engine.go.set()
        scored = await asyncio.gather(*asked)
        assert [result.values for result in scored[:-1]] == [(Value(n / 1_000),) * 2 for n in lengths]
        assert [outcome for outcome, _ in engine.batches] == ["one", "other"]
        assert seen == ["one", "other"]
        await lane.aclose()

    asyncio.run(main())


def test_a_batch_is_bounded_and_takes_replies_of_like_length() -> None:
    async def main() -> None:
        engine = Recorded()
        lane = Lane(engine, lambda *_: None)
        one = entry(halves)
        lengths = [10] * BATCH + [500] * BATCH
        asked = [asyncio.create_task(lane.score(one, [Reply("x" * n)])) for n in sorted(lengths, key=lambda n: hash((n, 3)))]
        await asyncio.sleep(0)
        engine.go.set()
        await asyncio.gather(*asked)
        assert sorted(len(sizes) for _, sizes in engine.batches) == [BATCH, BATCH]
        assert all(len(set(sizes)) == 1 for _, sizes in engine.batches)

    asyncio.run(main())


def test_whoever_stopped_waiting_disturbs_nobody() -> None:
    async def main() -> None:
        engine = Recorded()
        lane = Lane(engine, lambda *_: None)
        one = entry(halves)
        gone, here = (asyncio.create_task(lane.score(one, [Reply("x")])) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        engine.go.set()
        assert (await here).values == (Value(0.001),)

    asyncio.run(main())


def test_closing_cancels_whoever_waits() -> None:
    async def main() -> None:
        lane = Lane(Recorded(), lambda *_: None)
        asked = [asyncio.create_task(lane.score(entry(halves, name), [Reply("x")])) for name in ("one", "other")]
        await asyncio.sleep(0)
        await lane.aclose()
        for task in asked:
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())


def test_a_fault_of_the_engine_itself_reaches_whoever_asked_and_the_lane_goes_on() -> None:
    class Broken(Recorded):
        async def run(self, asked: Entry, items: Sequence[Any]) -> Scored:
            if not self.batches:
                self.batches.append(("", []))
                raise RuntimeError("broken")
            return await super().run(asked, items)

    async def main() -> None:
        engine = Broken()
        engine.go.set()
        lane = Lane(engine, lambda *_: None)
        with pytest.raises(RuntimeError, match="broken"):
            await lane.score(entry(halves), [Reply("x")])
        assert (await lane.score(entry(halves), [Reply("x")])).values == (Value(0.001),)

    asyncio.run(main())
