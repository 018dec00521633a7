"""Prometheus's rules, written from the configuration: a parity alert follows the monitor's latched verdict, the others are operational.

``parity`` · ``content`` · ``coverage`` · ``pipeline`` · ``gateway`` · ``itself`` (by kind) · ``words`` (texts) · ``rule`` · ``write``.
"""

from gateway.settings import MonitorSettings, Settings
from monitors.alerts import content, coverage, gateway, itself, parity, pipeline
from monitors.alerts.rule import Alert, Group, Recording
from monitors.alerts.write import operator_manifest, prometheus_file

__all__ = ["CONSOLE", "Alert", "Group", "Recording", "groups", "operator_manifest", "prometheus_file"]

CONSOLE = "http://127.0.0.1:4100"


def groups(settings: Settings) -> list[Group]:
    """Every rule whose metrics exist; without a ``monitor:`` section those of the gateway alone."""
    goals = settings.metrics
    parts = [
        Group(
            "evenhand-gateway",
            (*gateway.recordings(goals), *gateway.error_budget_burn(goals), gateway.overhead_high(goals)),
            interval="30s",
        ),
        Group("evenhand-itself", _of_itself(settings)),
    ]
    return parts if settings.monitor is None else [*_of_monitor(settings, settings.monitor), *parts]


def _of_itself(settings: Settings) -> tuple[Alert, ...]:
    down = (*itself.down(), *itself.unknown(monitored=settings.monitor is not None))
    return (*down, itself.config_reload_failed(), itself.label_overflow(), itself.watchdog())


def _of_monitor(settings: Settings, monitor: MonitorSettings) -> list[Group]:
    console = monitor.console_url or CONSOLE
    cells = [rule(tier, console) for tier in parity.SEVERITY_OF_TIER for rule in (parity.parity_gap, parity.instrument_suspect)]
    running = (pipeline.stalled(), pipeline.backlog(monitor), pipeline.budget_exhausted(), pipeline.scorer_errors())
    return [
        Group("evenhand-parity", tuple(cells)),
        Group("evenhand-content", (content.toxicity(),), interval="1m"),
        Group(
            "evenhand-coverage",
            (*coverage.skip_recordings(), *coverage.coverage_lost(), *coverage.skip_imbalance(settings), coverage.deaf()),
            interval="1m",
        ),
        Group("evenhand-pipeline", running),
    ]
