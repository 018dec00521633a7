"""Puts the parts of one worker together from its configuration."""

import os
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from gateway.app import App, Site
from gateway.auth import Auth
from gateway.health import Readiness
from gateway.keys import Keyring
from gateway.limits import Books, Clerk
from gateway.metrics import Metrics
from gateway.prices import Prices, open_prices
from gateway.routing import Balancer, Retries, Router, open_translator
from gateway.settings import Loaded, Settings
from gateway.ticket import Desk
from gateway.upstream import Limits, Pool, origin

SECRET_FILE = "secret"


@dataclass(frozen=True, slots=True)
class Worker:
    """The application and what the process tells it."""

    app: App
    readiness: Readiness
    metrics: Metrics


def build(loaded: Loaded, data_dir: Path, *, several_workers: bool = False, shipped_prices: Path | None = None) -> Worker:
    """Everything but the event loop; nothing starts before the application's lifespan does.

    ``shipped_prices`` is the price file to use where the configuration names none. Raises ``OSError`` without the secret, ``ConfigError``
    for prices that cannot be used.
    """
    settings = loaded.settings
    metrics = Metrics(config_hash=loaded.digest, version=version("evenhand"), several_workers=several_workers)
    readiness = Readiness(loaded.digest)
    desk, start, stop = _desk(settings, data_dir, metrics, open_prices(settings.prices, shipped_prices))
    site = Site(data_dir, settings.gateway.max_body_bytes, settings.monitor is not None, settings.metrics.listen is None)
    app = App(desk, Pool(_limits(settings), on_connect=metrics.overhead_connect.observe), readiness, site, on_start=start, on_stop=stop)
    return Worker(app, readiness, metrics)


def _limits(settings: Settings) -> Limits:
    limits = settings.gateway
    return Limits(
        connect_seconds=limits.connect_timeout_seconds,
        headers_seconds=limits.headers_timeout_seconds,
        idle_seconds=limits.idle_timeout_seconds,
        keepalive_seconds=limits.keepalive_seconds,
        max_header_bytes=limits.max_header_bytes,
    )


def _desk(settings: Settings, data_dir: Path, metrics: Metrics, prices: Prices) -> tuple[Desk, Callable[[], None], Callable[[], None]]:
    router = Router(settings, open_translator(settings, data_dir))
    master = settings.general_settings.master_key
    ring, books = Keyring(settings.keys), Books()
    clerk = Clerk(data_dir, ring, books, worker=f"{os.getpid()}-{secrets.token_hex(4)}", told=metrics.key_store_up.set)
    clerk.round()
    auth = Auth(master.get_secret_value() if master else None, ring)
    tried = settings.router_settings
    balancer = Balancer(
        tried.allowed_fails,
        tried.cooldown_time,
        draw=random.random,
        clock=time.monotonic,
        told=lambda deployment, seconds: metrics.cooling(deployment.model, deployment.id, seconds),
    )
    retries = Retries(tried.num_retries, random.random)
    origins = {base: origin(base) for base in router.bases}
    if settings.monitor is None:
        return Desk(router, auth, metrics, origins, books, prices, balancer, retries), clerk.start, clerk.stop
    from gateway.capture import Handoff  # only where something is sampled
    from gateway.sampling import Sampler

    secret = bytes.fromhex((data_dir / SECRET_FILE).read_text().strip())
    handoff = Handoff(settings, data_dir, secret, metrics.fate)
    metrics.watch_queue(lambda: handoff.state().queue, lambda: time.time_ns() // 1_000_000)
    desk = Desk(router, auth, metrics, origins, books, prices, balancer, retries, Sampler(settings, secret), handoff)
    return desk, _both(clerk.start, handoff.start), _both(handoff.stop, clerk.stop)


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
