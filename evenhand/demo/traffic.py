"""The demo's clients: the real `openai` client sending a stream of prompts to one model through the gateway, as fast as pairs are made."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import openai
from openai.types.chat import ChatCompletionMessageParam

from evenhand.demo.prompts import Prompt

IN_FLIGHT = 6
IN_FLIGHT_REAL = 2  # a slow model's replays must leave room for those of the demo's own
MOST_WAITING = 120
ERRORS_IN_A_ROW = 25
ERROR_PAUSE_SECONDS = 0.2
MAX_TOKENS = 400


class Gate:
    """Holds requests back while too many exchanges wait for the monitor."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def update(self, waiting: int) -> None:
        """Close above MOST_WAITING, open again at half of it."""
        if waiting > MOST_WAITING:
            self._open.clear()
        elif waiting <= MOST_WAITING // 2:
            self._open.set()

    async def passed(self) -> None:
        await self._open.wait()


@dataclass
class Sender:
    """The traffic of one model; `requests` and `errors` count what was sent, `last_error` says what went wrong last."""

    model: str
    prompts: Iterator[Prompt]
    client: openai.AsyncOpenAI
    gate: Gate
    in_flight: int = IN_FLIGHT
    requests: int = 0
    errors: int = 0
    last_error: str = ""
    done: bool = False
    _errors_in_a_row: int = 0

    async def run(self) -> None:
        """Send until `done` is set, or until nothing but errors comes back."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.in_flight):
                group.create_task(self._send_on())

    @property
    def broken(self) -> bool:
        """True when the model gives nothing but errors."""
        return self._errors_in_a_row >= ERRORS_IN_A_ROW

    async def _send_on(self) -> None:
        while not self.done and not self.broken:
            await self.gate.passed()
            if self.done:
                return
            try:
                await self._send(next(self.prompts))
            except openai.OpenAIError as error:
                self.errors, self.last_error = self.errors + 1, str(error)
                self._errors_in_a_row += 1
                await asyncio.sleep(ERROR_PAUSE_SECONDS)
            else:
                self.requests, self._errors_in_a_row = self.requests + 1, 0

    async def _send(self, prompt: Prompt) -> None:
        messages = cast("list[ChatCompletionMessageParam]", [dict(message) for message in prompt.messages])
        create, temperature = self.client.chat.completions.create, prompt.temperature
        if not prompt.streamed:
            await create(model=self.model, messages=messages, temperature=temperature, max_tokens=MAX_TOKENS)
            return
        async with await create(model=self.model, messages=messages, temperature=temperature, max_tokens=MAX_TOKENS, stream=True) as events:
            async for _ in events:
                pass
