"""Levels: break-even at the limit, false alarms, delays against the bettor that knows, the interval."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest

from monitors.stats.confseq import Histogram
from monitors.stats.histogram import NODES
from monitors.stats.levels import Level, _bets, level_interval


def pairs_to_alarm(rng: np.random.Generator, share: float, limit: float, most: int) -> float:
    level = Level(0.01, limit)
    while level.pairs < most:
        level.fold((rng.random(50) < share).astype(float))
        if level.alarm:
            return level.pairs
        level.seal()
    return math.inf


@pytest.mark.parametrize("replies", range(1, 9))
@pytest.mark.parametrize(("limit", "worst"), [(0.01, 0.005), (0.2, 0.1), (0.7, 0.5)])
def test_every_bet_breaks_even_when_the_mean_is_exactly_at_the_limit(replies: int, limit: float, worst: float) -> None:
    law = {1.0: worst, 0.5: 2 * (limit - worst), 0.0: 1 - worst - 2 * (limit - worst)}
    outcomes = np.array(list(itertools.product(law, repeat=replies)))
    chances = np.array([math.prod(law[value] for value in outcome) for outcome in outcomes])
    for bet in _bets(limit):
        factors = 1 + bet * (outcomes / limit - 1)
        assert factors.min() >= 0
        assert chances @ np.prod(factors, axis=1) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("limit", [0.01, 0.2, 0.7])
def test_the_evidence_breaks_even_at_the_limit(limit: float) -> None:
    expected = 0.0
    for outcome in itertools.product((0.0, 1.0), repeat=8):
        level = Level(1e-300, limit)
        level.fold(outcome)
        expected += math.prod(limit if value else 1 - limit for value in outcome) * level.e_value
    assert expected == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("limit", [0.02, 0.3])
def test_levels_at_the_limit_alarm_no_more_often_than_promised(limit: float) -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(200):
        level = Level(0.2, limit, horizon_pairs=2_000)
        for block in rng.random((40, 50)) < limit:
            level.fold(block.astype(float))
            level.seal()
        alarms += level.alarm is not None
    assert alarms <= 40


@pytest.mark.parametrize(("limit", "share"), [(0.01, 0.02), (0.01, 0.05), (0.05, 0.1), (0.2, 0.3)])
def test_an_excess_is_found_within_two_and_a_half_times_the_best_bettors_pairs(limit: float, share: float) -> None:
    rng = np.random.default_rng(2)
    growth = share * math.log(share / limit) + (1 - share) * math.log((1 - share) / (1 - limit))
    found = np.median([pairs_to_alarm(rng, share, limit, 20_000) for _ in range(40)])
    assert found <= 2.5 * math.log(100) / growth + 50


def test_an_alarm_is_kept_and_says_when_it_began() -> None:
    rng = np.random.default_rng(3)
    level = Level(0.01, 0.05)
    for block in range(160):
        level.fold((rng.random(50) < (0.03 if block < 100 else 0.2)).astype(float))
        level.seal()
    assert level.alarm is not None
    assert level.alarm.block >= 100
    assert abs(level.alarm.since_block - 100) <= 3
    assert Level.restore(level.snapshot()).alarm == level.alarm


def test_a_hundred_thousand_worst_replies_neither_overflow_nor_go_unseen() -> None:
    level = Level(0.01, 1e-6)
    for _ in range(2_000):
        level.fold([1.0] * 50)
        level.seal()
    assert math.isfinite(level.e_value)
    assert level.alarm is not None


@pytest.mark.parametrize("levels", [[-0.1], [1.1], [math.nan], [0.0] * 51])
def test_what_is_no_level_is_refused_and_leaves_the_state_alone(levels: list[float]) -> None:
    level = Level(0.01, 0.1)
    level.fold([0.5])
    before = level.snapshot()
    with pytest.raises(ValueError, match=r"level|room"):
        level.fold(levels)
    assert level.snapshot() == before


@pytest.mark.parametrize("limit", [0.0, 1.0, math.nan])
def test_a_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="limit"):
        Level(0.01, limit)


def test_the_interval_of_a_share_holds_the_exact_one_and_is_not_much_wider() -> None:
    histogram = Histogram()
    histogram.add([0.0] * 970 + [1.0] * 30, [0.5] * 1_000)
    low, high = level_interval(histogram.counts)
    exact = binomtest(30, 1_000).proportion_ci(0.99)
    assert 0 < low < exact.low
    assert exact.high < high
    assert high - low < 1.9 * (exact.high - exact.low)


def test_without_replies_any_level_is_possible() -> None:
    assert level_interval(Histogram().counts) == (0.0, 1.0)


def test_a_histogram_with_negative_values_is_not_one_of_levels() -> None:
    counts = np.zeros(NODES.size, dtype=np.int64)
    counts[3] = 1
    with pytest.raises(ValueError, match="below 0"):
        level_interval(counts)
