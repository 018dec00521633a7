"""The translate process: ``python -m gateway.translate --config SNAPSHOT --fd N --secret-file FILE``."""

import argparse
import logging
import os
import socket
import sys
import time
from pathlib import Path

from gateway.logs import about, open_log
from gateway.routing.translator import read_translator
from gateway.server import ChildServer, configured
from gateway.settings import ConfigError, answer, load
from gateway.translate.app import App
from gateway.translate.catalogue import catalogue
from gateway.translate.provider import open_provider

log = logging.getLogger("evenhand.translate")


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
    config = configured(App(targets, translator, provider), "httptools", drain_seconds=options.drain_seconds, lifespan=False)
    server = ChildServer(config)
    seconds = round(time.monotonic() - began, 2)
    log.info("translates for %d models, ready after %.1f s", len(targets), seconds, extra=about("started", seconds=seconds))
    if options.answers is not None:
        answer.give(options.answers, loaded.digest)
    server.run(sockets=[socket.socket(fileno=options.fd)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
