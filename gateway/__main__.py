"""One gateway worker on an inherited listening socket: ``python -m gateway --config SNAPSHOT --data-dir DIR --fd N``."""

import argparse
import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from prometheus_client import values

from gateway.files import allow_files
from gateway.logs import about, open_log
from gateway.protocol import GatewayProtocol, QuietAborts
from gateway.reload import Reloader
from gateway.server import ChildServer, configured
from gateway.settings import ConfigError, answer, load
from gateway.worker import Worker, build

log = logging.getLogger("evenhand.gateway")


class Server(ChildServer):
    """A server that tells readiness first, takes up changes of the configuration, and may show /metrics on a socket apart."""

    def __init__(self, config: uvicorn.Config, worker: Worker, reloader: Callable[[], Reloader], metrics: socket.socket | None) -> None:
        super().__init__(config)
        self._worker, self._reloader, self._metrics = worker, reloader, metrics
        self._reloading: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._metrics is not None:
            config = _configured(self._worker.app.metrics_only, self.config.timeout_graceful_shutdown)
            config.load()
            loop = asyncio.get_running_loop()
            self.servers.append(
                await loop.create_server(lambda: GatewayProtocol(config, self.server_state, self.lifespan.state), sock=self._metrics)
            )
        self._reloading = asyncio.create_task(self._reloader().run())
        log.info("serves", extra=about("started", config=self._worker.readiness.config_hash))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._reloading is not None:
            self._reloading.cancel()
        log.info("finishes what is under way", extra=about("draining"))
        await super().shutdown(sockets)
        log.info("has ended", extra=about("stopped"))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._worker.readiness.draining = True
        super().handle_exit(sig, frame)

    def parent_gone(self) -> None:
        self._worker.readiness.draining = True


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; 2 for a configuration that cannot be used."""
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True, help="the inherited listening socket")
    parser.add_argument("--metrics-fd", type=int, help="an inherited listening socket for /metrics alone")
    parser.add_argument("--prices", type=Path, help="the price file in force (default: the one that the configuration names)")
    parser.add_argument("--name", default="gateway-0", help="what the parent calls this worker")
    parser.add_argument("--drain-seconds", type=int, default=30)
    options = parser.parse_args(arguments)
    open_log(options.name)
    allow_files()
    shared = values.ValueClass is not values.MutexValue  # prometheus-client chose by the folder that the parent names
    try:
        loaded = load(options.config, os.environ)
        worker = build(loaded, options.data_dir, name=options.name, several_workers=shared, prices_file=options.prices)
    except ConfigError as error:
        for mistake in error.mistakes:
            log.error("%s", mistake, extra=about("config_refused"))
        return 2
    config = _configured(worker.app, options.drain_seconds)
    logging.getLogger("uvicorn.error").addFilter(QuietAborts())
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    metrics = socket.socket(fileno=options.metrics_fd) if options.metrics_fd is not None else None
    answers = options.data_dir / answer.FOLDER / f"{options.name}.json"
    Server(config, worker, lambda: Reloader(worker, options.config, options.prices, os.environ, answers), metrics).run(
        sockets=[socket.socket(fileno=options.fd)]
    )
    return 0


def _configured(app: Any, drain_seconds: int | None) -> uvicorn.Config:
    return configured(app, GatewayProtocol, drain_seconds=drain_seconds, lifespan=True)


if __name__ == "__main__":
    sys.exit(main())
