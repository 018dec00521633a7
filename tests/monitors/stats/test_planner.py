"""The planner against simulated medians, and its algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.stats.evalue import Evidence
from monitors.stats.planner import pairs_needed, sd_of_binary, smallest_excludable_gap
from monitors.stats.tolerance import Within

RATE, CORRELATION = 0.10, 0.6


def refusals(rng: np.random.Generator, gap: float, pairs: int, rate: float = RATE, correlation: float = CORRELATION) -> np.ndarray:
    still = rate * (1 - rate) * (1 - correlation)
    return rng.choice([1.0, 0.0, -1.0], pairs, p=[still + gap, 1 - 2 * still - gap, still])


def sentiments(rng: np.random.Generator, gap: float, pairs: int) -> np.ndarray:
    return np.clip(rng.normal(gap, 0.15, pairs), -1, 1)


def median_pairs(streams: list[np.ndarray], fair: int, margin: float, alpha: float) -> float:
    """Median pairs after the first `fair` ones until the alarm, looking every ten pairs."""
    waits = []
    for stream in streams:
        evidence = Evidence(alpha, margin)
        for first in range(0, stream.size, 10):
            evidence.fold(stream[first : first + 10])
            if evidence.alarm:
                break
            if not evidence.room:
                evidence.seal()
        waits.append(evidence.pairs - fair if evidence.alarm else math.inf)
    return float(np.median(waits))


@pytest.mark.parametrize(
    ("gap", "margin", "alpha"), [(0.10, 0.0, 0.01), (0.10, 0.02, 0.001), (0.20, 0.05, 0.01), (0.15, 0.0, 1e-5), (0.12, 0.02, 0.05)]
)
def test_a_standing_gap_is_found_after_about_the_planned_pairs(gap: float, margin: float, alpha: float) -> None:
    rng = np.random.default_rng(1)
    planned = pairs_needed(gap, margin, sd_of_binary(RATE, CORRELATION, gap), alpha)
    found = median_pairs([refusals(rng, gap, 5 * planned) for _ in range(100)], 0, margin, alpha)
    assert planned / found == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(("gap", "margin"), [(0.05, 0.0), (0.10, 0.02)])
def test_a_standing_gap_of_scores_is_found_after_about_the_planned_pairs(gap: float, margin: float) -> None:
    rng = np.random.default_rng(2)
    planned = pairs_needed(gap, margin, 0.15, 0.01)
    found = median_pairs([sentiments(rng, gap, 5 * planned // 10 * 10) for _ in range(60)], 0, margin, 0.01)
    assert planned / found == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(("gap", "margin"), [(0.10, 0.02), (0.20, 0.0)])
def test_a_later_gap_is_found_after_about_the_planned_pairs(gap: float, margin: float) -> None:
    rng = np.random.default_rng(3)
    planned = pairs_needed(gap, margin, sd_of_binary(RATE, CORRELATION, gap), 0.01, later=True)
    streams = [np.concatenate([refusals(rng, 0.0, 3_000), refusals(rng, gap, 4 * planned)]) for _ in range(40)]
    assert planned / median_pairs(streams, 3_000, margin, 0.01) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(("rate", "correlation", "pairs"), [(0.10, 0.6, 540), (0.10, 0.6, 3_200), (0.30, 0.0, 3_000), (0.30, 0.0, 800)])
def test_the_smallest_excludable_gap_is_the_tolerance_that_half_of_fair_cells_reach(rate: float, correlation: float, pairs: int) -> None:
    rng = np.random.default_rng(4)
    gap = smallest_excludable_gap(pairs, sd_of_binary(rate, correlation), 0.01)
    waits = []
    for _ in range(60):
        within = Within(0.01, gap)
        for block in refusals(rng, 0.0, 3 * pairs // 50 * 50, rate, correlation).reshape(-1, 50):
            within.fold(block)
            within.seal()
            if within.holds:
                break
        waits.append(within.pairs if within.holds else math.inf)
    assert pairs / np.median(waits) == pytest.approx(1, abs=0.3)


@given(st.floats(0.06, 0.3), st.floats(0.2, 0.7), st.floats(1e-6, 0.01))
def test_harder_questions_need_more_pairs(gap: float, sd: float, alpha: float) -> None:
    easy = pairs_needed(gap, 0.0, sd, alpha)
    assert pairs_needed(gap, 0.05, sd, alpha) > easy
    assert pairs_needed(gap, 0.0, sd, alpha, later=True) > easy
    assert pairs_needed(gap, 0.0, sd, alpha / 100) > easy
    assert pairs_needed(gap, 0.0, sd + 0.1, alpha) >= easy
    assert pairs_needed(-gap, 0.0, sd, alpha) == easy


@pytest.mark.parametrize(("gap", "margin"), [(0.02, 0.02), (0.0, 0.0), (-0.01, 0.05), (math.nan, 0.0)])
def test_a_gap_within_the_tolerance_is_never_found(gap: float, margin: float) -> None:
    with pytest.raises(ValueError, match="not to be found"):
        pairs_needed(gap, margin, 0.3, 0.01)


def test_a_spread_or_level_without_a_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="standard deviation"):
        pairs_needed(0.1, 0.0, 1.1, 0.01)
    with pytest.raises(ValueError, match="alpha"):
        pairs_needed(0.1, 0.0, 0.3, 0.0)


def test_without_pairs_nothing_is_excluded() -> None:
    assert smallest_excludable_gap(0, 0.3, 0.01) == 1
