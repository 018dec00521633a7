"""No container runs where these tests do, so compose.yaml is held to the schema of such files and to what it mounts and starts."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from evenhand.cli import COMMANDS
from gateway.settings import load
from tests.integration.clients.installed import compose_schema

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "compose.yaml"
TREE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = TREE["services"]


def without_variables(text: str) -> str:
    """What compose puts in the place of variables that are not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def mounts() -> list[tuple[str, str, str]]:
    """Service, source (this repository's files only) and target of each mount."""
    found = []
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source, target, *_ = without_variables(volume).split(":")
            if source.startswith("."):
                found.append((name, source, target))
    return found


@pytest.mark.integration
def test_it_is_a_compose_file() -> None:
    schema = json.loads(compose_schema().read_text())
    jsonschema.Draft7Validator(schema).validate(TREE)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({"services": {"a": {"imaeg": "b"}}})


def test_it_brings_up_the_four_that_belong_together() -> None:
    assert {"evenhand", "prometheus", "alertmanager", "grafana"} <= set(SERVICES)
    for name, service in SERVICES.items():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]) or service["build"] == ".", f"{name} is pinned"


def test_every_file_that_is_mounted_exists_and_parses() -> None:
    assert len(mounts()) == 6
    for name, source, _ in mounts():
        place = ROOT / source
        files = [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
        assert files, f"{name} mounts {source}"
        for file in files:
            json.loads(file.read_text()) if file.suffix == ".json" else yaml.safe_load(file.read_text())


def test_the_mounted_configuration_runs_without_any_variable_set() -> None:
    (config,) = {source for _, source, target in mounts() if target == "/etc/evenhand/evenhand.yaml"}
    loaded = load(ROOT / config, {})
    assert loaded.settings.monitor is not None
    assert str(loaded.settings.data_dir) == "evenhand-data", "under the image's working folder, which is the volume"


def test_every_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert {name for name in used if not name.startswith((".", "$"))} == set(TREE["volumes"])


def test_what_evenhand_is_started_with_exists() -> None:
    assert SERVICES["evenhand"]["command"][0] in COMMANDS
    (script,) = SERVICES["rules"]["command"]
    assert re.findall(r"^evenhand (\w+)", script, flags=re.MULTILINE) == ["rules"]


def test_all_listen_where_the_shipped_files_look_for_them() -> None:
    prometheus = yaml.safe_load((ROOT / "config/prometheus/prometheus.yml").read_text())
    scraped = {target for job in prometheus["scrape_configs"] for target in job["static_configs"][0]["targets"]}
    alertmanagers = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    listens = {name: _listens(service) for name, service in SERVICES.items()}
    assert listens["prometheus"] in scraped
    assert [listens["alertmanager"]] == alertmanagers
    assert {"127.0.0.1:4000", "127.0.0.1:4100"} <= scraped
    assert SERVICES["grafana"]["environment"]["PROMETHEUS_URL"] == f"http://{listens['prometheus']}"
    assert {service["network_mode"] for service in SERVICES.values()} == {"host"}


def test_grafana_finds_its_data_source_and_dashboards_where_they_are_mounted() -> None:
    targets = {target for name, _, target in mounts() if name == "grafana"}
    provider = yaml.safe_load((ROOT / "grafana/provisioning/dashboards/evenhand.yaml").read_text())["providers"][0]
    assert {provider["options"]["path"], "/etc/grafana/provisioning"} == targets
    source = yaml.safe_load((ROOT / "grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"][0]
    assert source["url"].strip("${}") in SERVICES["grafana"]["environment"]


def _listens(service: dict[str, Any]) -> str | None:
    words = service.get("command", [])
    return next((word.partition("=")[2] for word in words if word.startswith("--web.listen-address=")), None)
