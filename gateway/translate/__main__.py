"""The translate process: ``python -m gateway.translate --config SNAPSHOT --fd N --secret-file FILE``."""

import argparse
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path

import uvicorn

from gateway.logs import about, open_log
from gateway.routing.translator import read_translator
from gateway.settings import ConfigError, answer, load
from gateway.translate.app import App
from gateway.translate.catalogue import catalogue
from gateway.translate.provider import open_provider

KEEP_ALIVE_SECONDS = 75  # longer than the gateway keeps its connections, so that it is the one to close them
log = logging.getLogger("evenhand.translate")


class Server(uvicorn.Server):
    """uvicorn's server that stops when its parent is gone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._parent = os.getppid()

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0 and os.getppid() != self._parent:
            return True
        return await super().on_tick(counter)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; 2 for a configuration that cannot be used, or without litellm."""
    parser = argparse.ArgumentParser(prog="gateway.translate", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True, help="the inherited listening socket, of a loopback address")
    parser.add_argument("--secret-file", type=Path, required=True, help="what the parent wrote for the gateway and the monitor to read")
    parser.add_argument("--drain-seconds", type=int, default=30)
    parser.add_argument("--answers", type=Path, help="where to say that this process serves, and by which configuration")
    options = parser.parse_args(arguments)
    open_log("translate")
    began = time.monotonic()
    try:
        loaded = load(options.config, os.environ)
    except ConfigError as error:
        for mistake in error.mistakes:
            log.error("%s", mistake, extra=about("config_refused"))
        return 2
    translator = read_translator(options.secret_file)
    targets = catalogue(loaded.settings)
    try:
        provider = open_provider(loaded.settings.gateway.headers_timeout_seconds)
    except ImportError as error:
        log.error("litellm cannot be imported: %s → pip install 'evenhand[providers]'", error, extra=about("litellm_missing"))
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # uvicorn restores and re-raises what it caught: the end of a drain is no crash
    seconds = round(time.monotonic() - began, 2)
    log.info("translates for %d models, ready after %.1f s", len(targets), seconds, extra=about("started", seconds=seconds))
    if options.answers is not None:
        answer.give(options.answers, loaded.digest)
    Server(_config(App(targets, translator, provider), options.drain_seconds)).run(sockets=[socket.socket(fileno=options.fd)])
    return 0


def _config(app: App, drain_seconds: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=drain_seconds,
    )


if __name__ == "__main__":
    sys.exit(main())
