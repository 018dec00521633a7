"""Intervals: against bisection, against exact fixed-n intervals, against their own definition, and by simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import binomtest, norm

from monitors.stats.confseq import CS_BETS, NODES, Histogram, interval, intervals

tables = hnp.arrays(np.int64, 75, elements=st.sampled_from([0, 0, 0, 1, 2, 7, 300]))


def log_money(counts: np.ndarray, mean: float) -> float:
    """Log of the mean money of those who bet that the mean is above `mean`, written as its definition."""
    each = [counts @ np.log1p(bet * (NODES - mean) / (1 + mean)) for bet in CS_BETS]
    return float(logsumexp(each) - math.log(len(CS_BETS)))


@pytest.mark.parametrize("pairs", range(1, 9))
@pytest.mark.parametrize(("mean", "moving"), [(0.0, 0.1), (0.02, 0.05), (-0.3, 0.6), (0.5, 1.0)])
def test_every_bet_against_the_true_mean_breaks_even(pairs: int, mean: float, moving: float) -> None:
    law = {1.0: (moving + mean) / 2, 0.0: 1 - moving, -1.0: (moving - mean) / 2}
    outcomes = np.array(list(itertools.product(law, repeat=pairs)))
    chances = np.array([math.prod(law[value] for value in outcome) for outcome in outcomes])
    for sign, bet in itertools.product((1, -1), CS_BETS):
        factors = 1 + bet * sign * (outcomes - mean) / (1 + sign * mean)
        assert factors.min() >= 0
        assert chances @ np.prod(factors, axis=1) == pytest.approx(1, abs=1e-12)


@given(tables, st.sampled_from([0.001, 0.01, 0.3]))
def test_the_ends_are_where_the_money_reaches_two_over_alpha(counts: np.ndarray, alpha: float) -> None:
    low, high = interval(counts, alpha)
    for end, table in ((low, counts), (-high, counts[::-1])):
        if end > -1:
            assert log_money(table, end) == pytest.approx(math.log(2 / alpha), rel=1e-6)
        else:
            assert not table[1:].any()


def test_a_general_root_finder_finds_the_same_ends() -> None:
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.uniform(0, 30, (40, 75)))
    ends = intervals(counts)
    for table, (low, high) in zip(counts, ends, strict=True):
        for end, mirrored in ((low, table), (-high, table[::-1])):
            root = brentq(lambda m, t=mirrored: log_money(t, m) - math.log(200), -0.999999, mirrored @ NODES / mirrored.sum(), xtol=1e-13)
            assert end == pytest.approx(root, abs=1e-10)


@given(tables)
def test_the_interval_holds_the_mean_and_mirrors(counts: np.ndarray) -> None:
    low, high = interval(counts)
    assert -1 <= low <= high <= 1
    if counts.any():
        assert low <= counts @ NODES / counts.sum() <= high
    assert interval(counts[::-1]) == pytest.approx((-high, -low), abs=1e-11)


@given(tables, st.floats(0.001, 0.4), st.floats(1.1, 2))
def test_more_confidence_never_narrows(counts: np.ndarray, alpha: float, times: float) -> None:
    low, high = interval(counts, alpha)
    inner_low, inner_high = interval(counts, alpha * times)
    assert low <= inner_low + 1e-12
    assert inner_high <= high + 1e-12


def test_one_call_for_many_cells_gives_what_each_gets_alone() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(0.5, (30, 75))
    counts[3] = 0
    together = intervals(counts)
    for row, ends in zip(counts, together, strict=True):
        assert ends == pytest.approx(interval(row), abs=1e-12)
    assert together[3].tolist() == [-1, 1]
    assert intervals(counts[:0]).shape == (0, 2)


@pytest.mark.parametrize("node", [0, 37, 74])
@pytest.mark.parametrize("pairs", [1, 1_000, 10**9])
def test_equal_pairs_of_any_number_give_an_interval_round_them(node: int, pairs: int) -> None:
    counts = np.zeros(75, dtype=np.int64)
    counts[node] = pairs
    low, high = interval(counts)
    assert low <= NODES[node] <= high
    assert high - low < 20 / pairs or pairs == 1
    if node == 0:
        assert low == -1
    if node == 74:
        assert high == 1


def test_the_exact_binomial_interval_of_a_fixed_number_lies_inside_at_every_number() -> None:
    draws = np.random.default_rng(8).random(400) < 0.2
    successes = draws.cumsum()
    counts = np.zeros((400, 75), dtype=np.int64)
    counts[:, 74], counts[:, 37] = successes, np.arange(1, 401) - successes
    for n, (low, high) in enumerate(intervals(counts), 1):
        exact = binomtest(int(successes[n - 1]), n).proportion_ci(0.99, "exact")
        assert low < exact.low or exact.low == 0
        assert high > exact.high or exact.high == 1


@pytest.mark.parametrize(("pairs", "most"), [(100, 1.7), (1_000, 1.6), (10_000, 1.6)])
def test_the_price_of_looking_at_any_time_is_about_half_the_width(pairs: int, most: float) -> None:
    rng = np.random.default_rng(9)
    counts = rng.multinomial(pairs, [0.21, 0.58, 0.21], 50)
    table = np.zeros((50, 75), dtype=np.int64)
    table[:, [0, 37, 74]] = counts
    ends = intervals(table)
    fixed = 2 * norm.isf(0.005) * math.sqrt(0.42 / pairs)
    assert 1 < np.mean(ends[:, 1] - ends[:, 0]) / fixed < most


def test_hardly_any_sequence_ever_misses_the_mean() -> None:
    rng = np.random.default_rng(10)
    streams, looks, portion, alpha = 400, 60, 25, 0.1
    table = np.zeros((streams, 75), dtype=np.int64)
    missed = np.zeros(streams, dtype=bool)
    for _ in range(looks):  # a rare jump one way and small steps the other: normal intervals fail here
        jumps = rng.binomial(portion, 1 / 17, streams)
        table[:, NODES.searchsorted(1.0)] += jumps
        table[:, NODES.searchsorted(-1 / 16)] += portion - jumps
        ends = intervals(table, alpha)
        missed |= (ends[:, 0] > 0) | (ends[:, 1] < 0)
    assert 0 < missed.mean() <= alpha


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_rounding_to_nodes_hardly_widens(seed: int) -> None:
    rng = np.random.default_rng(seed)
    gaps = np.clip(rng.laplace(0, 0.1, 2_000), -1, 1)
    rounded = Histogram()
    rounded.add(gaps, rng.random(gaps.size))
    low, high = interval(rounded.counts)
    exact = intervals(np.ones((1, gaps.size)), nodes=gaps)[0]
    assert high - low == pytest.approx(exact[1] - exact[0], rel=0.05)


@pytest.mark.parametrize("counts", [np.zeros((2, 74)), np.zeros(75), np.full((1, 75), np.nan), np.full((1, 75), -1.0)])
def test_counts_that_are_none_are_refused(counts: np.ndarray) -> None:
    with pytest.raises(ValueError, match="counts"):
        intervals(counts)


@pytest.mark.parametrize("alpha", [0.0, 1.0, math.nan])
def test_a_level_without_a_meaning_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        interval(np.ones(75, dtype=np.int64), alpha)
