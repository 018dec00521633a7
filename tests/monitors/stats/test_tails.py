"""Tails against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from monitors.stats.tails import chi_square_tail, fair_coin_two_sided, fisher_two_sided, normal_two_sided

cells = st.integers(0, 120)


@given(st.floats(0, 400), st.integers(1, 60))
@example(5e-324, 3)
@example(0.0, 1)
def test_chi_square(x: float, degrees: int) -> None:
    assert chi_square_tail(x, degrees) == pytest.approx(stats.chi2.sf(x, degrees), rel=1e-9)


@given(st.floats(-30, 30))
def test_normal(z: float) -> None:
    assert normal_two_sided(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_fair_coin(heads: int, tails: int) -> None:
    expected = stats.binomtest(heads, heads + tails).pvalue if heads + tails else 1.0
    assert fair_coin_two_sided(heads, tails) == pytest.approx(expected, rel=1e-9)


@given(cells, cells, cells, cells)
def test_fisher(a: int, b: int, c: int, d: int) -> None:
    assert fisher_two_sided(a, b, c, d) == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-6)
