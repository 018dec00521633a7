"""Runs rules through ``promtool test rules``: series in, alerts out, over simulated time."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import Settings
from monitors import alerts
from monitors.alerts import Alert

RUNBOOKS = "https://runbooks.example"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus has it)"
)


@dataclass
class Case:
    """Series as ``name{labels}`` with values in promtool's notation, one a ``step``, and what must be firing at a time."""

    series: dict[str, str]
    at: str
    alert: str
    firing: list[dict[str, str]] = field(default_factory=list)
    step: str = "1m"


def rules_file(folder: Path, settings: Settings) -> Path:
    """The rules that the configuration gives, as a file."""
    file = folder / "rules.yml"
    file.write_text(alerts.prometheus_file(alerts.groups(settings), RUNBOOKS), encoding="utf-8")
    return file


def alerts_of(settings: Settings) -> list[Alert]:
    """Every alerting rule of a configuration."""
    return [rule for group in alerts.groups(settings) for rule in group.rules if isinstance(rule, Alert)]


def without_texts(folder: Path, settings: Settings) -> Path:
    """The same rules with no annotation but the runbook's address, for cases that are about firing alone."""
    tree = yaml.safe_load(rules_file(folder, settings).read_text(encoding="utf-8"))
    for group in tree["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    file = folder / "bare_rules.yml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return file


def firing(folder: Path, rules: Path, case: Case, annotations: dict[str, str] | None = None) -> None:
    """Assert that exactly the alerts of the case fire, with those labels (and annotations, where given)."""
    expected: list[dict[str, Any]] = [
        {"exp_labels": labels} | ({"exp_annotations": annotations} if annotations else {}) for labels in case.firing
    ]
    tree = yaml.safe_load(rules.read_text(encoding="utf-8"))
    tree["groups"] = [group for group in tree["groups"] if any(rule.get("alert") == case.alert for rule in group["rules"])]
    alone = folder / "alone.yml"
    alone.write_text(yaml.safe_dump(tree, sort_keys=False, width=10**6, allow_unicode=True), encoding="utf-8")
    test = {
        "rule_files": [str(alone)],
        "evaluation_interval": case.step,
        "tests": [
            {
                "interval": case.step,
                "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
                "alert_rule_test": [{"eval_time": case.at, "alertname": case.alert, "exp_alerts": expected}],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump(test, sort_keys=False, width=10**6, allow_unicode=True), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
