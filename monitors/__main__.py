"""The monitor's process: worker, console and ``/metrics`` in one event loop. ``python -m monitors --config F --data-dir D --fd N``."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections import ChainMap
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import uvicorn

from gateway.logs import about, open_log
from gateway.prices import Prices, open_prices
from gateway.queue import QueueError, open_queue
from gateway.routing import Router, open_translator
from gateway.settings import ConfigError, Loaded, answer, load
from gateway.upstream import Limits, Pool
from gateway.upstream.busy import FOLDER
from monitors import closing, metrics
from monitors.budget import Pace
from monitors.busy import heed
from monitors.cells import CellBook, CellOptions
from monitors.checks import own_files, unmet
from monitors.console import console
from monitors.context import Context
from monitors.declare import alpha_of, alpha_of_later, declared_cells, hidden_cells, revisions
from monitors.heartbeat import REPORT, beat, last_words
from monitors.levels import declared_levels
from monitors.planning import DAY_MS
from monitors.rates import Rates
from monitors.rewrite import load_tables
from monitors.running import Running
from monitors.scorers import Means
from monitors.scoring import entries_of, shown_only
from monitors.scoring.client import HttpClient, allowed_hosts
from monitors.scoring.opened import open_desk
from monitors.status import Status
from monitors.store import StoreError, cells, levels, open_store
from monitors.worker import Worker

NICENESS = 10
PARENT_SECONDS = 0.5
log = logging.getLogger("evenhand.monitor")


def main() -> int:
    """Run until SIGTERM; leases are given back then. Exit code 2 when the configuration cannot be used, 1 when a storage cannot."""
    parser = argparse.ArgumentParser("python -m monitors")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True, help="a bound socket for console and metrics")
    parser.add_argument("--prices", type=Path, help="the price file in force (default: the one that the configuration names)")
    arguments = parser.parse_args()
    open_log("monitor")
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    try:
        loaded = load(arguments.config, os.environ, also=unmet)
        prices = open_prices(loaded.settings.prices, arguments.prices or loaded.settings.prices.file)
    except ConfigError as error:
        log.error("%s", error, extra=about("config_refused"))
        return 2
    listener = socket.socket(fileno=arguments.fd)
    try:
        asyncio.run(monitor(loaded, prices, arguments.data_dir, listener, arguments.config))
    except (QueueError, StoreError) as error:
        log.error("cannot start: %s", error, extra=about("cannot_start"))
        last_words(arguments.data_dir / REPORT, f"cannot start: {error}", _now_ms())
        return 1
    return 0


async def monitor(loaded: Loaded, prices: Prices, data_dir: Path, listener: socket.socket, snapshot: Path) -> None:
    """Worker, console and heartbeat until SIGTERM or SIGINT."""
    running = Running(snapshot, os.environ, data_dir / answer.FOLDER / "monitor.json", loaded.digest)
    settings = loaded.settings
    options = settings.monitor
    if options is None:
        raise ValueError("the configuration has no monitor: section")
    secret = bytes.fromhex((data_dir / "secret").read_text().strip())
    client = HttpClient(allowed_hosts(settings))
    entries = entries_of(settings, Means(data_dir / "weights", client=client, today=lambda: _now_ms() // DAY_MS))
    scorers = {route: {outcome: entry.scorer for outcome, entry in own.items()} for route, own in entries.items()}
    queue = open_queue(options.queue.url, data_dir, max_items=options.queue.max_items, max_bytes=options.queue.max_bytes)
    store = open_store(options.store_url, data_dir)
    unsigned = shown_only(scorers)
    specs = [*declared_cells(settings, unsigned), *hidden_cells(settings, unsigned)]

    def reserve(k: int) -> float:
        return alpha_of_later(k, options.alpha)

    store.write(cells.declare, specs, lambda given: alpha_of(given, options.alpha), reserve, _now_ms())
    store.write(levels.declare, declared_levels(settings), options.alpha)
    book = CellBook(CellOptions(options.alpha_budget, secret, reserve))
    store.read(book.load)
    durations, tables = metrics.durations(settings), load_tables(*own_files(options))
    context = Context(
        monitor=options,
        routes={route.name: route for route in settings.routes},
        desk=open_desk(settings, entries, data_dir, tables, durations.observe_scorer),
        router=Router(settings, open_translator(settings, data_dir)),
        revisions=revisions(settings),
        secret=secret,
        tables=tables,
        store=store,
        book=book,
        pool=Pool(Limits(connect_seconds=settings.gateway.connect_timeout_seconds)),
        pace=Pace(options.budget.replays_per_minute, time.monotonic),
        rates=Rates(prices, options.budget.usd_per_million_tokens),
        durations=durations,
        now_ms=_now_ms,
    )
    worker = Worker(context, queue)
    status = Status(store, queue, book, scorers, options.budget, ChainMap(worker.problems, context.desk.problems), _now_ms)
    exposition = metrics.exposition(
        metrics.registry(
            status,
            settings,
            durations=durations,
            levels=lambda: context.levels.views,
            digest=lambda: running.digest,
            console=options.console_url or f"http://127.0.0.1:{listener.getsockname()[1]}",
        )
    )
    server = _Server(
        uvicorn.Config(
            console(status, settings, exposition, partial(closing.clear, context)),
            access_log=False,
            log_config=None,
            log_level="warning",
            lifespan="off",
        )
    )

    def report() -> dict[str, object]:
        return {"problems": list(status.pipeline().problems), "config": running.digest, "cells": len(book.cells)}

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log.info("monitors %d cells", len(book.cells), extra=about("started", cells=len(book.cells), config=loaded.digest))
    async with asyncio.TaskGroup() as tasks:
        parts = [
            tasks.create_task(worker.run()),
            tasks.create_task(beat(data_dir / REPORT, report, worker.problems, _now_ms)),
            tasks.create_task(running.follow()),
            tasks.create_task(heed(data_dir / FOLDER, context.pace, _now_ms)),
            tasks.create_task(_end_with_parent(stop)),
        ]
        serving = tasks.create_task(server.serve(sockets=[listener]))
        await stop.wait()
        for part in parts:
            part.cancel()
        server.should_exit = True
        await serving
    await context.desk.aclose()
    client.close()
    await context.pool.aclose()
    context.store_thread.close()
    queue.close()
    store.close()
    log.info("has ended", extra=about("stopped"))


async def _end_with_parent(stop: asyncio.Event) -> None:
    """Stop when the process that started this one has gone: it would start another monitor on the same folder."""
    parent = os.getppid()
    while True:
        await asyncio.sleep(PARENT_SECONDS)
        if os.getppid() != parent:
            break
    log.error("the parent process has gone, ending")
    stop.set()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: this process has one place that knows when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
