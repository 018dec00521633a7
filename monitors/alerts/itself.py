"""Alerts about Evenhand being there at all."""

from collections.abc import Iterator

from monitors.alerts.rule import Alert

GATEWAYS, MONITORS = 'job=~"evenhand.*",job!~".*monitor"', 'job=~"evenhand.*monitor"'


def down() -> tuple[Alert, Alert]:
    """A process that cannot be scraped: critical for the gateway, a warning for the monitor, which live traffic does not need."""
    summary = "{{ $labels.job }} on {{ $labels.instance }} cannot be scraped."
    return (
        Alert(
            name="EvenhandDown",
            expr=f"up{{{GATEWAYS}}} == 0",
            wait="1m",
            severity="critical",
            category="gateway",
            summary=summary,
            description="{{ $labels.instance }} has not answered /metrics for a minute: clients may be without a gateway. "
            "Look at its process and log, at /livez and /readyz, and at the port.",
        ),
        Alert(
            name="EvenhandDown",
            expr=f"up{{{MONITORS}}} == 0",
            wait="2m",
            severity="warning",
            category="pipeline",
            summary=summary,
            description="{{ $labels.instance }} has not answered /metrics for two minutes. Live traffic goes on without the monitor; "
            "exchanges wait in the queue and nothing is measured. No parity alert can be raised or cleared until it is back.",
        ),
    )


def unknown(*, monitored: bool) -> Iterator[Alert]:
    """Prometheus has no target at all of a kind: then nothing else here can fire about it."""
    wanted = [("gateway", GATEWAYS, "evenhand-gateway")] + ([("monitor", MONITORS, "evenhand-monitor")] if monitored else [])
    for part, jobs, job in wanted:
        yield Alert(
            name="EvenhandDown",
            expr=f"absent(up{{{jobs}}})",
            wait="10m",
            severity="warning",
            category="gateway" if part == "gateway" else "pipeline",
            labels={"part": part},
            summary=f"Prometheus scrapes no {part} of Evenhand.",
            description=f"No target of a job such as {job} has been known to Prometheus for ten minutes, so that no rule about the {part} "
            "can fire. Look at its scrape configuration: the rules know the jobs by these names.",
        )


def watchdog() -> Alert:
    """Always fires: when it stops arriving, alerting itself is broken."""
    return Alert(
        name="EvenhandWatchdog",
        expr="vector(1)",
        severity="none",
        category="watchdog",
        summary="Alerting works.",
        description="This alert always fires. Its receiver raises the alarm when it stops coming: then Prometheus, its rules or "
        "Alertmanager are down, and silence means nothing.",
    )


def config_reload_failed() -> Alert:
    """The configuration file is not what runs: whoever changed it may believe that it is."""
    return Alert(
        name="EvenhandConfigReloadFailed",
        expr="min by (job, instance) (evenhand_config_last_reload_successful) == 0",
        wait="5m",
        severity="warning",
        category="gateway",
        summary="The configuration of {{ $labels.instance }} was changed and does not run.",
        description="{{ $labels.job }} on {{ $labels.instance }} goes on with the configuration of before, since the file was changed to "
        "one that is wrong or cannot be put to work. A key that was taken out of it still opens the gateway. /healthz names the mistakes.",
    )


def label_overflow() -> Alert:
    """Series are being folded or left out. The monitor counts a value once, so there the count alone is the signal."""
    return Alert(
        name="EvenhandLabelOverflow",
        expr=(
            "increase(evenhand_label_overflow_total[1h]) > 0\n"
            "or\n"
            "(evenhand_label_overflow_total > 0 and on (job, instance) evenhand_exchanges_in_progress)"
        ),
        wait="10m",
        severity="info",
        category="pipeline",
        summary="Label values outside the closed sets on {{ $labels.instance }}: {{ $labels.label }}.",
        description="{{ $labels.job }} on {{ $labels.instance }} met values of the label {{ $labels.label }} that the configuration "
        "does not name. Counters hold them under _other; cells with such a value are not exported and cannot alert.",
    )
