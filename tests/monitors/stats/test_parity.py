"""Classical figures: published fixtures, what other packages say, algebra, and figures that are not defined."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitors.stats.parity import (
    Figure,
    Rate,
    cohens_h,
    disparate_impact,
    fisher_p,
    lowest_ratio,
    odds_ratio,
    statistical_parity_difference,
    two_rate_z,
    widest_difference,
)

rates = st.integers(1, 400).flatmap(lambda n: st.builds(Rate, st.integers(0, n), st.just(n)))

# Bertrand and Mullainathan 2004, table 1: callbacks to 2,435 resumes each under Black-sounding and white-sounding names
BLACK, WHITE = Rate(157, 2435), Rate(235, 2435)


def test_the_callback_study_of_2004_is_reproduced() -> None:
    difference, ratio, (z, p) = statistical_parity_difference(BLACK, WHITE), disparate_impact(BLACK, WHITE), two_rate_z(BLACK, WHITE)
    assert (difference.value, difference.low, difference.high) == pytest.approx((-0.032033, -0.047383, -0.016782), abs=1e-6)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.668085, 0.550241, 0.811168), abs=1e-6)
    assert (z.value, p.value) == pytest.approx((-4.108412, 3.983887e-05), abs=1e-6)
    assert p.value == pytest.approx(3.983887e-05, rel=1e-6)
    assert odds_ratio(BLACK, WHITE).value == pytest.approx(0.645209, abs=1e-6)
    assert cohens_h(BLACK, WHITE).value == pytest.approx(-0.118307, abs=1e-6)
    assert fisher_p(BLACK, WHITE).value == pytest.approx(4.758747e-05, rel=1e-6)


def test_two_small_groups_agree_with_every_package() -> None:
    group, reference = Rate(4, 10), Rate(6, 10)
    ratio = disparate_impact(group, reference)
    assert statistical_parity_difference(group, reference).value == pytest.approx(-0.2, abs=1e-12)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.666667, 0.267729, 1.660051), abs=1e-6)
    assert odds_ratio(group, reference).value == pytest.approx(0.444444, abs=1e-6)
    assert two_rate_z(group, reference)[0].value == pytest.approx(-0.894427, abs=1e-6)
    assert fisher_p(group, reference).value == pytest.approx(0.656282, abs=1e-6)


@given(rates, rates)
def test_scipy_agrees_on_ratio_interval_odds_and_exact_p(group: Rate, reference: Rate) -> None:
    table = [[group.count, group.others.count], [reference.count, reference.others.count]]
    odds, p = stats.fisher_exact(table)
    assert fisher_p(group, reference).value == pytest.approx(p, rel=1e-6)
    mine = odds_ratio(group, reference)
    if mine.defined:
        assert mine.value == pytest.approx(odds)
    if group.count and reference.count:
        theirs = stats.contingency.relative_risk(group.count, group.total, reference.count, reference.total)
        interval = theirs.confidence_interval(0.95)
        ratio = disparate_impact(group, reference)
        assert (ratio.value, ratio.low, ratio.high) == pytest.approx((theirs.relative_risk, interval.low, interval.high))
    wilson = stats.binomtest(group.count, group.total).proportion_ci(0.95, "wilson")
    assert group.wilson() == pytest.approx((wilson.low, wilson.high), abs=1e-12)


@given(rates, rates)
def test_exchanging_the_groups_turns_every_figure_round(group: Rate, reference: Rate) -> None:
    forth, back = statistical_parity_difference(group, reference), statistical_parity_difference(reference, group)
    assert (forth.value, forth.low, forth.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-12)
    assert -1 <= forth.low <= forth.value <= forth.high <= 1
    assert cohens_h(group, reference).value == pytest.approx(-cohens_h(reference, group).value)
    assert abs(cohens_h(group, reference).value) <= math.pi
    if group.count and reference.count:
        assert disparate_impact(group, reference).value == pytest.approx(1 / disparate_impact(reference, group).value)


@given(rates, rates)
def test_the_difference_of_the_other_cases_is_the_opposite(group: Rate, reference: Rate) -> None:
    there, here = statistical_parity_difference(group.others, reference.others), statistical_parity_difference(group, reference)
    assert there.value == pytest.approx(-here.value, abs=1e-12)


def test_a_ratio_tells_another_story_on_the_other_cases() -> None:
    refused, reference = Rate(4, 100), Rate(2, 100)
    assert disparate_impact(refused, reference).value == pytest.approx(2)
    assert disparate_impact(refused.others, reference.others).value == pytest.approx(96 / 98)


@pytest.mark.parametrize(
    "figure",
    [
        statistical_parity_difference(Rate(0, 0), Rate(1, 2)),
        disparate_impact(Rate(1, 2), Rate(0, 0)),
        disparate_impact(Rate(1, 2), Rate(0, 9)),
        disparate_impact(Rate(0, 2), Rate(0, 9)),
        odds_ratio(Rate(2, 2), Rate(1, 2)),
        odds_ratio(Rate(0, 0), Rate(1, 2)),
        cohens_h(Rate(0, 0), Rate(0, 0)),
        fisher_p(Rate(0, 0), Rate(1, 1)),
        *two_rate_z(Rate(0, 5), Rate(0, 7)),
        *two_rate_z(Rate(0, 0), Rate(0, 7)),
        widest_difference({"a": Rate(1, 2)}),
        widest_difference({"a": Rate(1, 2), "b": Rate(0, 0)}),
        lowest_ratio({"a": Rate(0, 2), "b": Rate(0, 3)}),
        lowest_ratio({}),
    ],
)
def test_what_is_not_defined_is_nan_with_a_reason_and_passes_no_comparison(figure: Figure) -> None:
    assert math.isnan(figure.value)
    assert figure.reason
    assert not figure.defined
    assert not figure.value >= 0.8
    assert not abs(figure.value) <= 0.05


def test_a_group_without_a_favourable_case_has_a_ratio_but_no_interval() -> None:
    ratio = disparate_impact(Rate(0, 50), Rate(10, 50))
    assert ratio.value == 0
    assert math.isnan(ratio.low)
    assert "no interval" in ratio.reason


def test_a_rate_without_cases_has_no_value_and_no_interval() -> None:
    assert math.isnan(Rate(0, 0).value)
    assert all(math.isnan(end) for end in Rate(0, 0).wilson())


@pytest.mark.parametrize(("count", "total"), [(-1, 2), (3, 2)])
def test_counts_that_are_no_rate_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate(count, total)


@given(st.dictionaries(st.sampled_from("abcdef"), rates, min_size=2))
def test_of_many_groups_the_extremes_are_compared(groups: dict[str, Rate]) -> None:
    values = [rate.count / rate.total for rate in groups.values()]
    assert widest_difference(groups).value == pytest.approx(max(values) - min(values))
    if max(values):
        assert lowest_ratio(groups).value == pytest.approx(min(values) / max(values))
