"""Rules as YAML that people read in a review: block style, ``alert`` first, expressions and texts as they are."""

from collections.abc import Sequence
from typing import Any

import yaml

from monitors.alerts.rule import Group


def prometheus_file(groups: Sequence[Group], runbooks: str) -> str:
    """A rule file for ``rule_files:``."""
    return _yaml(_groups(groups, runbooks))


def operator_manifest(groups: Sequence[Group], runbooks: str) -> str:
    """A ``PrometheusRule`` for the Prometheus operator."""
    labels = {"app.kubernetes.io/name": "evenhand", "app.kubernetes.io/part-of": "evenhand"}
    return _yaml(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": "evenhand", "labels": labels},
            "spec": _groups(groups, runbooks),
        }
    )


def _groups(groups: Sequence[Group], runbooks: str) -> dict[str, Any]:
    return {"groups": [group.as_mapping(runbooks) for group in groups]}


class _Block(yaml.SafeDumper):
    """Indents lists under their key and writes several lines as a literal block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Block.add_representer(str, _text)


def _yaml(tree: dict[str, Any]) -> str:
    return yaml.dump(tree, Dumper=_Block, sort_keys=False, default_flow_style=False, allow_unicode=True, width=10**6)
