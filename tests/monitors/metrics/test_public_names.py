"""Code, rules, dashboards, runbooks and documentation use the same names."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Metric

from evenhand import resources
from gateway.metrics import Metrics
from gateway.metrics.families import Families
from gateway.metrics.genai import COMMON, GenAi
from gateway.queue import Depth
from monitors.alerts import Recording, groups, prometheus_file
from monitors.metrics.families import ALL, PREFIX
from tests.monitors.example_views import settings

DASHBOARDS = sorted(resources.path("grafana/dashboards").glob("*.json"))
DOCUMENT = resources.path("docs/metrics.md").read_text()
NAME = re.compile(r"[a-z_0-9:]*evenhand_[a-z0-9_:]+")
PARTS = re.compile(r"_(bucket|sum|count)$")


@dataclass(frozen=True)
class Exported:
    type: str
    labels: tuple[str, ...]


def of_gateway() -> dict[str, Exported]:
    made, registry = Metrics(config_hash="h", version="v", genai_names=True), CollectorRegistry()
    made.watch_queue(lambda: Depth(0, 0, None, 0), lambda: 0)
    Families(registry), GenAi(registry)
    labels = {metric.describe()[0].name: metric._labelnames for metric in registry._collector_to_names}  # type: ignore[attr-defined]
    names = {}
    for family in made.registry.collect():
        full = family.name + ("_total" if family.type == "counter" else "")
        names[full] = Exported(family.type, labels.get(family.name) or _labels_of_samples(family))
    return names


def _labels_of_samples(family: Metric) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for sample in family.samples for label in sample.labels if label != "le"))


def exported() -> dict[str, Exported]:
    """Every family that gateway or monitor exports, by full name."""
    return of_gateway() | {family.full_name: Exported(family.type, family.labels) for family in ALL}


def recorded() -> set[str]:
    return {rule.name for group in groups(settings()) for rule in group.rules if isinstance(rule, Recording)}


def names_in(text: str) -> set[str]:
    """Names of series in expressions, histograms by their family; a prefix in a text about others is none."""
    known = exported()
    found = set()
    for name in NAME.findall(text):
        family = PARTS.sub("", name)
        found.add(family if family in known else name)
    return {name for name in found if name != PREFIX}


def expressions(panel: dict[str, Any]) -> str:
    return "\n".join(target["expr"] for target in panel.get("targets", []))


def variables(dashboard: dict[str, Any]) -> str:
    return "\n".join(variable["definition"] for variable in dashboard["templating"]["list"] if "definition" in variable)


def used_in_dashboards() -> set[str]:
    found: set[str] = set()
    for file in DASHBOARDS:
        dashboard = json.loads(file.read_text())
        found |= names_in(variables(dashboard))
        for panel in dashboard["panels"]:
            found |= names_in(expressions(panel))
    return found


def documented() -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = re.findall(r"^\| `(\S+)` \| (\w+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", DOCUMENT, flags=re.MULTILINE)
    return {name: (kind, () if labels == "–" else tuple(labels.split(", "))) for name, kind, labels in rows}


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_every_metric_of_a_dashboard_is_exported_or_recorded(file: Path) -> None:
    dashboard = json.loads(file.read_text())
    used = names_in(variables(dashboard)) | {name for panel in dashboard["panels"] for name in names_in(expressions(panel))}
    assert used <= set(exported()) | recorded()


def test_every_metric_of_a_rule_is_exported_or_recorded() -> None:
    used = names_in(prometheus_file(groups(settings()), "https://r.example"))
    assert used <= set(exported()) | recorded()


def test_every_metric_of_a_runbook_is_exported() -> None:
    for file in resources.path("docs/runbooks").glob("*.md"):
        assert names_in(file.read_text()) <= set(exported()), file.name


def test_every_recording_is_used() -> None:
    text = prometheus_file(groups(settings()), "https://r.example") + "".join(file.read_text() for file in DASHBOARDS)
    for name in recorded():
        assert len(re.findall(rf"{re.escape(name)}(?![a-z0-9_])", text)) > 1, name


def test_the_documentation_lists_exactly_what_is_exported_with_type_and_labels() -> None:
    known, told = exported(), documented()
    assert set(told) == set(known)
    for name, (kind, labels) in told.items():
        assert kind == known[name].type, name
        assert (COMMON + labels if name.startswith("gen_ai_") else labels) == known[name].labels, name


def test_every_exported_metric_is_on_a_panel_or_in_a_rule_or_documented_as_extra() -> None:
    extra = set(re.findall(r"`((?:evenhand|gen_ai)_\w+)`", DOCUMENT.split("## Used nowhere")[1]))
    used = used_in_dashboards() | names_in(prometheus_file(groups(settings()), "https://r.example"))
    assert set(exported()) - used == extra
