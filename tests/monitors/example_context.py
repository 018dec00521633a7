"""The monitor's context over a store in a folder, for tests of its steps one by one."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.prices import open_prices
from gateway.routing import Router
from gateway.settings import Settings
from gateway.upstream import Pool
from monitors import metrics
from monitors.budget import Pace
from monitors.cells import CellBook, CellOptions
from monitors.context import Context
from monitors.declare import alpha_of, alpha_of_later, declared_cells, hidden_cells, revisions
from monitors.levels import declared_levels
from monitors.rates import Rates
from monitors.rewrite import Tables, load_tables
from monitors.scorers import Means
from monitors.scoring import entries_of, shown_only
from monitors.scoring.client import HttpClient, allowed_hosts
from monitors.scoring.opened import open_desk
from monitors.store import cells, levels, open_store

SECRET = b"s" * 32
ROUTE = {
    "name": "hiring",
    "tier": "T2",
    "axes": {"gender": {"reference": "male", "groups": ["female"]}},
    "outcomes": {"decision": {"kind": "words", "favourable": ["invite"], "unfavourable": ["reject"]}, "refusal": {}, "length": {}},
}


def settings(base: str = "http://127.0.0.1:1/v1", **monitor: Any) -> Settings:
    """One model ``m`` on the route ``hiring``, with other values in the monitor's section."""
    model = {"model_name": "m", "litellm_params": {"model": "openai/up", "api_base": base, "api_key": "sk-up"}}
    section = {"budget": {"replays_per_minute": 1e6}, "routes": [ROUTE], "placebo_rate": 0} | monitor
    return Settings.model_validate({"model_list": [model], "monitor": section})


def context(
    folder: Path,
    configured: Settings | None = None,
    tables: Tables | None = None,
    *,
    now_ms: Callable[[], int],
    pace: Pace | None = None,
) -> Context:
    """A context whose cells are declared and loaded; close its ``store`` afterwards."""
    configured = configured or settings()
    options = configured.monitor
    assert options is not None
    means = Means(client=HttpClient(allowed_hosts(configured)), today=lambda: 1)
    alpha, tables, durations = options.alpha, tables or load_tables(), metrics.durations(configured)
    store = open_store(None, folder)
    entries = entries_of(configured, means)
    unsigned = shown_only({route: {name: entry.scorer for name, entry in own.items()} for route, own in entries.items()})
    specs = [*declared_cells(configured, unsigned), *hidden_cells(configured, unsigned)]
    store.write(levels.declare, declared_levels(configured), alpha)
    store.write(cells.declare, specs, lambda s: alpha_of(s, alpha), lambda k: alpha_of_later(k, alpha), 0)
    book = CellBook(CellOptions("horizon", SECRET, lambda k: alpha_of_later(k, alpha)))
    store.read(book.load)
    return Context(
        monitor=options,
        routes={route.name: route for route in configured.routes},
        desk=open_desk(configured, entries, folder, tables, durations.observe_scorer),
        router=Router(configured),
        revisions=revisions(configured),
        secret=SECRET,
        tables=tables,
        store=store,
        book=book,
        pool=Pool(),
        pace=pace or Pace(options.budget.replays_per_minute, time.monotonic),
        rates=Rates(open_prices(configured.prices, None), options.budget.usd_per_million_tokens),
        durations=durations,
        now_ms=now_ms,
    )
