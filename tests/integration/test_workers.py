"""Several gateway workers count as one, also when one of them dies."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from evenhand.demo.children import Children
from tests.integration.conftest import Served, ask, prompts, settings, until

pytestmark = pytest.mark.integration


def test_what_a_dead_worker_had_in_flight_is_no_longer_shown_and_what_it_counted_stays(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    document = settings({"fair": model("fair", 1), "rigged": model("rigged", 2, latency_ms=60_000)}, tmp_path / "data")
    del document["monitor"]
    served = Served(children, tmp_path, document, "--workers", "2", monitored=False)
    prompt = prompts(1, 4)[0]

    def request(name: str) -> None:
        with httpx.Client(timeout=60) as client:
            try:
                ask(client, served.gateway, name, prompt)
            except httpx.HTTPError:  # the connection of a worker that was killed
                return

    for _ in range(10):
        request("fair")
    until(lambda: served.metric("evenhand_requests_total", model="fair") == 10)
    waiting = [threading.Thread(target=request, args=("rigged",)) for _ in range(8)]
    for thread in waiting:
        thread.start()
    until(lambda: served.metric("evenhand_in_flight_requests") == 8)
    for name in ("gateway-0", "gateway-1"):
        os.kill(served.child(name) or 0, signal.SIGKILL)
        until(lambda name=name: served.restarts(name) == 1 and served.child(name) is not None)  # type: ignore[misc]
    until(lambda: served.metric("evenhand_in_flight_requests") == 0)
    for thread in waiting:
        thread.join()
    assert served.metric("evenhand_requests_total", model="fair") == 10
    assert served.metric("evenhand_config_last_reload_successful") == 1
