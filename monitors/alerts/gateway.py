"""Alerts about forwarding: the error budget and the time that the gateway adds."""

from collections.abc import Iterator

from gateway.settings import MetricsSettings
from monitors.alerts.rule import Alert, Recording, Severity

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d")
BURNS: tuple[tuple[str, str, float, str, Severity], ...] = (
    ("1h", "5m", 14.4, "2m", "critical"),
    ("6h", "30m", 6.0, "15m", "critical"),
    ("1d", "2h", 3.0, "1h", "warning"),
)
FEW_ERRORS = 10
SHOWN_BURNS = ("1h", "6h")
OWN_ERRORS = 'evenhand_requests_total{origin="gateway",code=~"5.."}'


def recordings(objectives: MetricsSettings) -> Iterator[Recording]:
    """Ratios of the gateway's own errors by window, how fast they use up the budget, and the added time at the 99th percentile."""
    for window in WINDOWS:
        yield Recording(
            f"model:evenhand_error:ratio_rate{window}",
            f"sum by (model) (rate({OWN_ERRORS}[{window}])) / sum by (model) (rate(evenhand_requests_total[{window}]))",
        )
    for window in SHOWN_BURNS:
        ratio, budget = f"model:evenhand_error:ratio_rate{window}", 1 - objectives.error_objective
        yield Recording(f"model:evenhand_error_budget:burn_rate{window}", f"{ratio} / {budget:.6g}")
    yield Recording(
        "job_phase:evenhand_overhead_seconds:p99_5m",
        "histogram_quantile(0.99, sum by (job, phase, le) (rate(evenhand_overhead_seconds_bucket[5m])))",
    )


def error_budget_burn(objectives: MetricsSettings) -> Iterator[Alert]:
    """The error budget of 30 days is being used up too fast, over a long and a short window at once."""
    for long, short, factor, wait, severity in BURNS:
        limit = f"{factor * (1 - objectives.error_objective):.6g}"
        yield Alert(
            name="EvenhandErrorBudgetBurn",
            expr=(
                f"model:evenhand_error:ratio_rate{long} > {limit}\nand\nmodel:evenhand_error:ratio_rate{short} > {limit}\n"
                f"and\nsum by (model) (increase({OWN_ERRORS}[{long}])) >= {FEW_ERRORS}"
            ),
            wait=wait,
            severity=severity,
            category="gateway",
            labels={"long": long, "short": short},
            summary=f"{{{{ $labels.model }}}} burns its error budget {factor:g} times too fast.",
            description=f"{{{{ $value | humanizePercentage }}}} of the requests for {{{{ $labels.model }}}} over {long} got a 5xx of the "
            "gateway's own, an upstream that it could not reach included; what an upstream answers does not count. The objective is "
            f"{100 * objectives.error_objective:g} % without, over 30 days.",
        )


def overhead_high(objectives: MetricsSettings) -> Alert:
    """The gateway adds more than its objective to one request in a hundred."""
    most = objectives.overhead_objective_seconds
    return Alert(
        name="EvenhandOverheadHigh",
        expr=f"job_phase:evenhand_overhead_seconds:p99_5m > {most:g}",
        wait="10m",
        severity="warning",
        category="gateway",
        summary=f"The gateway adds more than {1000 * most:g} ms ({{{{ $labels.phase }}}}).",
        description="The 99th percentile of the time that {{ $labels.job }} adds in phase {{ $labels.phase }} is "
        "{{ $value | humanizeDuration }}. Look for a busy processor, large bodies, or too few workers.",
    )
