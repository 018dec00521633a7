"""Prometheus's rules as values: an alert, a recording, a group of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "warning", "info", "none"]
Category = Literal["parity", "content", "coverage", "pipeline", "gateway", "watchdog"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule. ``summary`` and ``description`` may be templates; the runbook's address follows from the name."""

    name: str
    expr: str
    severity: Severity
    category: Category
    summary: str
    description: str
    wait: str = "0s"
    labels: Mapping[str, str] = field(default_factory=dict)

    def as_mapping(self, runbooks: str) -> dict[str, Any]:
        """The rule in Prometheus's own keys, ``alert`` first."""
        return {
            "alert": self.name,
            "expr": self.expr,
            **({} if self.wait == "0s" else {"for": self.wait}),
            "labels": {"severity": self.severity, "category": self.category, **self.labels},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{runbooks.rstrip('/')}/{self.name.lower()}",
            },
        }


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording rule; its name is ``level:metric:operation``."""

    name: str
    expr: str

    def as_mapping(self, runbooks: str) -> dict[str, Any]:
        """The rule in Prometheus's own keys; a recording has no runbook."""
        return {"record": self.name, "expr": self.expr}


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated together, in order; ``interval`` None means Prometheus's own."""

    name: str
    rules: tuple[Alert | Recording, ...]
    interval: str | None = None

    def as_mapping(self, runbooks: str) -> dict[str, Any]:
        """The group in Prometheus's own keys."""
        head: dict[str, Any] = {"name": self.name, **({} if self.interval is None else {"interval": self.interval})}
        return {**head, "rules": [rule.as_mapping(runbooks) for rule in self.rules]}
