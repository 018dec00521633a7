"""One gateway worker on an inherited listening socket: ``python -m gateway --config SNAPSHOT --data-dir DIR --fd N``."""

import argparse
import gc
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import uvicorn
from prometheus_client import values

from gateway.protocol import GatewayProtocol, QuietAborts
from gateway.settings import ConfigError, load
from gateway.worker import Worker, build


class Server(uvicorn.Server):
    """uvicorn's server that tells readiness first, and stops when its parent is gone."""

    def __init__(self, config: uvicorn.Config, worker: Worker) -> None:
        super().__init__(config)
        self._worker = worker
        self._parent = os.getppid()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._worker.readiness.draining = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0 and os.getppid() != self._parent:
            self._worker.readiness.draining = True
            return True
        return await super().on_tick(counter)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; 2 for a configuration that cannot be used."""
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True, help="the inherited listening socket")
    parser.add_argument("--drain-seconds", type=int, default=30)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        loaded = load(options.config, os.environ)
    except ConfigError as error:
        for mistake in error.mistakes:
            logging.getLogger("evenhand.gateway").error("%s", mistake)
        return 2
    shared = values.ValueClass is not values.MutexValue  # prometheus-client chose by the folder that the parent names
    worker = build(loaded, options.data_dir, several_workers=shared)
    config = uvicorn.Config(
        worker.app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=GatewayProtocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=options.drain_seconds,
        backlog=2048,
    )
    logging.getLogger("uvicorn.error").addFilter(QuietAborts())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # uvicorn restores and re-raises what it caught: the end of a drain is no crash
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    Server(config, worker).run(sockets=[socket.socket(fileno=options.fd)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
