"""A running server takes up changes of its configuration under traffic, and a wrong file changes nothing."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from evenhand.demo.children import Children
from gateway.keys import digest_of
from tests.integration.conftest import Served, ask, prompts, settings, until

pytestmark = pytest.mark.integration


class Traffic:
    """Requests without a pause, streams among them, on connections that are kept; what came of each."""

    def __init__(self, gateway: str, models: list[str], headers: dict[str, str] | None = None) -> None:
        self._gateway, self._models, self._headers = gateway, models, headers or {}
        self.outcomes: Counter[str] = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(3)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        chosen = prompts(20, number)
        with httpx.Client(timeout=20, headers=self._headers) as client:
            sent = 0
            while not self._stop.is_set():
                more = {"stream": True} if sent % 3 == 0 else {}
                try:
                    reply = ask(client, self._gateway, self._models[sent % len(self._models)], chosen[sent % 20], **more)
                    whole = not more or reply.text.endswith("data: [DONE]\n\n")
                    self.outcomes[str(reply.status_code) if whole else "cut"] += 1
                except httpx.HTTPError as error:
                    self.outcomes[type(error).__name__] += 1
                sent += 1


def rewrite(served: Served, document: dict[str, Any]) -> None:
    """Replace the configuration, as an editor does."""
    scratch = served.config.with_suffix(".tmp")
    scratch.write_text(yaml.safe_dump(document))
    scratch.replace(served.config)


def hangup(served: Served) -> None:
    os.kill(int((served.data_dir / "lock").read_text()), signal.SIGHUP)


def status(served: Served) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((served.data_dir / "run" / "status.json").read_text())
    return document


def runs_everywhere(served: Served, digest: str) -> bool:
    """Whether every child says that it runs the configuration with this hash."""
    state = status(served)
    return state["config"] == digest and all(row["state"] == "running" and row["config"] == digest for row in state["children"])


def taken_up(served: Served, before: str) -> str:
    """Wait until a configuration other than the one ``before`` runs everywhere; its hash."""
    until(lambda: status(served)["config"] != before and runs_everywhere(served, status(served)["config"]), 30)
    return str(status(served)["config"])


def code(served: Served, model_name: str = "fair", key: str | None = None) -> int:
    headers = {"authorization": f"Bearer {key}"} if key is not None else {}
    with httpx.Client(timeout=20, headers=headers) as client:
        return ask(client, served.gateway, model_name, prompts(1, 5)[0]).status_code


def test_twenty_changes_under_traffic_fail_no_request(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    upstream = model("fair", 1)
    document = settings({"fair": upstream}, tmp_path / "data")
    served = Served(children, tmp_path, document, "--workers", "2")
    pids = [served.child(name) for name in ("gateway-0", "gateway-1")]
    with Traffic(served.gateway, ["fair"]) as traffic:
        digest = taken_up(served, "")
        for number in range(20):
            document["gateway"] = {"idle_timeout_seconds": 100 + number}
            document["monitor"]["sample_rate"] = 1.0 if number % 10 else 0.5
            if number % 5 == 0:
                document["model_list"].append({**document["model_list"][0], "model_name": f"added-{number}"})
            rewrite(served, document)
            hangup(served)
            digest = taken_up(served, digest)
        assert code(served, "added-15") == 200
    assert set(traffic.outcomes) == {"200"}, traffic.outcomes
    assert traffic.outcomes["200"] > 100
    assert [served.child(name) for name in ("gateway-0", "gateway-1")] == pids
    assert all(served.restarts(row["name"]) == 0 for row in served.health()["children"])
    assert served.metric("evenhand_config_info", hash=digest) == 1
    assert served.metric("evenhand_config_info", "console", hash=digest) == 1
    assert served.metric("evenhand_config_last_reload_successful") == 1
    until(lambda: served.health()["status"] == "ok")
