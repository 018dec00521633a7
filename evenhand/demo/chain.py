"""From the monitor's metrics to a page: a Prometheus and an Alertmanager for the demo, where they are installed."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from evenhand.demo.children import Children, free_port

PROGRAMS = ("prometheus", "prometheus-alertmanager")
INSTALL = "apt-get install prometheus prometheus-alertmanager"
INTERVAL = "1s"


@dataclass(frozen=True)
class Chain:
    """The addresses of the two running servers."""

    prometheus_url: str
    alertmanager_url: str


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def start(children: Children, folder: Path, rules: str, gateway: str, console: str, webhook_url: str) -> Chain:
    """Start both servers; `gateway` and `console` are HOST:PORT to scrape, `rules` is the text of a rule file."""
    prometheus, alertmanager = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    (folder / "prometheus.yml").write_text(json.dumps(_prometheus(gateway, console, alertmanager)), encoding="utf-8")
    (folder / "alertmanager.yml").write_text(json.dumps(_alertmanager(webhook_url)), encoding="utf-8")
    children.start(
        "prometheus-alertmanager",
        [
            "prometheus-alertmanager",
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            f"--web.listen-address={alertmanager}",
            "--cluster.listen-address=",  # no gossip: it would listen on all interfaces
        ],
    )
    children.start(
        "prometheus",
        [
            "prometheus",
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=prometheus",
            f"--web.listen-address={prometheus}",
            "--rules.alert.resend-delay=5s",  # an alert sent before it found Alertmanager would wait for a minute
        ],
    )
    children.wait_ready("prometheus", f"http://{prometheus}/-/ready")
    children.wait_ready("prometheus-alertmanager", f"http://{alertmanager}/-/ready")
    return Chain(f"http://{prometheus}", f"http://{alertmanager}")


def _prometheus(gateway: str, console: str, alertmanager: str) -> dict[str, object]:
    targets = {"evenhand": gateway, "evenhand-monitor": console}
    return {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [target]}]} for job, target in targets.items()],
    }


def _alertmanager(webhook_url: str) -> dict[str, object]:
    """One page for a model's gaps on an axis, whichever cells show them; the watchdog's heartbeat goes nowhere."""
    return {
        "route": {
            "receiver": "webhook",
            "group_by": ["alertname", "model", "axis"],
            "group_wait": INTERVAL,
            "group_interval": "2s",
            "repeat_interval": "4h",
            "routes": [{"receiver": "nowhere", "matchers": ['alertname="EvenhandWatchdog"']}],
        },
        "receivers": [{"name": "webhook", "webhook_configs": [{"url": webhook_url, "send_resolved": False}]}, {"name": "nowhere"}],
    }
