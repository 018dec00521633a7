import asyncio
import threading
from collections.abc import Sequence

from monitors.scorers import Reply, Value
from monitors.scoring.guard import FAILED
from monitors.scoring.threaded import MOST_HANGS, Threaded
from tests.monitors.scoring.scripted import entry, halves


def test_a_batch_is_scored_in_another_thread() -> None:
    where: list[str] = []

    def score(replies: Sequence[Reply]) -> list[Value]:
        where.append(threading.current_thread().name)
        return halves(replies)

    async def main() -> None:
        engine = Threaded()
        for _ in range(3):
            assert (await engine.run(entry(score), [Reply("a"), Reply("b")])).values == (Value(0.5), Value(0.5))
        await engine.aclose()

    asyncio.run(main())
    assert where == ["scorer"] * 3


def test_one_that_hangs_is_given_up_on_while_others_go_on_and_after_three_times_it_is_not_asked_again() -> None:
    freed = threading.Event()
    asked: list[int] = []

    def hang(replies: Sequence[Reply]) -> list[Value]:
        asked.append(len(replies))
        freed.wait()
        return halves(replies)

    async def main() -> None:
        engine = Threaded(limit_seconds=0.05)
        hanging, sound = entry(hang, "hanging"), entry(halves, "sound")
        for _ in range(MOST_HANGS + 2):
            scored = await engine.run(hanging, [Reply("a"), Reply("b")])
            assert scored.values == (FAILED, FAILED)
            assert (await engine.run(sound, [Reply("a")])).values == (Value(0.5),)
        assert "not asked again before a restart" in scored.problem
        await engine.aclose()

    try:
        asyncio.run(main())
    finally:
        freed.set()
    assert len(asked) == MOST_HANGS
