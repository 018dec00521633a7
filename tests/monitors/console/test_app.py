import threading
import time

import httpx
import uvicorn

from monitors.console import console
from monitors.metrics import exposition, registry
from monitors.views import PipelineView
from tests.monitors.console.browser import get, unasked
from tests.monitors.example_views import Values, settings


def test_the_console_serves_pages_api_and_metrics_on_a_real_port(free_port: int) -> None:
    source = Values()
    app = console(source, settings(), exposition(registry(source, settings())), unasked)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=free_port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{free_port}", trust_env=False) as client:
            assert "cells beyond tolerance" in client.get("/").text
            assert client.get("/api/v1/cells").json()["cells"][0]["id"] == 7
            assert client.get("/static/console.css").headers["content-type"].startswith("text/css")
            metrics = client.get("/metrics")
            assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
            assert "\nevenhand_verdict{" in metrics.text
    finally:
        server.should_exit = True
        thread.join()


def test_a_monitor_with_problems_is_alive_and_ready_and_says_them() -> None:
    source = Values(given_pipeline=PipelineView(0, 0, 0.0, 0, 1.0, ("the store is full",)))
    assert get("/livez", source).text == "ok\n"
    assert get("/readyz", source).json() == {"status": "ready", "problems": ["the store is full"]}
