"""The scorer process: ``python -m monitors.scoring.process --fd N --secret-file FILE --weights FOLDER``.

It builds the scorers that it is asked for, loads what they need when it is first needed, and scores one batch after the other in one
thread. It ends itself when a batch takes too long or its memory grows too large: the parent starts it again.
"""

import argparse
import contextlib
import hmac
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.logs import about, open_log
from monitors.scorers import AnyScorer, Means, build
from monitors.scoring.configured import key_of
from monitors.scoring.guard import guarded
from monitors.scoring.memory import resident_bytes
from monitors.scoring.wire import GREETING, LENGTH_BYTES, MOST_BYTES, answer, items_of, read_address

NICENESS = 10
LOAD_SECONDS = 300.0
LOOK_SECONDS = 0.5
HANDSHAKE_SECONDS = 5.0
TOO_LARGE = 70
log = logging.getLogger("evenhand.scorer")


class Bench:
    """The scorers of this process. ``timeout_seconds`` bounds a batch; the first of a scorer may take ``LOAD_SECONDS`` more."""

    def __init__(self, means: Means, timeout_seconds: float) -> None:
        self._means, self._timeout = means, timeout_seconds
        self._scorers: dict[str, AnyScorer] = {}
        self._ready: set[str] = set()

    def answer(self, document: dict[str, Any]) -> bytes:
        """The frame that answers a request; the process ends where that takes too long, whatever holds it up."""
        outcome, options = str(document["outcome"]), dict(document["options"])
        key = key_of(outcome, options)
        with _bounded(self._timeout + (0.0 if key in self._ready else LOAD_SECONDS)):
            if key not in self._scorers:
                self._scorers[key] = build({outcome: options}, self._means)[outcome]
            scored = guarded(self._scorers[key], items_of(document))
        self._ready.add(key)
        if scored.failures:
            log.error("%s failed on %d replies: %s", outcome, scored.failures, scored.problem, extra=about("scorer_failed", scorer=outcome))
        return answer(scored)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM, or until the parent has gone."""
    parser = argparse.ArgumentParser("python -m monitors.scoring.process", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="the inherited listening socket, of a loopback address")
    parser.add_argument("--secret-file", type=Path, required=True, help="what the parent wrote for the monitor to read")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--timeout-seconds", type=float, default=60.0)
    parser.add_argument("--max-memory-bytes", type=int, default=4 << 30)
    options = parser.parse_args(arguments)
    open_log("scorer")
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # a batch that is lost is asked again
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch_memory, args=(options.max_memory_bytes,), daemon=True).start()
    secret = read_address(options.secret_file).secret.encode()
    bench = Bench(Means(options.weights, options.threads), options.timeout_seconds)
    parent = os.getppid()
    log.info("scores when asked", extra=about("started", threads=options.threads))
    with socket.socket(fileno=options.fd) as listener:
        listener.settimeout(LOOK_SECONDS)
        while os.getppid() == parent:
            with contextlib.suppress(TimeoutError):
                client, _ = listener.accept()
                with client:
                    _serve(client, secret, bench, parent)
    return 0


def _serve(client: socket.socket, secret: bytes, bench: Bench, parent: int) -> None:
    """Answer one client until it leaves. One that does not know the secret learns nothing."""
    client.settimeout(HANDSHAKE_SECONDS)
    try:
        if not hmac.compare_digest(_exactly(client, len(secret)), secret):
            log.error("a client without the secret was sent away", extra=about("scorer_secret_wrong"))
            return
        client.sendall(GREETING)
        while os.getppid() == parent:
            client.settimeout(LOOK_SECONDS)
            try:
                head = client.recv(LENGTH_BYTES)
            except TimeoutError:
                continue
            if not head:
                return
            client.settimeout(HANDSHAKE_SECONDS)
            length = int.from_bytes(head + _exactly(client, LENGTH_BYTES - len(head)), "big")
            if length > MOST_BYTES:
                raise ValueError(f"a request of {length} bytes")
            client.sendall(bench.answer(json.loads(_exactly(client, length))))
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("a connection was closed: %s: %s", type(error).__name__, error, extra=about("scorer_connection_lost"))


def _exactly(client: socket.socket, size: int) -> bytes:
    pieces = []
    while size:
        piece = client.recv(min(size, 1 << 20))
        if not piece:
            raise ConnectionError("the client left in the middle of a request")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@contextlib.contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Let the kernel end this process after so long: no handler of ours would run while a scorer holds the interpreter."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _watch_memory(most: int) -> None:
    while (resident := resident_bytes()) <= most:
        time.sleep(LOOK_SECONDS)
    log.error("uses %d MB, more than the %d MB allowed: it ends", resident >> 20, most >> 20, extra=about("scorer_too_large"))
    os._exit(TOO_LARGE)


if __name__ == "__main__":
    sys.exit(main())
