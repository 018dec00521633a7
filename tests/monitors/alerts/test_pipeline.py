from pathlib import Path

import pytest

from tests.monitors.alerts.promtool import Case, firing, needs_promtool, without_texts
from tests.monitors.example_views import settings

AT = {"job": "evenhand-monitor", "instance": "m"}
HERE = 'job="evenhand-monitor",instance="m"'
CELL = 'model="support",route="hiring"'
WAITING = f"evenhand_queue_length{{{HERE}}}"
WORKING = f"evenhand_exchanges_in_progress{{{HERE}}}"
PIPELINE = {"category": "pipeline"}


def exchanges(fate: str) -> str:
    return f'evenhand_exchanges_total{{{HERE},{CELL},fate="{fate}"}}'


@needs_promtool
def test_a_monitor_that_takes_nothing_while_something_waits_is_stalled(tmp_path: Path) -> None:
    series = {WAITING: "5x60", WORKING: "0x60", exchanges("scored"): "0+1x10 10x50", exchanges("shed"): "0+3x60"}
    rules = without_texts(tmp_path, settings())
    firing(tmp_path, rules, Case(series, "20m", "EvenhandMonitorStalled"))
    firing(tmp_path, rules, Case(series, "50m", "EvenhandMonitorStalled", [{**AT, "severity": "warning", **PIPELINE}]))


@needs_promtool
@pytest.mark.parametrize(
    ("length", "scored"), [("5x60", "0+1x60"), ("0x60", "7x60"), ("5x20 0 5x40", "7x60")], ids=["working", "idle", "emptied in between"]
)
def test_a_monitor_that_works_or_has_nothing_to_do_is_not_stalled(tmp_path: Path, length: str, scored: str) -> None:
    series = {WAITING: length, WORKING: "0x60", exchanges("scored"): scored}
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "30m", "EvenhandMonitorStalled"))


@needs_promtool
def test_the_gateways_view_of_the_queue_is_no_stalled_monitor(tmp_path: Path) -> None:
    series = {WAITING: "5x60", WORKING: "2x60", exchanges("scored"): "0+1x60", WAITING.replace("monitor", "gateway"): "5x60"}
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "30m", "EvenhandMonitorStalled"))


@needs_promtool
@pytest.mark.parametrize(
    ("metric", "much", "little"),
    [("queue_oldest_seconds", "1000", "800"), ("queue_length", "16001", "15999"), ("queue_bytes", "429496730", "429496729")],
)
def test_a_queue_that_is_old_or_nearly_full_is_a_backlog(tmp_path: Path, metric: str, much: str, little: str) -> None:
    rules, name = without_texts(tmp_path, settings()), f"evenhand_{metric}{{{HERE}}}"
    both = {name: f"{much}x30", name.replace("monitor", "gateway"): f"{much}x30"}
    firing(tmp_path, rules, Case(both, "20m", "EvenhandBacklog", [{"severity": "warning", **PIPELINE}]))
    firing(tmp_path, rules, Case({name: f"{little}x30"}, "20m", "EvenhandBacklog"))


@needs_promtool
def test_a_budget_that_leaves_exchanges_out_is_told_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    rules = without_texts(tmp_path, settings())
    told = [{"model": "support", "route": "hiring", "severity": "info", **PIPELINE}]
    firing(tmp_path, rules, Case({exchanges("over_budget"): "0+1x60"}, "30m", "EvenhandBudgetExhausted", told))
    firing(tmp_path, rules, Case({exchanges("over_budget"): "9x60"}, "30m", "EvenhandBudgetExhausted"))


@needs_promtool
def test_a_scorer_that_fails_often_is_told_and_one_that_fails_now_and_then_is_not(tmp_path: Path) -> None:
    errors, rules = f'evenhand_scorer_errors_total{{{HERE},scorer="decision"}}', without_texts(tmp_path, settings())
    told = [{**AT, "scorer": "decision", "severity": "warning", **PIPELINE}]
    firing(tmp_path, rules, Case({errors: "0+1x90", exchanges("scored"): "0+10x90"}, "1h", "EvenhandScorerErrors", told))
    firing(tmp_path, rules, Case({errors: "0+1x90", exchanges("scored"): "0x90"}, "1h", "EvenhandScorerErrors", told))
    firing(tmp_path, rules, Case({errors: "0+1x90", exchanges("scored"): "0+30x90"}, "1h", "EvenhandScorerErrors"))
