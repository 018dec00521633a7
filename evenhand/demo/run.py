"""The demo itself: build the stage, send traffic, show the evidence climbing, tell the alarm, judge, and take everything down again."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx
import openai

from evenhand.demo import chain, words
from evenhand.demo.children import ChildError, Children
from evenhand.demo.configuration import Upstream
from evenhand.demo.judge import PLANTED, TWIN, expected_page, judge
from evenhand.demo.material import load
from evenhand.demo.prompts import stream
from evenhand.demo.readings import Cell, Console, decision_cell
from evenhand.demo.screen import Screen
from evenhand.demo.stage import Stage, build
from evenhand.demo.traffic import IN_FLIGHT, IN_FLIGHT_REAL, Gate, Sender
from evenhand.demo.watch import POLL_SECONDS, ConsoleLostError, Watch
from evenhand.demo.webhook import Page, Webhook

ONCE_SECONDS = 150.0
PAGE_SECONDS = 15.0
QUIET_SECONDS = 4.0
FAILURES = (ChildError, ConsoleLostError, httpx.HTTPError)


@dataclass(frozen=True)
class Options:
    """What the command line asked for; `once` ends by itself, `seed` makes prompts and the demo models' draws repeatable."""

    once: bool
    extra: Upstream | None
    seed: int | None


def run(options: Options, out: TextIO, clock: Callable[[], float] = time.monotonic) -> int:
    """Run the demo and return the exit code: 0 the planted gap was found and the twin stayed quiet, 1 not so, 4 it could not be told.

    130 where Ctrl-C came before that was known; afterwards it is how the demo is meant to end.
    """
    folder = Path(tempfile.mkdtemp(prefix="evenhand-demo-"))
    screen = Screen(out, clock)
    try:
        return asyncio.run(_run(options, folder, screen, clock))
    except FAILURES as error:
        screen.keep()
        screen.say("", f"{error}", "", "cannot be told: the demo could not go on")
        return 4
    except (asyncio.CancelledError, KeyboardInterrupt):
        screen.keep()
        screen.say("", "Stopped.")
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(options: Options, folder: Path, screen: Screen, clock: Callable[[], float]) -> int:
    started = clock()
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
    with Webhook(lambda page: _tell_page(screen, page)) as webhook, Children(folder) as children:
        screen.say(*_introduction())
        stage = await asyncio.to_thread(build, children, folder, webhook, options.extra, options.seed)
        screen.say(*_addresses(stage))
        async with _watch(stage, options, screen, clock, children.check) as watch:
            await watch.run(started + ONCE_SECONDS if options.once else float("inf"))
            await _await_page(stage, watch, webhook, clock)
            screen.keep()
            await _tell_results(stage, watch, screen)
            children.check()
            judgement = judge(watch.cells, webhook.pages if stage.chain else None)
            if not options.once:
                screen.say("", f"{judgement.why}", f"Everything stays up until Ctrl-C; the console is at {stage.console_url}.")
                await _stay(children, task)
        screen.say("", "Stopped." if not options.once else f"{judgement.why} [{clock() - started:.0f} s]")
        return judgement.code


async def _stay(children: Children, task: asyncio.Task[int] | None) -> None:
    """Keep everything up until Ctrl-C, which ends it as it should end: the judgement stands."""
    try:
        while True:
            children.check()
            await asyncio.sleep(1.0)
    except asyncio.CancelledError:
        if task is not None:
            task.uncancel()


@asynccontextmanager
async def _watch(
    stage: Stage, options: Options, screen: Screen, clock: Callable[[], float], check_children: Callable[[], None]
) -> AsyncIterator[Watch]:
    """Send traffic to every model of the stage for as long as the context lasts."""
    prompt_words, people = load("prompts"), load("people")
    gate, seed = Gate(), options.seed if options.seed is not None else time.time_ns()
    failure: Exception | None = None
    async with (
        httpx.AsyncClient(timeout=10.0) as http,
        openai.AsyncOpenAI(base_url=stage.gateway_url, api_key="demo", timeout=60.0) as client,
        asyncio.TaskGroup() as group,
    ):
        senders = [Sender(model, stream(prompt_words, people, seed), client, gate, _in_flight(model)) for model in stage.models]
        tasks = [group.create_task(sender.run()) for sender in senders]
        try:
            console = Console(stage.console_url, http)
            yield Watch(console, gate, senders, screen, clock, lambda cell: _tell_alarm(screen, cell), check_children)
        except FAILURES as error:
            failure = error  # raised outside the group, which would wrap it
        finally:
            for task in tasks:
                task.cancel()
    if failure:
        raise failure


def _in_flight(model: str) -> int:
    return IN_FLIGHT if model in (PLANTED, TWIN) else IN_FLIGHT_REAL


async def _await_page(stage: Stage, watch: Watch, webhook: Webhook, clock: Callable[[], float]) -> None:
    """Wait for the page about the planted gap, if its cell is in alarm, and a moment longer for pages that should not come."""
    cell = decision_cell(watch.cells, PLANTED)
    end = clock() + PAGE_SECONDS
    while stage.chain and cell and cell.in_alarm and expected_page(webhook.pages) is None and clock() < end:
        await watch.look()
        await asyncio.sleep(POLL_SECONDS)
    end = clock() + (QUIET_SECONDS if stage.chain else 0.0)
    while clock() < end:
        await watch.look()
        await asyncio.sleep(POLL_SECONDS)


async def _tell_results(stage: Stage, watch: Watch, screen: Screen) -> None:
    for sender in watch.senders:
        cell = decision_cell(watch.cells, sender.model)
        failed = f" {sender.errors} requests failed, the last one so: {sender.last_error}" if sender.errors else ""
        screen.say("", *words.paragraph(words.summary(sender.model, cell) + failed))
        if cell is not None and cell.in_alarm:
            screen.say(*words.both_directions(await watch.console.pairs(cell)), f"More of them: {stage.console_url}/cells/{cell.id}")
    screen.say("", *words.paragraph(words.CAVEAT))


def _tell_alarm(screen: Screen, cell: Cell) -> None:
    screen.say("", *words.paragraph(f"ALARM. {words.finding(cell)}"), "")


def _tell_page(screen: Screen, page: Page) -> None:
    name, severity = page.labels.get("alertname", "?"), page.labels.get("severity", "?")
    screen.say(*words.paragraph(f"PAGE by Alertmanager: {name} ({severity}). {page.annotations.get('summary', '')}"))


def _introduction() -> list[str]:
    text = (
        f"Two models on this machine answer as hiring assistants. {PLANTED} invites 65 of 100 applicants marked male and 45 of 100 marked "
        f"female; its twin {TWIN} invites 55 of 100 of either. Realistic requests go through the gateway; behind it the monitor swaps "
        "the marked words of each, asks again, and compares."
    )
    return [*words.paragraph(text), "", "Starting …"]


def _addresses(stage: Stage) -> list[str]:
    missing = ", ".join(chain.missing())
    alerts = (
        f"Prometheus {stage.chain.prometheus_url}   Alertmanager {stage.chain.alertmanager_url}"
        if stage.chain
        else f"No pages: {missing} not installed ({chain.INSTALL}); the monitor's own verdict counts."
    )
    return [f"Gateway {stage.gateway_url}   Console {stage.console_url}", alerts, ""]
