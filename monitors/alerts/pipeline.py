"""Alerts about the way from the queue to the store."""

from gateway.settings import MonitorSettings
from monitors.alerts.rule import Alert

OLDEST_SECONDS = 900
FULL_SHARE = 0.8
FROM_GATEWAY = "not_sampled|ineligible|shed"


def stalled() -> Alert:
    """Something has waited all the time and nothing came out. The gateway shows the queue too; only the monitor has work in progress."""
    return Alert(
        name="EvenhandMonitorStalled",
        expr=(
            "min_over_time(evenhand_queue_length[15m]) > 0\n"
            "and on (job, instance) evenhand_exchanges_in_progress\n"
            "unless on (job, instance)\n"
            f'(sum by (job, instance) (increase(evenhand_exchanges_total{{fate!~"{FROM_GATEWAY}"}}[15m])) > 0)'
        ),
        wait="5m",
        severity="warning",
        category="pipeline",
        summary="The monitor on {{ $labels.instance }} takes nothing from its queue.",
        description="{{ $value }} exchanges wait and none has got a fate for 15 minutes: gaps and verdicts are those of before. "
        "Live traffic is not affected. See /healthz and the monitor's log.",
    )


def backlog(monitor: MonitorSettings) -> Alert:
    """The queue grows old or full, as gateway or monitor sees it: one page whichever of them is there."""
    items, size = int(FULL_SHARE * monitor.queue.max_items), int(FULL_SHARE * monitor.queue.max_bytes)
    return Alert(
        name="EvenhandBacklog",
        expr=(
            f"max(evenhand_queue_oldest_seconds) > {OLDEST_SECONDS}\nor\n"
            f"max(evenhand_queue_length) > {items}\nor\nmax(evenhand_queue_bytes) > {size}"
        ),
        wait="10m",
        severity="warning",
        category="pipeline",
        summary="The queue between gateway and monitor is old or nearly full.",
        description="The oldest exchange waits longer than 15 minutes, or the queue is filled to four fifths "
        f"({items} items, {size} bytes). A full queue sheds samples, which are counted; live traffic is not affected.",
    )


def budget_exhausted() -> Alert:
    """Pairs are not made for want of budget."""
    return Alert(
        name="EvenhandBudgetExhausted",
        expr='sum by (model, route) (increase(evenhand_exchanges_total{fate="over_budget"}[1h])) > 0',
        wait="15m",
        severity="info",
        category="pipeline",
        summary="The replay budget is used up: {{ $labels.model }}, route {{ $labels.route }}.",
        description='{{ $value | printf "%.0f" }} exchanges of the last hour were not compared because the budget of tokens or '
        "money of the day, or of replays a minute, left no room for a whole pair. Learning goes on more slowly.",
    )


def scorer_errors() -> Alert:
    """A scorer fails on more than one in twenty scored exchanges."""
    return Alert(
        name="EvenhandScorerErrors",
        expr=(
            "sum by (job, instance, scorer) (increase(evenhand_scorer_errors_total[30m])) > 5\n"
            "and\n"
            "sum by (job, instance, scorer) (increase(evenhand_scorer_errors_total[30m]))\n"
            "> on (job, instance) group_left ()\n"
            '0.05 * sum by (job, instance) (increase(evenhand_exchanges_total{fate="scored"}[30m]))'
        ),
        wait="10m",
        severity="warning",
        category="pipeline",
        summary="The scorer {{ $labels.scorer }} fails.",
        description='{{ $value | printf "%.0f" }} replies of the last 30 minutes got no value from {{ $labels.scorer }} by its own error. '
        "Their pairs are missing from its cells; what is missing may not be missing at random.",
    )
