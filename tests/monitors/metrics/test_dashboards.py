"""Dashboards are held to what an operator and the drawing tool expect of them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand import resources
from monitors.declare import FAULTS

FILES = sorted(resources.path("grafana/dashboards").glob("*.json"))
DRAWN = {"row", "timeseries", "stat", "bargauge", "gauge", "table", "text"}
BUILT_IN = {"__rate_interval", "__range", "__interval", "datasource"}


def load(file: Path) -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(file.read_text())
    return dashboard


def panels(file: Path) -> Iterator[dict[str, Any]]:
    yield from (panel for panel in load(file)["panels"] if panel["type"] != "row")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_panel_can_be_drawn_and_has_unit_description_and_queries(file: Path) -> None:
    for panel in panels(file):
        assert panel["type"] in DRAWN, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["targets"], panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"] if target.get("format") != "table"), panel["title"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_panels_have_ids_of_their_own_and_do_not_overlap(file: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in load(file)["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24, panel["title"]
        places = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert not taken & places, panel["title"]
        taken |= places
    ids = [panel["id"] for panel in load(file)["panels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_variable_is_declared_and_used_and_rates_take_the_scrape_interval_into_account(file: Path) -> None:
    dashboard = load(file)
    declared = {variable["name"] for variable in dashboard["templating"]["list"]}
    text = "\n".join(target["expr"] for panel in panels(file) for target in panel["targets"])
    links = "\n".join(link["url"] for panel in panels(file) for link in panel.get("links", []))
    used = set(re.findall(r"\$\{?(\w+)", text + links))
    assert used <= declared | BUILT_IN
    assert declared - {"datasource"} <= used
    assert not re.findall(r"rate\([^()]*\[(?!\$__rate_interval)", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_dashboard_can_be_edited_away_and_all_link_to_each_other(file: Path) -> None:
    dashboard = load(file)
    assert dashboard["uid"] == f"evenhand-{file.stem}"
    assert dashboard["editable"] is False
    assert dashboard["tags"] == ["evenhand"]
    assert dashboard["links"][0]["tags"] == ["evenhand"]
    assert dashboard["schemaVersion"] == 39


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus has it)")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_query_is_promql(file: Path, tmp_path: Path) -> None:
    rules = []
    for panel in panels(file):
        for target in panel["targets"]:
            expr = re.sub(r"\$__(rate_interval|range|interval)", "5m", target["expr"])
            rules.append({"record": f"p{panel['id']}:{target['refId']}:q", "expr": re.sub(r"\$\w+", ".*", expr)})
    (tmp_path / "r.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(tmp_path / "r.yml")], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


def test_provisioning_names_the_data_source_and_the_dashboards() -> None:
    folder = resources.path("grafana/provisioning")
    source = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"][0]
    assert (source["type"], source["uid"], source["isDefault"]) == ("prometheus", "prometheus", True)
    provider = yaml.safe_load((folder / "dashboards/evenhand.yaml").read_text())["providers"][0]
    assert provider["type"] == "file"
    assert provider["options"]["path"].startswith("/")


def test_what_stands_beside_an_outcome_is_told_apart_by_all_its_names() -> None:
    texts = {file.stem: file.read_text() for file in FILES}
    for name in ("overview", "parity"):
        (beside,) = set(re.findall(r'outcome!~\\"([^"\\]+)\\"', texts[name]))
        assert set(beside.split("|")) == {*FAULTS, ".*_given"}
    (shown,) = set(re.findall(r'outcome=~\\"([^"\\]*_given[^"\\]*)\\"', texts["parity"]))
    assert set(shown.split("|")) == {*FAULTS, "${outcome}_given"}
