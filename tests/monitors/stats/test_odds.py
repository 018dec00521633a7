"""Odds figures: a fixture on which packages agree, many groups, and rates that do not exist."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.stats.odds import (
    Confusion,
    average_odds_difference,
    average_odds_error,
    equal_opportunity_difference,
    equalized_odds_difference,
    equalized_odds_ratio,
    widest_opportunity_difference,
)
from monitors.stats.parity import Figure, Rate, disparate_impact, statistical_parity_difference


def bits(digits: str) -> list[bool]:
    return [digit == "1" for digit in digits]


F = Confusion.of(truth=bits("1111100000"), decided=bits("1110010000"))
M = Confusion.of(truth=bits("1111110000"), decided=bits("1111101000"))
NOBODY_QUALIFIED = Confusion(true_positive=0, false_positive=3, false_negative=0, true_negative=5)
EVERYBODY_QUALIFIED = Confusion(true_positive=3, false_positive=0, false_negative=5, true_negative=0)

confusions = st.builds(Confusion, *(st.integers(1, 60) for _ in range(4)))


def test_ten_women_and_ten_men_agree_with_every_package() -> None:
    assert (F.selected, M.selected) == (Rate(4, 10), Rate(6, 10))
    assert (F.true_positives.value, M.true_positives.value) == pytest.approx((0.6, 0.833333), abs=1e-6)
    assert (F.false_positives.value, M.false_positives.value) == pytest.approx((0.2, 0.25))
    assert statistical_parity_difference(F.selected, M.selected).value == pytest.approx(-0.2)
    assert disparate_impact(F.selected, M.selected).value == pytest.approx(0.666667, abs=1e-6)
    assert equal_opportunity_difference(F, M).value == pytest.approx(-0.233333, abs=1e-6)
    assert equalized_odds_difference({"F": F, "M": M}).value == pytest.approx(0.233333, abs=1e-6)
    assert equalized_odds_difference({"F": F, "M": M}, "mean").value == pytest.approx(0.141667, abs=1e-6)
    assert equalized_odds_ratio({"F": F, "M": M}).value == pytest.approx(0.72)
    assert average_odds_difference(F, M).value == pytest.approx(-0.141667, abs=1e-6)
    assert average_odds_error(F, M).value == pytest.approx(0.141667, abs=1e-6)


def test_opposite_differences_cancel_in_the_difference_but_not_in_the_error() -> None:
    one, other = Confusion(8, 2, 2, 8), Confusion(6, 4, 4, 6)
    assert average_odds_difference(one, other).value == pytest.approx(0, abs=1e-12)
    assert average_odds_error(one, other).value == pytest.approx(0.2)


@given(st.dictionaries(st.sampled_from("abcd"), confusions, min_size=2))
def test_with_many_groups_the_widest_pair_decides(groups: dict[str, Confusion]) -> None:
    pairs = [(a, b) for a in groups.values() for b in groups.values()]
    true = max(a.true_positives.value - b.true_positives.value for a, b in pairs)
    false = max(a.false_positives.value - b.false_positives.value for a, b in pairs)
    assert widest_opportunity_difference(groups).value == pytest.approx(true)
    assert equalized_odds_difference(groups).value == pytest.approx(max(true, false))
    assert equalized_odds_difference(groups, "mean").value == pytest.approx((true + false) / 2)
    assert 0 < equalized_odds_ratio(groups).value <= 1


@pytest.mark.parametrize(
    ("figure", "named"),
    [
        (equal_opportunity_difference(NOBODY_QUALIFIED, M), "the group"),
        (equalized_odds_difference({"a": NOBODY_QUALIFIED, "b": M}), "true positive rate"),
        (widest_opportunity_difference({"a": NOBODY_QUALIFIED, "b": M}), "without cases: a"),
        (equalized_odds_difference({"a": F, "b": EVERYBODY_QUALIFIED}, "mean"), "false positive rate"),
        (equalized_odds_ratio({"a": NOBODY_QUALIFIED, "b": M}), "true positive rate"),
        (average_odds_difference(F, EVERYBODY_QUALIFIED), "false positive rate"),
        (average_odds_error(NOBODY_QUALIFIED, M), "true positive rate"),
        (equalized_odds_difference({"a": F}), "fewer than two groups"),
    ],
)
def test_a_rate_that_does_not_exist_leaves_the_figure_undefined_and_is_named(figure: Figure, named: str) -> None:
    assert math.isnan(figure.value)
    assert named in figure.reason


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Confusion.of([True, False], [True])
