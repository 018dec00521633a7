from pathlib import Path

import pytest

from tests.monitors.alerts.promtool import Case, firing, needs_promtool, without_texts
from tests.monitors.example_views import CONFIG, settings

FAST = {"model": "support", "long": "1h", "short": "5m", "severity": "critical", "category": "gateway"}
SLOW = {"model": "support", "long": "6h", "short": "30m", "severity": "critical", "category": "gateway"}
CREEPING = {"model": "support", "long": "1d", "short": "2h", "severity": "warning", "category": "gateway"}


def requests(code: int, origin: str) -> str:
    return f'evenhand_requests_total{{model="support",endpoint="chat_completions",code="{code}",origin="{origin}"}}'


GOOD = requests(200, "upstream")


@needs_promtool
def test_a_budget_that_burns_fast_pages_and_stops_when_the_errors_stop(tmp_path: Path) -> None:
    rules = without_texts(tmp_path, settings())
    series = {GOOD: "0+100x400", requests(502, "gateway"): "0x60 0+5x90 450x250"}
    firing(tmp_path, rules, Case(series, "59m", "EvenhandErrorBudgetBurn"))
    firing(tmp_path, rules, Case(series, "140m", "EvenhandErrorBudgetBurn", [CREEPING, FAST, SLOW]))
    firing(tmp_path, rules, Case(series, "210m", "EvenhandErrorBudgetBurn", [CREEPING]))


@needs_promtool
def test_a_budget_that_burns_slowly_is_a_warning(tmp_path: Path) -> None:
    series = {GOOD: "0+100x300", requests(503, "gateway"): "0+0.4x300"}
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "4h", "EvenhandErrorBudgetBurn", [CREEPING]))


@needs_promtool
@pytest.mark.parametrize(
    "errors", [{requests(500, "upstream"): "0+50x200"}, {requests(429, "gateway"): "0+50x200"}, {requests(502, "gateway"): "0x100 3x100"}],
    ids=["upstream errors", "refusals of ours", "three errors"],
)  # fmt: skip
def test_what_is_not_our_failure_or_too_little_burns_nothing(tmp_path: Path, errors: dict[str, str]) -> None:
    firing(tmp_path, without_texts(tmp_path, settings()), Case({GOOD: "0+1x200", **errors}, "103m", "EvenhandErrorBudgetBurn"))


def overhead(slow_share: float) -> dict[str, str]:
    labels = 'job="evenhand-gateway",phase="request"'
    return {
        f'evenhand_overhead_seconds_bucket{{{labels},le="0.005"}}': f"0+{100 - 100 * slow_share:g}x60",
        f'evenhand_overhead_seconds_bucket{{{labels},le="0.01"}}': f"0+{100 - 100 * slow_share:g}x60",
        f'evenhand_overhead_seconds_bucket{{{labels},le="0.05"}}': "0+100x60",
        f'evenhand_overhead_seconds_bucket{{{labels},le="+Inf"}}': "0+100x60",
    }


@needs_promtool
def test_added_time_over_ten_milliseconds_in_one_request_of_a_hundred_is_told(tmp_path: Path) -> None:
    rules = without_texts(tmp_path, settings())
    told = [{"job": "evenhand-gateway", "phase": "request", "severity": "warning", "category": "gateway"}]
    firing(tmp_path, rules, Case(overhead(0.02), "30m", "EvenhandOverheadHigh", told))
    firing(tmp_path, rules, Case(overhead(0.005), "30m", "EvenhandOverheadHigh"))
    firing(tmp_path, rules, Case(overhead(0.02), "8m", "EvenhandOverheadHigh"))


@needs_promtool
def test_objectives_are_those_of_the_configuration(tmp_path: Path) -> None:
    lax = without_texts(tmp_path, settings("metrics: {error_objective: 0.9, overhead_objective_seconds: 0.5}\n" + CONFIG))
    series = {GOOD: "0+100x300", requests(503, "gateway"): "0+0.4x300"}
    firing(tmp_path, lax, Case(series, "4h", "EvenhandErrorBudgetBurn"))
    assert "p99_5m > 0.5" in lax.read_text()
