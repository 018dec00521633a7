from prometheus_client import CollectorRegistry, generate_latest

from monitors.metrics import durations
from tests.monitors.example_views import settings


def test_what_is_observed_is_counted_by_scorer_and_unknown_scorers_are_other() -> None:
    timed = durations(settings())
    timed.observe_scorer("decision", 0.2)
    timed.observe_scorer("somebody's plug-in", 0.2)
    made = CollectorRegistry()
    made.register(timed)
    for scorer in ("decision", "_other"):
        assert made.get_sample_value("evenhand_scorer_duration_seconds_count", {"scorer": scorer}) == 1
    assert made.get_sample_value("evenhand_scorer_duration_seconds_count", {"scorer": "refusal"}) == 0


def test_a_clock_that_went_back_counts_as_no_lag() -> None:
    timed = durations(settings())
    timed.observe_lag(-5.0, "ex_1")
    made = CollectorRegistry()
    made.register(timed)
    assert made.get_sample_value("evenhand_shadow_lag_seconds_sum") == 0


def test_no_created_series_doubles_them() -> None:
    made = CollectorRegistry()
    made.register(durations(settings()))
    assert b"_created" not in generate_latest(made)
