"""A running server takes up changes of its configuration under traffic, and a wrong file changes nothing."""

import json
import os
import signal
import threading
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


def test_keys_come_and_go_and_the_master_key_changes_between_requests(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    def declared(name: str) -> dict[str, Any]:
        return {"name": name, "hash": digest_of(f"eh-{name}".encode()).hex()}

    document = {**settings({"fair": model("fair", 1)}, tmp_path / "data"), "general_settings": {"master_key": "master-one"}}
    document["keys"] = [declared("stays"), declared("goes")]
    del document["monitor"]
    served = Served(children, tmp_path, document, monitored=False)
    assert [code(served, key=key) for key in ("eh-stays", "eh-goes", "eh-comes", "master-one", "master-two")] == [200, 200, 401, 200, 401]

    with Traffic(served.gateway, ["fair"], {"authorization": "Bearer eh-stays"}) as traffic:
        digest = taken_up(served, "")
        document["keys"] = [declared("stays"), declared("comes") | {"requests_per_minute": 2}]
        document["general_settings"] = {"master_key": "master-two"}
        rewrite(served, document)
        taken_up(served, digest)  # nobody said so: the file is looked at
        assert [code(served, key=key) for key in ("eh-goes", "eh-comes", "master-one", "master-two")] == [401, 200, 401, 200]
        assert [code(served, key="eh-comes") for _ in range(2)] == [200, 429], "with the limit it came with"
    assert set(traffic.outcomes) == {"200"}, traffic.outcomes


def test_a_wrong_file_changes_nothing_and_is_told_until_it_is_mended(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    document = settings({"fair": model("fair", 1)}, tmp_path / "data")
    served = Served(children, tmp_path, document)
    digest = taken_up(served, "")
    snapshot = (served.data_dir / "run" / "config.yaml").read_text()
    with Traffic(served.gateway, ["fair"]) as traffic:
        rewrite(served, {**document, "gatway": {}, "keys": [{"name": "k", "hash": "not-a-hash"}]})
        until(lambda: served.metric("evenhand_config_last_reload_successful") == 0)
        problems = [problem for problem in served.health()["problems"] if "does not run" in problem]
        assert any("did you mean gateway?" in problem for problem in problems)
        assert any("keys[0].hash" in problem for problem in problems)
        assert not any("not-a-hash" in problem for problem in problems)
        assert runs_everywhere(served, digest)
        assert (served.data_dir / "run" / "config.yaml").read_text() == snapshot
        told = [json.loads(line) for line in children.log("serve").read_text().splitlines() if "config_refused" in line]
        assert [line["process"] for line in told] == ["serve"]
        assert len(told[0]["mistakes"]) == 2
        served.config.unlink()
        until(lambda: any("cannot be read" in problem for problem in served.health()["problems"]))
        rewrite(served, document)
        until(lambda: served.metric("evenhand_config_last_reload_successful") == 1)
    assert set(traffic.outcomes) == {"200"}, traffic.outcomes
    assert not any("does not run" in problem for problem in served.health()["problems"])
    assert runs_everywhere(served, digest)


def test_what_takes_a_restart_is_named_and_the_rest_is_taken_up(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    document = settings({"fair": model("fair", 1)}, tmp_path / "data")
    served = Served(children, tmp_path, document)
    digest = taken_up(served, "")
    document["metrics"] = {"listen": "127.0.0.1:1"}
    document["model_list"].append({**document["model_list"][0], "model_name": "another"})
    rewrite(served, document | {"data_dir": str(tmp_path / "elsewhere")})
    hangup(served)
    taken_up(served, digest)
    until(lambda: served.health()["needs_restart"] == ["data_dir", "metrics.listen"])
    assert "data_dir and metrics.listen changed: that takes a restart" in children.log("serve").read_text()
    assert code(served, "another") == 200
    assert served.metric("evenhand_config_last_reload_successful") == 1, "/metrics is where it was"
    assert not (tmp_path / "elsewhere").exists()


def test_other_routes_are_monitored_from_then_on_and_none_where_there_is_no_monitor(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    document = settings({"fair": model("fair", 1)}, tmp_path / "data")
    served = Served(children, tmp_path, document)
    digest = taken_up(served, "")
    monitor, worker = served.child("monitor"), served.child("gateway-0")
    assert {cell["route"] for cell in served.cells() if cell["kind"] == "pair"} == {"hiring"}

    document["monitor"]["routes"][0]["name"] = "lending"
    rewrite(served, document)
    digest = taken_up(served, digest)
    assert "lending" in {cell["route"] for cell in served.cells()}
    assert served.child("monitor") != monitor
    assert (served.child("gateway-0"), served.restarts("monitor")) == (worker, 0)
    for prompt in prompts(6, 3):
        with httpx.Client(timeout=20) as client:
            assert ask(client, served.gateway, "fair", prompt).status_code == 200
    until(lambda: served.metric("evenhand_exchanges_total", "console", route="lending", fate="scored") > 0, 30)

    without = {name: section for name, section in document.items() if name != "monitor"}
    rewrite(served, without)
    digest = taken_up(served, digest)
    assert {row["name"] for row in served.health()["children"]} == {"gateway-0"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{served.console}/livez")
    before = served.metric("evenhand_exchanges_total", fate="ineligible")
    assert code(served) == 200
    until(lambda: served.metric("evenhand_exchanges_total", fate="ineligible") == before + 1)

    rewrite(served, document)
    taken_up(served, digest)
    until(lambda: httpx.get(f"{served.console}/readyz").status_code == 200)
    until(lambda: served.health()["status"] == "ok")


def test_a_changed_price_file_is_a_changed_configuration(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("models: {fair: {input: 1, output: 1}}")
    document = settings({"fair": model("fair", 1)}, tmp_path / "data") | {"prices": {"file": str(prices)}}
    del document["monitor"]
    served = Served(children, tmp_path, document, monitored=False)
    digest = taken_up(served, "")

    def cost() -> float:
        before = served.metric("evenhand_cost_usd_total")
        assert code(served) == 200
        until(lambda: served.metric("evenhand_cost_usd_total") > before)
        return served.metric("evenhand_cost_usd_total") - before

    first = cost()
    prices.write_text("models: {fair: {input: 100, output: 100}}")
    digest = taken_up(served, digest)
    assert cost() > 10 * first
    prices.write_text("models: {fair: {input: minus one}}")
    until(lambda: any("prices.yaml" in problem for problem in served.health()["problems"]))
    os.kill(served.child("gateway-0") or 0, signal.SIGKILL)
    until(lambda: served.restarts("gateway-0") == 1 and runs_everywhere(served, digest))
    assert cost() > 10 * first, "a worker that starts anew has the prices that run, not those in the file"
