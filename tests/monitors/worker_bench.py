"""The worker over a real queue, a real store and a real HTTP upstream: what the tests of the whole journey share."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.exchange import Exchange, to_bytes
from gateway.queue import Queue, open_queue
from gateway.routing import Router
from gateway.settings import Settings
from monitors.cells import CellBook
from monitors.rewrite import Tables
from monitors.scorers import Means
from monitors.scoring import entries_of
from monitors.status import Status
from monitors.store import Store, cells, exchanges
from monitors.worker import Worker
from tests.ids import new_exchange_id
from tests.monitors.example_context import context, settings

Answer = tuple[int, dict[str, Any]]
Prompt = str | list[dict[str, Any]]
"""The user's message, or the whole conversation."""


def reply(text: str = "Invite.", model: str = "m-1") -> Answer:
    """A chat completion of one choice."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return 200, {"model": model, "choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}


@dataclass
class Upstream:
    """A small HTTP server: ``answer(body)`` says what each request gets, at once or when it is awaited."""

    answer: Callable[[dict[str, Any]], Answer | Awaitable[Answer]]
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(next(line for line in head.splitlines() if line.lower().startswith("content-length")).split(":")[1])
                self.headers.append(head)
                self.bodies.append(json.loads(await reader.readexactly(length)))
                answered = self.answer(self.bodies[-1])
                status, document = answered if isinstance(answered, tuple) else await answered
                extra = "retry-after: 30\r\n" if status == 429 else ""
                body = json.dumps(document).encode()
                writer.write(f"HTTP/1.1 {status} X\r\n{extra}content-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@dataclass
class Bench:
    """Everything a test looks at afterwards."""

    upstream: Upstream
    store: Store
    queue: Queue
    book: CellBook
    worker: Worker
    status: Status
    ended_by: type[BaseException]

    @property
    def fates(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (name, labels), value in self.store.read(exchanges.totals).items():
            if name == "exchanges_total":
                found[dict(labels)["fate"]] += int(value)
        return found

    def total(self, name: str, **labels: str) -> float:
        rows = self.store.read(exchanges.totals).items()
        return sum(value for (n, pairs), value in rows if n == name and labels.items() <= dict(pairs).items())

    def counts(self, outcome: str, kind: str = "pair") -> cells.Counts | None:
        cell = next(c for c in self.book.cells.values() if (c.spec.kind, c.spec.outcome) == (kind, outcome))
        rows = self.store.read(cells.counts_of, cell.id)
        return rows[0] if rows else None


def now_ms() -> int:
    """The clock of the machine."""
    return time.time_ns() // 1_000_000


def settings_of(base: str, **monitor: Any) -> Settings:
    """One model behind ``base`` and one route; ``monitor`` replaces keys of that section."""
    return settings(base, **monitor)


def item(prompt: Prompt, router: Router, received_ms: int) -> tuple[str, bytes]:
    """An exchange about a prompt, as the gateway puts it into the queue."""
    identity = new_exchange_id()
    messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    request = {"model": "m", "messages": messages, "temperature": 0.7, "stream": True, "user": "someone"}
    exchange = Exchange(identity, received_ms, "chat_completions", "m", router.resolve("m").id, "hiring", 200, True, False, request, "")
    return identity, to_bytes(exchange)


def run(
    folder: Path,
    tables: Tables,
    answer: Callable[[dict[str, Any]], Answer | Awaitable[Answer]],
    prompts: Sequence[Prompt],
    *,
    seconds: float = 20,
    now: Callable[[], int] = now_ms,
    configured: Callable[..., Settings] = settings_of,
    offered: Callable[[Prompt, Router, int], tuple[str, bytes]] = item,
    **monitor: Any,
) -> Bench:
    """Put exchanges about the prompts into the queue, in order, and let the worker go until it is empty; ``monitor`` is of that section."""
    return asyncio.run(_run(folder, tables, Upstream(answer), prompts, seconds, now, offered, lambda base: configured(base, **monitor)))


async def _run(
    folder: Path,
    tables: Tables,
    upstream: Upstream,
    prompts: Sequence[Prompt],
    seconds: float,
    now: Callable[[], int],
    offered: Callable[[Prompt, Router, int], tuple[str, bytes]],
    configured: Callable[[str], Settings],
) -> Bench:
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    made_of = configured(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    queue = open_queue(None, folder, max_items=10_000, max_bytes=1 << 26)
    router = Router(made_of)
    queue.offer([offered(prompt, router, now()) for prompt in prompts])
    made = context(folder, made_of, tables, now_ms=now)
    worker = Worker(made, queue)
    task = asyncio.create_task(worker.run())
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not queue.depth().items:
            break
        await asyncio.sleep(0.02)
    task.cancel()
    (ended,) = await asyncio.gather(task, return_exceptions=True)
    await made.pool.aclose()
    server.close()
    scorers = {route: {name: entry.scorer for name, entry in own.items()} for route, own in entries_of(made_of, Means()).items()}
    status = Status(made.store, queue, made.book, scorers, made.monitor.budget, worker.problems, now)
    return Bench(upstream, made.store, queue, made.book, worker, status, type(ended))
