"""Everything that the demo starts: models, product, and the chain from metrics to a page."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from evenhand.demo import chain
from evenhand.demo.children import ChildError, Children, free_port
from evenhand.demo.configuration import Upstream, configuration, write
from evenhand.demo.judge import PLANTED, TWIN
from evenhand.demo.webhook import Webhook

LATENCY_MS = 5


@dataclass(frozen=True)
class Stage:
    """The addresses of what runs; `chain` is None where Prometheus or Alertmanager is not installed."""

    models: tuple[str, ...]
    gateway_url: str
    console_url: str
    chain: chain.Chain | None


def build(children: Children, folder: Path, webhook: Webhook, extra: Upstream | None, seed: int | None) -> Stage:
    """Start everything and return when it is ready. Raises ChildError with the log of what did not start."""
    upstreams = [_start_model(children, name, None if seed is None else seed + place) for place, name in enumerate((PLANTED, TWIN))]
    upstreams += [extra] if extra else []
    gateway, console = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    config = folder / "evenhand.yaml"
    write(config, configuration(upstreams, folder / "data", f"http://{console}"))
    ports = ["--port", gateway.rpartition(":")[2], "--console-port", console.rpartition(":")[2]]
    children.start("serve", _evenhand("serve", "--config", str(config), *ports, "--drain-seconds", "2"))
    running = chain.start(children, folder, _rules(config), gateway, console, webhook.url) if not chain.missing() else None
    for upstream in upstreams[:2]:
        children.wait_ready(upstream.name, f"{upstream.api_base}/models")
    children.wait_ready("serve", f"http://{gateway}/readyz")
    children.wait_ready("serve", f"http://{console}/readyz")
    return Stage(tuple(upstream.name for upstream in upstreams), f"http://{gateway}/v1", f"http://{console}", running)


def _start_model(children: Children, name: str, seed: int | None) -> Upstream:
    port = str(free_port())
    seeded = [] if seed is None else ["--seed", str(seed)]
    children.start(name, _evenhand("demo", "upstream", name, "--port", port, "--latency-ms", str(LATENCY_MS), *seeded))
    return Upstream(name, f"http://127.0.0.1:{port}/v1")


def _rules(config: Path) -> str:
    """Return the rule file that `evenhand rules` writes for the demo's configuration."""
    done = subprocess.run(_evenhand("rules", "--config", str(config)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildError(f"evenhand rules ended with status {done.returncode}:\n{done.stderr}")
    return done.stdout


def _evenhand(*words: str) -> list[str]:
    return [sys.executable, "-m", "evenhand", *words]
