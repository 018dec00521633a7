"""Real parts for the journey: the demo's upstreams as processes, the product as a user starts it, and their addresses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from evenhand.demo.children import Children, free_port
from evenhand.demo.material import load
from evenhand.demo.prompts import Prompt, stream
from evenhand.demo.webhook import Webhook

pytestmark = pytest.mark.integration


def until(condition: Callable[[], Any], seconds: float = 20, pause: float = 0.05) -> Any:
    """Wait for a condition and return its value; the test fails when it does not come true in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)
    return value


def prompts(count: int, seed: int) -> list[Prompt]:
    """The first prompts of the demo's stream."""
    return list(islice(stream(load("prompts"), load("people"), seed), count))


def evenhand(*words: str) -> list[str]:
    """A command line of the product."""
    return [sys.executable, "-m", "evenhand", *words]


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    with Children(tmp_path) as running:
        yield running


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook(lambda page: None) as receiver:
        yield receiver


@pytest.fixture
def model(children: Children) -> Callable[..., str]:
    """Starts one of the demo's models and gives its API's address."""

    def start(name: str, seed: int, latency_ms: float = 1) -> str:
        port = str(free_port())
        children.start(name, evenhand("demo", "upstream", name, "--port", port, "--latency-ms", str(latency_ms), "--seed", str(seed)))
        children.wait_ready(name, f"http://127.0.0.1:{port}/v1/models")
        return f"http://127.0.0.1:{port}/v1"

    return start


def settings(models: Mapping[str, str], data_dir: Path, **monitor: Any) -> dict[str, Any]:
    """A configuration that samples everything of the models (name to address) on one route."""
    route = {
        "name": "hiring",
        "tier": "T2",
        "axes": {"gender": {"reference": "male", "groups": ["female"]}},
        "outcomes": {
            "decision": {"kind": "words", "favourable": ["invite"], "unfavourable": ["reject", "decline"], "tolerance": 0.02},
            "refusal": {"tolerance": 0.02},
            "length": {"tolerance": 0.02},
        },
    }
    return {
        "model_list": [
            {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": base}} for name, base in models.items()
        ],
        "data_dir": str(data_dir),
        "monitor": {
            "sample_rate": 1.0,
            "budget": {"replays_per_minute": 1e6, "tokens_per_day": 1_000_000_000, "usd_per_day": 1e6},
            "routes": [route],
        }
        | monitor,
    }


class Served:
    """A running `evenhand serve` and the ways to look at it; the words of ``within`` stand before its command."""

    def __init__(
        self, children: Children, folder: Path, config: Mapping[str, Any], *options: str, within: Sequence[str] = (), monitored: bool = True
    ) -> None:
        self.gateway, self.console = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self.config = folder / "evenhand.yaml"
        self.config.write_text(yaml.safe_dump(dict(config)))
        self.data_dir = Path(config["data_dir"])
        ports = ["--port", self.gateway.rpartition(":")[2], "--console-port", self.console.rpartition(":")[2]]
        command = evenhand("serve", "--config", str(self.config), *ports, "--drain-seconds", "2", *options)
        children.start("serve", [*within, *command])
        children.wait_ready("serve", f"{self.gateway}/readyz")
        if monitored:
            children.wait_ready("serve", f"{self.console}/readyz")

    def health(self) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.gateway}/healthz").json()
        return answer

    def metric(self, name: str, where: str = "gateway", **labels: str) -> float:
        """The sum of a metric over the series that have the labels."""
        address = self.gateway if where == "gateway" else self.console
        total = 0.0
        for line in httpx.get(f"{address}/metrics").text.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name and all(f'{label}="{content}"' in series for label, content in labels.items()):
                total += float(value)
        return total

    def fates(self) -> dict[str, float]:
        """Exchanges by fate, over both processes."""
        fates: dict[str, float] = {}
        for where in ("gateway", "console"):
            text = httpx.get(f"{self.gateway if where == 'gateway' else self.console}/metrics").text
            for line in text.splitlines():
                if line.startswith("evenhand_exchanges_total{"):
                    series, _, value = line.rpartition(" ")
                    fate = series.partition('fate="')[2].partition('"')[0]
                    fates[fate] = fates.get(fate, 0) + float(value)
        return {fate: count for fate, count in fates.items() if count}

    def cells(self) -> list[dict[str, Any]]:
        cells: list[dict[str, Any]] = httpx.get(f"{self.console}/api/v1/cells").json()["cells"]
        return cells

    def child(self, name: str) -> int | None:
        """The process id of one of the children."""
        pid: int | None = self._row(name)["pid"]
        return pid

    def restarts(self, name: str) -> int:
        """How often one of the children was started again."""
        return int(self._row(name)["restarts"])

    def _row(self, name: str) -> dict[str, Any]:
        row: dict[str, Any] = next(row for row in self.health()["children"] if row["name"] == name)
        return row


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process that is stopped for a while."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ask(client: httpx.Client, base: str, model_name: str, prompt: Prompt, **more: Any) -> httpx.Response:
    """Send one prompt as plain HTTP."""
    body = {"model": model_name, "messages": [dict(message) for message in prompt.messages], "temperature": prompt.temperature} | more
    return client.post(f"{base}/v1/chat/completions", json=body)


def run(*words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run the product's command line to its end."""
    return subprocess.run(evenhand(*words), capture_output=True, text=True, check=False, timeout=60, **options)
