"""Puts the parts of one worker together from its configuration, and again from another while it runs."""

import asyncio
import os
import random
import secrets
import time
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.app import App, Site
from gateway.auth import Auth
from gateway.desk import Desk
from gateway.health import STATUS_FILE, Readiness, taken_up
from gateway.journal import Journal
from gateway.keys import Keyring
from gateway.limits import Books, Clerk
from gateway.listing import Listings, fetch_from
from gateway.metrics import Metrics
from gateway.prices import Prices, open_prices
from gateway.routing import Balancer, Retries, Router, open_translator
from gateway.settings import Loaded, Settings
from gateway.upstream import BusyNotes, Limits, Pool, origin
from gateway.upstream.busy import FOLDER as BUSY_FOLDER

if TYPE_CHECKING:
    from gateway.capture import Handoff

SECRET_FILE = "secret"


class Worker:
    """One worker: what lives as long as its process, and an application whose desk is replaced when the configuration changes."""

    def __init__(self, loaded: Loaded, data_dir: Path, prices: Prices, *, name: str, several_workers: bool) -> None:
        settings = self._settings = loaded.settings
        self._data_dir = data_dir
        self.metrics = Metrics(
            config_hash=loaded.digest,
            version=version("evenhand"),
            several_workers=several_workers,
            genai_names=settings.metrics.genai_names,
            taken_up=lambda: taken_up(data_dir / STATUS_FILE),
        )
        self.readiness = Readiness(loaded.digest)
        self._ring, self._books = Keyring(settings.keys), Books()
        unique = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._clerk = Clerk(data_dir, self._ring, self._books, worker=unique, told=self.metrics.key_store_up.set)
        self._clerk.round()
        self._busy = BusyNotes(data_dir / BUSY_FOLDER / f"{name}.json", _now_ms)
        self._handoff: Handoff | None = None
        self._running = False
        self._pool = Pool(_limits(settings), on_connect=self.metrics.overhead_connect.observe)
        self.app = App(
            self._desk(settings, prices, None),
            self._pool,
            self.readiness,
            Site(data_dir, settings.gateway.max_body_bytes, settings.monitor is not None, settings.metrics.listen is None),
            on_start=self._start,
            on_stop=self._stop,
            each_second=self._each_second,
            problems=self._problems,
        )

    def adopt(self, loaded: Loaded, prices: Prices) -> None:
        """Go by this configuration from the next request on; call it from the event loop.

        Requests under way end as they began. Raises ``OSError``, ``ValueError`` and then nothing has changed.
        """
        settings = loaded.settings
        desk = self._desk(settings, prices, self.app.desk)
        if settings.monitor is not None and self._handoff is not None:
            self._handoff.adopt(settings.monitor)
        self._ring.replace_declared(settings.keys)
        self._pool.adopt(_limits(settings))
        self.app.adopt(desk, max_body_bytes=settings.gateway.max_body_bytes, monitored=settings.monitor is not None)
        self._settings = settings
        self.readiness.config_hash = self.metrics.config_hash = loaded.digest

    def _desk(self, settings: Settings, prices: Prices, before: Desk | None) -> Desk:
        """The desk of a configuration, in the place of the one ``before``."""
        router = Router(settings, open_translator(settings, self._data_dir))
        self.metrics.know(settings, router)
        master = settings.general_settings.master_key
        auth = Auth(master.get_secret_value() if master else None, self._ring)
        origins = {base: origin(base) for base in router.bases}
        keeps_balance = before is not None and settings.router_settings == self._settings.router_settings
        balancer = before.balancer if before is not None and keeps_balance else self._balancer(settings)
        retries = Retries(settings.router_settings.num_retries, random.random)
        journal = Journal(every_request=settings.gateway.access_log)
        listings = Listings(partial(fetch_from, self._pool), time.monotonic)
        desk = Desk(router, auth, self.metrics, origins, self._books, prices, balancer, retries, journal, self._busy, listings)
        if settings.monitor is None:
            return desk
        from gateway.capture import Handoff  # only where something is sampled
        from gateway.sampling import Sampler

        secret = bytes.fromhex((self._data_dir / SECRET_FILE).read_text().strip())
        if self._handoff is None:
            self._handoff = handoff = Handoff(settings, self._data_dir, secret, self.metrics.fate)
            self.metrics.watch_queue(lambda: handoff.state().queue, _now_ms)
            if self._running:
                handoff.start()
        sampler = Sampler(settings, secret, predecessor=before.sampler if before is not None else None)
        return replace(desk, sampler=sampler, handoff=self._handoff)

    def _balancer(self, settings: Settings) -> Balancer:
        return Balancer(
            settings.router_settings.allowed_fails,
            settings.router_settings.cooldown_time,
            draw=random.random,
            clock=time.monotonic,
            told=lambda deployment, seconds: self.metrics.cooling(deployment.model, deployment.id, seconds),
        )

    def _start(self) -> None:
        self._running = True
        self._clerk.start()
        if self._handoff is not None:
            self._handoff.start()

    def _stop(self) -> None:
        if self._handoff is not None:
            self._handoff.stop()
        self._clerk.stop()

    async def _each_second(self) -> None:
        """Tell the monitor of upstreams that are busy; only where there is one, and off the event loop."""
        if self._busy.pending and self._settings.monitor is not None:
            await asyncio.to_thread(self._busy.write)

    def _problems(self) -> list[str]:
        """What only this worker knows to be wrong."""
        return [] if self._clerk.problem is None else [f"keys and limits: {self._clerk.problem}"]


def build(
    loaded: Loaded, data_dir: Path, *, name: str = "gateway-0", several_workers: bool = False, prices_file: Path | None = None
) -> Worker:
    """Everything but the event loop; nothing starts before the application's lifespan does.

    ``prices_file`` is the price file in force, where that is not the one that the configuration names. Raises ``OSError`` without the
    secret, ``ConfigError`` for prices that cannot be used.
    """
    return Worker(loaded, data_dir, prices_of(loaded, prices_file), name=name, several_workers=several_workers)


def prices_of(loaded: Loaded, file: Path | None) -> Prices:
    """The prices in force. Raises ``ConfigError``."""
    prices = loaded.settings.prices
    return open_prices(prices, file or prices.file)


def _limits(settings: Settings) -> Limits:
    limits = settings.gateway
    return Limits(
        connect_seconds=limits.connect_timeout_seconds,
        headers_seconds=limits.headers_timeout_seconds,
        idle_seconds=limits.idle_timeout_seconds,
        keepalive_seconds=limits.keepalive_seconds,
        max_header_bytes=limits.max_header_bytes,
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
