"""Paired flips: exact p, net flip with its paired interval, and the placebo's share."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from monitors.stats.flips import Flips, flip_p, flips_beyond_placebo, net_flip, net_flip_interval

counts = st.integers(0, 300)
tables = st.builds(Flips, counts, counts, counts, counts)


@given(tables)
def test_the_p_is_that_of_the_exact_binomial_test(flips: Flips) -> None:
    p = flip_p(flips)
    if flips.rate.count:
        assert p.value == pytest.approx(binomtest(flips.group_only, flips.rate.count).pvalue, rel=1e-9)
    else:
        assert math.isnan(p.value)
        assert p.reason == "no pair differs"


def test_a_hundred_thousand_discordant_pairs_are_no_trouble() -> None:
    assert flip_p(Flips(0, 50_400, 49_600, 0)).value == pytest.approx(binomtest(50_400, 100_000).pvalue, rel=1e-6)


# Worked examples of Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on paired data"
@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        (Flips(both=20, group_only=12, reference_only=2, neither=16), 0.0562, 0.3292),
        (Flips(both=0, group_only=0, reference_only=0, neither=54), -0.0664, 0.0664),
        (Flips(both=36, group_only=14, reference_only=0, neither=0), 0.1528, 0.4167),
    ],
)
def test_the_paired_interval_is_newcombes(table: Flips, low: float, high: float) -> None:
    figure = net_flip_interval(table)
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=6e-5)


def test_where_every_pair_flips_one_way_the_paired_interval_has_a_closed_form() -> None:
    figure = net_flip_interval(Flips(both=0, group_only=50, reference_only=0, neither=0))
    z2 = 1.959963984540054**2
    assert (figure.low, figure.high) == pytest.approx((1 - math.sqrt(2) * z2 / (50 + z2), 1.0), abs=1e-9)


@given(tables)
def test_the_net_flip_is_the_gap_of_the_rates_and_turns_with_the_groups(flips: Flips) -> None:
    turned = Flips(flips.both, flips.reference_only, flips.group_only, flips.neither)
    gap, back = net_flip_interval(flips), net_flip_interval(turned)
    if not flips.pairs:
        assert math.isnan(gap.value)
        assert net_flip(flips).reason == "no pairs"
        return
    group, reference = flips.both + flips.group_only, flips.both + flips.reference_only
    assert net_flip(flips).value == pytest.approx((group - reference) / flips.pairs)
    assert (gap.value, gap.low, gap.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-9)
    assert gap.low <= gap.value + 1e-12
    assert gap.value <= gap.high + 1e-12


def test_flips_are_counted_beyond_those_of_the_placebo() -> None:
    figure = flips_beyond_placebo(Flips(40, 12, 8, 40), Flips(45, 5, 5, 45))
    assert figure.value == pytest.approx(0.1)
    assert figure.low < 0.1 < figure.high


def test_without_placebo_pairs_the_noise_is_not_known() -> None:
    figure = flips_beyond_placebo(Flips(40, 12, 8, 40), Flips(0, 0, 0, 0))
    assert math.isnan(figure.value)
    assert "placebo" in figure.reason


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="from 0"):
        Flips(1, -1, 0, 0)
