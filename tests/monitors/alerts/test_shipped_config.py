"""The files that are shipped for Prometheus and Alertmanager, checked by the programs that read them."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from evenhand import resources
from monitors.alerts import Alert, groups
from tests.monitors.alerts.promtool import needs_promtool, rules_file
from tests.monitors.example_views import settings

ALERTMANAGER = resources.path("config/alertmanager/alertmanager.yml")
PROMETHEUS = resources.path("config/prometheus/prometheus.yml")
needs_amtool = pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed (Debian: prometheus-alertmanager)")
CELL = {"alertname": "EvenhandParityGap", "model": "a", "axis": "gender", "outcome": "decision", "group": "female", "route": "hiring"}
WHOLE = {**CELL, "group": "_all", "route": "_all"}


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_promtool_accepts_the_shipped_prometheus_with_the_rules_beside_it(tmp_path: Path) -> None:
    shutil.copy(PROMETHEUS, tmp_path)
    rules_file(tmp_path, settings())
    run("promtool", "check", "config", "--lint=all", "--lint-fatal", str(tmp_path / PROMETHEUS.name))


def test_the_jobs_are_the_ones_that_the_rules_know() -> None:
    jobs = {job["job_name"] for job in yaml.safe_load(PROMETHEUS.read_text())["scrape_configs"]}
    assert {"evenhand-gateway", "evenhand-monitor"} <= jobs


@needs_amtool
def test_amtool_accepts_the_shipped_alertmanager() -> None:
    run("amtool", "check-config", str(ALERTMANAGER))


@needs_amtool
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"severity": "critical", "category": "parity"}, "page"),
        ({"severity": "critical", "category": "gateway"}, "page"),
        ({"severity": "warning", "category": "parity"}, "review"),
        ({"severity": "info", "category": "parity"}, "review"),
        ({"severity": "warning", "category": "content"}, "review"),
        ({"severity": "warning", "category": "pipeline"}, "ticket"),
        ({"severity": "warning", "category": "coverage"}, "ticket"),
        ({"severity": "info", "category": "coverage"}, "ticket"),
        ({"severity": "none", "category": "watchdog"}, "dead-mans-switch"),
    ],
)
def test_each_severity_and_category_has_its_receiver(labels: dict[str, str], receiver: str) -> None:
    matchers = [f"{name}={value}" for name, value in labels.items()]
    assert run("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}", *matchers).strip() == receiver


def test_every_alert_that_a_rule_inhibits_or_is_inhibited_by_exists() -> None:
    known = {rule.name for group in groups(settings()) for rule in group.rules if isinstance(rule, Alert)}
    for rule in yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            if matcher.startswith("alertname"):
                assert set(matcher.split('"')[1].split("|")) <= known, matcher


@pytest.fixture
def alertmanager(tmp_path: Path, free_port: int) -> Iterator[httpx.Client]:
    """A running Alertmanager with the shipped file."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("Alertmanager is not installed (Debian: prometheus-alertmanager)")
    config = ALERTMANAGER.read_text().replace("http://127.0.0.1:9099/", "http://127.0.0.1:9/")
    (tmp_path / "am.yml").write_text(config)
    command = [
        program,
        "--config.file=am.yml",
        "--storage.path=am",
        f"--web.listen-address=127.0.0.1:{free_port}",
        "--cluster.listen-address=",
    ]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{free_port}", trust_env=False) as client:
            _wait_until_ready(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            if client.get("/-/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("Alertmanager ended before it was ready")


def held_back(client: httpx.Client, alerts: list[dict[str, str]], expected: list[bool]) -> list[bool]:
    """Which of the alerts are held back by another, all firing at once; looks until it is as expected or long enough has passed."""
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    client.post("/api/v2/alerts", json=[{"labels": labels, "endsAt": ends} for labels in alerts]).raise_for_status()
    held: list[bool] = []
    deadline = time.monotonic() + 20
    while held != expected and time.monotonic() < deadline:
        found = {json.dumps(alert["labels"], sort_keys=True): alert["status"] for alert in client.get("/api/v2/alerts").json()}
        states = [found.get(json.dumps(labels, sort_keys=True)) for labels in alerts]
        if None not in states:
            held = [bool(state and state["inhibitedBy"]) for state in states]
        time.sleep(0.1)
    return held


@pytest.mark.integration
def test_one_cause_is_one_page(alertmanager: httpx.Client) -> None:
    cell, whole = {**CELL, "severity": "critical", "category": "parity"}, {**WHOLE, "severity": "critical", "category": "parity"}
    mild = {**CELL, "model": "b", "severity": "warning", "category": "parity"}
    grave = {**WHOLE, "model": "b", "severity": "critical", "category": "parity"}
    down = {"alertname": "EvenhandDown", "job": "evenhand-gateway", "severity": "critical", "category": "gateway"}
    burn = {"alertname": "EvenhandErrorBudgetBurn", "model": "a", "severity": "critical", "category": "gateway"}
    lost = {
        "alertname": "EvenhandCoverageLost",
        "cause": "lost",
        "model": "a",
        "route": "hiring",
        "severity": "warning",
        "category": "coverage",
    }
    expected = [False, True, False, False, False, True, True]
    assert held_back(alertmanager, [cell, whole, mild, grave, down, burn, lost], expected) == expected


@pytest.mark.integration
@pytest.mark.parametrize(("severity", "receiver"), [("critical", "page"), ("warning", "review")])
def test_one_check_in_alarm_is_one_notification_whatever_it_suspends(alertmanager: httpx.Client, severity: str, receiver: str) -> None:
    shared = {**CELL, "alertname": "EvenhandInstrumentSuspect", "severity": severity, "category": "parity"}
    cells = [{**shared, "axis": axis, "outcome": outcome} for axis in ("gender", "ethnicity") for outcome in ("decision", "refusal")]
    held_back(alertmanager, cells, [False] * len(cells))
    groups = alertmanager.get("/api/v2/alerts/groups").raise_for_status().json()
    assert [(group["receiver"]["name"], len(group["alerts"])) for group in groups] == [(receiver, len(cells))]
