import asyncio
import io
from collections.abc import Callable, Sequence
from typing import cast

import httpx
import openai
import pytest

from evenhand.demo.children import ChildError
from evenhand.demo.readings import Cell, Console
from evenhand.demo.screen import Screen
from evenhand.demo.traffic import MOST_WAITING, Gate, Sender
from evenhand.demo.watch import ENOUGH_PAIRS, FAILED_READS, ConsoleLostError, Watch

CLIENT = cast(openai.AsyncOpenAI, None)  # the senders of these tests send nothing


class Script:
    """A console that answers one prepared state after the other, the last one for ever."""

    def __init__(self, states: Sequence[list[Cell]], waiting: int = 0, failures: int = 0) -> None:
        self.states, self._waiting, self.failures, self.reads = list(states), waiting, failures, 0

    async def cells(self) -> list[Cell]:
        self.reads += 1
        if self.reads <= self.failures:
            raise httpx.ConnectError("away")
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    async def waiting(self) -> int:
        return self._waiting


def watch(
    script: Script, told: list[Cell] | None = None, now: Callable[[], float] = lambda: 0.0, check: Callable[[], None] = lambda: None
) -> Watch:
    senders = [Sender(model, iter(()), CLIENT, Gate()) for model in ("rigged", "fair")]
    console, screen = cast(Console, script), Screen(io.StringIO(), now)
    return Watch(console, Gate(), senders, screen, now, (told if told is not None else []).append, check)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.demo.watch.POLL_SECONDS", 0)


def test_traffic_ends_at_the_alarm_and_at_enough_pairs(make_cell: Callable[..., Cell]) -> None:
    learning = [make_cell("rigged"), make_cell("fair", pairs=ENOUGH_PAIRS - 1)]
    alarm = [make_cell("rigged", verdict="beyond_tolerance"), make_cell("fair", pairs=ENOUGH_PAIRS)]
    script = Script([learning, learning, alarm])
    followed = watch(script)
    asyncio.run(followed.run(float("inf")))
    assert script.reads == 3
    assert followed.cells == alarm


def test_each_model_ends_on_its_own(make_cell: Callable[..., Cell]) -> None:
    followed = watch(Script([[make_cell("rigged", verdict="beyond_tolerance"), make_cell("fair")]]))
    asyncio.run(followed.look())
    assert [sender.done for sender in followed.senders] == [True, False]


def test_an_alarm_is_told_once(make_cell: Callable[..., Cell]) -> None:
    told: list[Cell] = []
    alarm = make_cell("rigged", verdict="beyond_tolerance")
    followed = watch(Script([[alarm, make_cell("fair")]]), told)
    for _ in range(3):
        asyncio.run(followed.look())
    assert told == [alarm]


def test_traffic_ends_when_the_time_is_over(make_cell: Callable[..., Cell]) -> None:
    times = iter(range(1000))
    followed = watch(Script([[make_cell("rigged"), make_cell("fair")]]), now=lambda: float(next(times)))
    asyncio.run(followed.run(5.0))
    assert all(sender.done for sender in followed.senders)


def test_a_few_failed_readings_are_passed_over_and_many_are_not(make_cell: Callable[..., Cell]) -> None:
    state = [make_cell("rigged", verdict="beyond_tolerance"), make_cell("fair", pairs=ENOUGH_PAIRS)]
    followed = watch(Script([state], failures=FAILED_READS - 1))
    asyncio.run(followed.run(float("inf")))
    assert followed.cells == state
    with pytest.raises(ConsoleLostError, match="away"):
        asyncio.run(watch(Script([state], failures=FAILED_READS)).run(float("inf")))


def test_a_long_queue_closes_the_gate(make_cell: Callable[..., Cell]) -> None:
    followed = watch(Script([[make_cell()]], waiting=MOST_WAITING + 1))
    asyncio.run(followed.look())
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(followed.gate.passed(), 0.05))


def test_a_process_that_ended_is_told_before_a_connection_refused(make_cell: Callable[..., Cell]) -> None:
    def check() -> None:
        raise ChildError("serve ended with status 1")

    with pytest.raises(ChildError):
        asyncio.run(watch(Script([[make_cell()]], failures=1), check=check).look())
