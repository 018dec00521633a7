import json
import shutil
import time
from pathlib import Path

import httpx
import pytest

from evenhand.demo import chain
from evenhand.demo.children import Children
from evenhand.demo.webhook import Page, Webhook

RULES = """
groups:
  - name: test
    rules:
      - alert: EvenhandParityGap
        expr: vector(1)
        labels: {model: rigged, axis: gender, outcome: decision}
      - alert: EvenhandParityGap
        expr: vector(1)
        labels: {model: rigged, axis: gender, outcome: decision_given}
      - alert: EvenhandWatchdog
        expr: vector(1)
"""


def test_the_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None if program == "prometheus" else "/usr/bin/" + program)
    assert chain.missing() == ["prometheus"]


@pytest.mark.integration
@pytest.mark.skipif(bool(chain.missing()), reason="needs Prometheus and Alertmanager")
def test_an_alert_reaches_the_webhook_and_the_heartbeat_does_not(tmp_path: Path) -> None:
    arrived: list[Page] = []
    with Webhook(arrived.append) as webhook, Children(tmp_path) as children:
        running = chain.start(children, tmp_path, RULES, "127.0.0.1:1", "127.0.0.1:2", webhook.url)
        while len(arrived) < 2:
            children.check()
            time.sleep(0.05)
        targets = httpx.get(f"{running.prometheus_url}/api/v1/targets").json()["data"]["activeTargets"]
    assert {page.labels["outcome"] for page in arrived} == {"decision", "decision_given"}
    assert {target["labels"]["job"] for target in targets} == {"evenhand", "evenhand-monitor"}
    assert json.loads((tmp_path / "alertmanager.yml").read_text())["route"]["group_by"] == ["alertname", "model", "axis"]
