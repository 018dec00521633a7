import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitors.metrics import registry
from monitors.views import CellView, Totals
from tests.monitors.alerts.promtool import RUNBOOKS, Case, alerts_of, firing, needs_promtool, rules_file, without_texts
from tests.monitors.example_views import Values, cell, settings

DISCLAIMER = (
    "This is a counterfactual swap test: it shows whether replies change when marked words change, on sampled English traffic that "
    "could be rewritten. It does not see proxies left in the text, real applicants' outcomes, or people not named. A gap is a signal to "
    "investigate, not a finding of discrimination."
)
SCRAPED = {"job": "evenhand-monitor", "instance": "127.0.0.1:4100"}


def series_of(*cells: CellView, lasting: str = "x30", totals: Totals | None = None) -> dict[str, str]:
    """What Prometheus would have scraped from the exporter for half an hour."""
    text = generate_latest(registry(Values(cells, given_totals=totals or {}), settings())).decode()
    series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in {**sample.labels, **SCRAPED}.items())
            series[f"{sample.name}{{{labels}}}"] = f"{sample.value}{lasting}"
    return series


def labels_of(view: CellView, severity: str) -> dict[str, str]:
    whole = view.kind == "rollup"
    return {
        **SCRAPED,
        "model": view.model,
        "route": "_all" if whole else view.route,
        "axis": view.axis,
        "group": "_all" if whole else view.group,
        "outcome": view.outcome,
        "reference": view.reference,
        "tier": view.tier,
        "polarity": view.polarity,
        "cell": str(view.id),
        "severity": severity,
        "category": "parity",
    }


@needs_promtool
@pytest.mark.parametrize(("tier", "severity"), [("T2", "critical"), ("T1", "warning"), ("T0", "info")])
def test_a_cell_beyond_tolerance_fires_at_the_severity_of_its_tier(tmp_path: Path, tier: str, severity: str) -> None:
    view = cell(tier=tier)
    case = Case(series_of(view), "5m", "EvenhandParityGap", [labels_of(view, severity)])
    firing(tmp_path, without_texts(tmp_path, settings()), case)


@needs_promtool
@pytest.mark.parametrize("verdict", ["learning", "within_tolerance", "suspended"])
def test_no_other_verdict_fires_however_large_the_gap(tmp_path: Path, verdict: str) -> None:
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series_of(cell(verdict=verdict)), "20m", "EvenhandParityGap"))


@needs_promtool
def test_a_suspended_cell_goes_out_as_a_doubt_about_the_instrument(tmp_path: Path) -> None:
    view = cell(verdict="suspended")
    case = Case(series_of(view), "5m", "EvenhandInstrumentSuspect", [labels_of(view, "critical")])
    firing(tmp_path, without_texts(tmp_path, settings()), case)


@needs_promtool
def test_a_cell_that_is_not_suspended_puts_the_instrument_in_no_doubt(tmp_path: Path) -> None:
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series_of(cell()), "20m", "EvenhandInstrumentSuspect"))


def test_no_rule_tests_a_gap_or_an_interval_over_a_window() -> None:
    for alert in alerts_of(settings()):
        assert not re.search(r"parity_gap|placebo_gap|origin_gap|pair_outcomes|pair_difference|window=", alert.expr), alert.name


@needs_promtool
def test_a_monitor_that_restarts_does_not_resolve_the_alert_and_evidence_does(tmp_path: Path) -> None:
    view, rules = cell(), without_texts(tmp_path, settings())
    gone = series_of(view, lasting="x3 _x40")
    firing(tmp_path, rules, Case(gone, "40m", "EvenhandParityGap", [labels_of(view, "critical")]))
    verdict = next(name for name in gone if name.startswith("evenhand_verdict{") and "beyond_tolerance" in name)
    cleared = series_of(view) | {verdict: "1x10 0x20"}
    firing(tmp_path, rules, Case(cleared, "12m", "EvenhandParityGap"))


@needs_promtool
def test_two_readings_of_one_cell_do_not_make_the_rule_fail(tmp_path: Path) -> None:
    old, new = cell(), cell(id=8)
    series = series_of(old, lasting="x3 _x40") | series_of(new)
    case = Case(series, "20m", "EvenhandParityGap", [labels_of(old, "critical"), labels_of(new, "critical")])
    firing(tmp_path, without_texts(tmp_path, settings()), case)


@needs_promtool
def test_the_page_says_the_cell_in_words_with_gap_noise_evidence_and_both_counts(tmp_path: Path) -> None:
    view = cell()
    annotations = {
        "summary": "support, route hiring: decision gap of -20.0 points for female.",
        "description": "Replies of support on route hiring change with the marked words: axis gender, female against male, "
        "outcome decision (higher is better).\n"
        "Gap, group minus reference: -20.0 points of the outcome's range, interval -28.1 to -11.7. Tolerance: 2.0 points. "
        "Noise floor, two names of one group: +0.4 points, from 61 pairs.\n"
        "Evidence 10^9.3, threshold 10^4.1. The gap was there from the start. The alarm stands since 2026-05-28 20:26:40 +0000 UTC.\n"
        "Pairs: 600; only the group's arm had the outcome in 40, only the reference's in 160, both in 250, neither in 150.\n"
        "88.89% of name pairs agree in direction. Without one pair of names or another it is -21.2 to -18.8 points.\n"
        "Confirmation by held-out names: unconfirmed.\n"
        f"Pairs in both directions: http://127.0.0.1:4100/cells/7\n{DISCLAIMER}",
        "runbook_url": f"{RUNBOOKS}/evenhandparitygap",
    }
    case = Case(series_of(view), "5m", "EvenhandParityGap", [labels_of(view, "critical")])
    firing(tmp_path, rules_file(tmp_path, settings()), case, annotations)


@needs_promtool
def test_the_page_of_a_roll_up_of_a_score_that_began_later_says_so(tmp_path: Path) -> None:
    below = cell(id=3, outcome="length", binary=False, verdict="learning", polarity="neither")
    view = cell(
        kind="rollup", route="", group="", outcome="length", binary=False, standing=False, names_p=0.2, placebo_gap=None, polarity="neither"
    )
    annotations = {
        "summary": "support, all routes together: length gap of -20.0 points for every other group.",
        "description": "Replies of support on all routes together change with the marked words: axis gender, every other group "
        "against male, outcome length (neither).\n"
        "Gap, group minus reference: -20.0 points of the outcome's range, interval -28.1 to -11.7. Tolerance: 2.0 points. "
        "Noise floor, two names of one group: not known, no placebo pairs yet.\n"
        "Evidence 10^9.3, threshold 10^4.1. The gap began later. The alarm stands since 2026-05-28 20:26:40 +0000 UTC.\n"
        "Pairs: 600; the group scored higher by 40.0 ranges in sum, the reference by 160.0.\n"
        "88.89% of name pairs agree in direction. Without one pair of names or another it is -21.2 to -18.8 points. "
        "It is driven by few names.\n"
        "Confirmation by held-out names: unconfirmed.\n"
        f"Pairs in both directions: http://127.0.0.1:4100/cells/7\n{DISCLAIMER}",
        "runbook_url": f"{RUNBOOKS}/evenhandparitygap",
    }
    case = Case(series_of(view, below), "5m", "EvenhandParityGap", [labels_of(view, "critical")])
    firing(tmp_path, rules_file(tmp_path, settings()), case, annotations)


@needs_promtool
@pytest.mark.parametrize(
    ("confirmation", "said"),
    [("confirmed", "confirmed"), ("not_confirmed", "not confirmed"), ("not_enough_pairs", "not enough pairs"), (None, "no run")],
)
def test_the_page_says_what_held_out_names_have_said(tmp_path: Path, confirmation: str | None, said: str) -> None:
    assert f"\nConfirmation by held-out names: {said}.\n" in page(tmp_path, cell(confirmation=confirmation), "EvenhandParityGap")


@needs_promtool
def test_the_page_says_how_much_of_the_traffic_could_be_looked_at_and_why_not_the_rest(tmp_path: Path) -> None:
    def exchanges(fate: str, count: float, route: str = "hiring") -> Totals:
        return {("exchanges_total", (("model", "support"), ("route", route), ("fate", fate))): count}

    def skipped(reason: str, count: float) -> Totals:
        return {("skips_total", (("route", "hiring"), ("reason", reason), ("origin_group", "female"))): count}

    totals = exchanges("scored", 60) | exchanges("repeat", 20) | exchanges("not_swappable", 20) | exchanges("no_mention", 900)
    totals |= exchanges("not_swappable", 500, "everything") | skipped("public_figure", 15) | skipped("leak", 5)
    said = "that could be rewritten (80% of the sampled exchanges with a mention; skipped: public figure 15 leak 5). It does not see"
    assert said in page(tmp_path, cell(), "EvenhandParityGap", totals)


@needs_promtool
def test_a_suspended_cells_page_names_the_checks_that_are_in_alarm(tmp_path: Path) -> None:
    view = cell(verdict="suspended", suspects=("order", "placebo"))
    assert page(tmp_path, view, "EvenhandInstrumentSuspect").startswith(
        "A check of the measurement itself is in alarm (order, placebo) for support on route hiring"
    )


def page(tmp_path: Path, view: CellView, alert: str, totals: Totals | None = None) -> str:
    """The description of the alert that fires for a cell, as promtool reports it when another is expected."""
    case = Case(series_of(view, totals=totals), "5m", alert, [labels_of(view, "critical")])
    with pytest.raises(AssertionError) as told:
        firing(tmp_path, rules_file(tmp_path, settings()), case, {"description": "another"})
    (description,) = re.findall(r'got:.*?description="(.*?)", runbook_url', str(told.value), flags=re.DOTALL)
    return description.replace("\\n", "\n")
