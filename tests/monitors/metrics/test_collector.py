import shutil
import subprocess

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from monitors.metrics import durations, registry
from monitors.metrics.collector import MonitorCollector
from monitors.metrics.families import ALL
from tests.monitors.example_views import Values, cell, settings

DECISION = {"model": "support", "route": "hiring", "axis": "gender", "group": "female", "outcome": "decision"}


def scraped(source: Values) -> CollectorRegistry:
    return registry(source, settings(), digest=lambda: "abc", console="http://c.example")


def value(source: Values, name: str, **labels: str) -> float | None:
    return scraped(source).get_sample_value(f"evenhand_{name}", labels)


def test_a_binary_cell_exports_its_four_counts_and_they_add_up_to_its_pairs() -> None:
    counts = [value(Values(), "pair_outcomes_total", **DECISION, result=r) for r in ("both", "group_only", "reference_only", "neither")]
    assert counts == [250, 40, 160, 150]
    assert sum(filter(None, counts)) == value(Values(), "pairs_total", **DECISION) == 600


def test_a_score_exports_unsigned_sums_and_no_outcomes() -> None:
    source = Values([cell(outcome="length", binary=False, negative_sum=-12.5)])
    labels = {**DECISION, "outcome": "length"}
    assert value(source, "pair_difference_negative_total", **labels) == 12.5
    assert value(source, "pair_difference_positive_total", **labels) == 40.0
    assert value(source, "pair_outcomes_total", **labels, result="both") is None


def test_gaps_and_evidence_are_gauges_of_the_cell() -> None:
    assert value(Values(), "parity_gap", **DECISION, window="epoch") == -0.2
    assert value(Values(), "parity_gap_lower", **DECISION, window="recent") == -0.26
    assert value(Values(), "evidence_log10", **DECISION) == 9.3
    assert value(Values(), "origin_gap", **DECISION, origin="male") == -0.21
    assert value(Values(), "swap_ratio", **DECISION) == pytest.approx(290 / 410)


def test_what_is_not_known_is_absent_and_not_zero() -> None:
    source = Values([cell(gap=None, gap_lower=None, placebo_gap=None, alarm_ms=None, names_p=None, both=0, reference_only=0)])
    for name in ("placebo_gap", "alarm_timestamp_seconds", "alarm_standing", "names_p_value", "swap_ratio"):
        assert value(source, name, **DECISION) is None, name
    assert value(source, "parity_gap", **DECISION, window="epoch") is None


def test_the_verdict_is_one_hot() -> None:
    verdicts = {
        v: value(Values(), "verdict", **DECISION, verdict=v) for v in ("learning", "within_tolerance", "beyond_tolerance", "suspended")
    }
    assert verdicts == {"learning": 0, "within_tolerance": 0, "beyond_tolerance": 1, "suspended": 0}


def test_a_roll_up_has_gauges_under_all_and_no_counters() -> None:
    labels = {**DECISION, "route": "_all", "group": "_all"}
    source = Values([cell(kind="rollup", route="", group="")])
    assert value(source, "parity_gap", **labels, window="epoch") == -0.2
    assert value(source, "pairs_total", **labels) is None


def test_a_placebo_cell_is_no_cell_of_its_own_in_metrics() -> None:
    text = generate_latest(scraped(Values([cell(kind="placebo", group="")]))).decode()
    assert "evenhand_verdict{" not in text


def test_counters_exist_at_zero_before_the_first_event() -> None:
    assert value(Values(), "exchanges_total", model="support", route="hiring", fate="scored") == 0
    assert value(Values(), "exchanges_total", model="letters", route="hiring", fate="scored") is None, "the route does not match this model"
    assert value(Values(), "skips_total", route="everything", reason="leak", origin_group="asian") == 0
    assert value(Values(), "replays_total", model="letters", result="rate_limited") == 0


def test_totals_of_the_store_are_exported_as_they_are() -> None:
    source = Values(given_totals={("exchanges_total", (("model", "support"), ("route", "hiring"), ("fate", "scored"))): 41.0})
    assert value(source, "exchanges_total", model="support", route="hiring", fate="scored") == 41


def test_values_outside_the_closed_sets_become_other_and_are_counted_once() -> None:
    totals = {("replays_total", (("model", name), ("result", "ok"))): 2.0 for name in ("gone", "made-up")}
    made = scraped(Values(given_totals=totals))
    for _ in range(3):
        generate_latest(made)
    assert made.get_sample_value("evenhand_replays_total", {"model": "_other", "result": "ok"}) == 4
    assert made.get_sample_value("evenhand_label_overflow_total", {"label": "model"}) == 2


def test_ten_thousand_unknown_models_leave_one_series_more() -> None:
    def series(source: Values) -> int:
        return sum(not line.startswith("#") for line in generate_latest(scraped(source)).decode().splitlines())

    totals = {("replays_total", (("model", f"m{i}"), ("result", "ok"))): 1.0 for i in range(10_000)}
    assert series(Values(given_totals=totals)) == series(Values()) + 1


def test_a_cell_of_a_model_that_is_not_configured_is_left_out_and_counted() -> None:
    source = Values([cell(model="gone")])
    assert value(source, "pairs_total", **{**DECISION, "model": "gone"}) is None
    assert value(source, "label_overflow_total", label="model") == 1


def test_a_family_over_its_cap_is_cut_and_that_is_counted() -> None:
    made = CollectorRegistry()
    made.register(MonitorCollector(Values(), settings(), version="1", digest=str, max_series=2))
    text = generate_latest(made).decode()
    assert text.count("\nevenhand_exchanges_total{") == 2
    overflow = made.get_sample_value("evenhand_label_overflow_total", {"label": "_series"})
    assert overflow is not None
    assert overflow > 1


def test_the_pipeline_and_the_program_itself_are_exported() -> None:
    assert value(Values(), "queue_length") == 3
    assert value(Values(), "exchanges_in_progress") == 2
    assert value(Values(), "budget_left_ratio") == 0.75
    assert value(Values(), "config_info", hash="abc") == 1
    assert value(Values(), "console_info", url="http://c.example") == 1


def test_every_family_in_the_table_is_exported_and_no_other() -> None:
    made = registry(Values(), settings(), durations=durations(settings()))
    exported = {line.split()[2] for line in generate_latest(made).decode().splitlines() if line.startswith("# TYPE")}
    assert exported == {family.full_name for family in ALL}


def test_registering_does_not_read_the_source() -> None:
    source = Values()
    scraped(source)
    assert source.readings == 0


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus has it)")
def test_promtool_finds_nothing_to_say_about_the_exposition() -> None:
    timed = durations(settings())
    timed.observe_lag(3.0, "ex_1")
    timed.observe_scorer("decision", 0.01)
    cells = [cell(), cell(id=8, outcome="length", binary=False), cell(id=9, kind="rollup", route="", group="")]
    text = generate_latest(registry(Values(cells), settings(), durations=timed))
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
