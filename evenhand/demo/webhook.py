"""The receiver that Alertmanager pages: it keeps what came and says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Page:
    """One alert as it was delivered: its labels and the texts for the one on call."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    def matches(self, **labels: str) -> bool:
        """Tell whether the alert has all of `labels`."""
        return all(self.labels.get(name) == value for name, value in labels.items())


class Webhook:
    """An HTTP server on a free port of 127.0.0.1; `pages` holds every firing alert once, in order of arrival."""

    def __init__(self, on_page: Callable[[Page], None]) -> None:
        self._pages: dict[tuple[tuple[str, str], ...], Page] = {}
        self._on_page = on_page
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="webhook", kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def pages(self) -> list[Page]:
        with self._lock:
            return list(self._pages.values())

    def receive(self, notification: Mapping[str, Any]) -> None:
        """Take in one notification in Alertmanager's form (version 4)."""
        for alert in notification.get("alerts", []):
            page = Page(alert.get("labels", {}), alert.get("annotations", {}))
            key = tuple(sorted(page.labels.items()))
            with self._lock:
                if alert.get("status") != "firing" or key in self._pages:
                    continue
                self._pages[key] = page
            self._on_page(page)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                try:
                    webhook.receive(json.loads(self.rfile.read(int(self.headers.get("content-length", 0)))))
                except ValueError:
                    self.send_error(400, "not JSON")
                    return
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
                """Say nothing: what came is told by `on_page`."""

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
