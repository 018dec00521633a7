"""Within and clearing: exact expectations, no verdict while the gap is there, a verdict once it is not."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.stats.betting import BETS, BLOCK
from monitors.stats.evalue import DIRECTIONS, Direction
from monitors.stats.tolerance import Clearing, Within, stakes_inside

blocks = st.lists(st.lists(st.floats(-1, 1), max_size=BLOCK), max_size=6)


@pytest.mark.parametrize("pairs", range(1, 9))
@pytest.mark.parametrize(("margin", "moving"), [(0.02, 0.05), (0.05, 0.6), (0.3, 0.3)])
def test_every_bet_breaks_even_when_the_gap_is_exactly_the_tolerance(pairs: int, margin: float, moving: float) -> None:
    law = {1.0: (moving + margin) / 2, 0.0: 1 - moving, -1.0: (moving - margin) / 2}
    outcomes = np.array(list(itertools.product(law, repeat=pairs)))
    chances = np.array([math.prod(law[value] for value in outcome) for outcome in outcomes])
    stakes = stakes_inside(outcomes, np.full(outcomes.shape, margin))
    assert stakes.min() >= -1
    for bet in BETS:
        assert chances @ np.prod(1 + bet * stakes, axis=1) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("gap", [0.05, -0.05])
def test_a_gap_of_the_tolerance_is_hardly_ever_called_within_it(gap: float) -> None:
    rng = np.random.default_rng(1)
    alpha, held, streams = 0.2, 0, 200
    for _ in range(streams):
        within = Within(alpha, 0.05)
        for block in rng.choice([1.0, 0.0, -1.0], (40, 50), p=[0.1 + gap / 2, 0.8, 0.1 - gap / 2]):
            within.fold(block)
            within.seal()
        held += within.holds
    assert held <= alpha * streams


def test_a_fair_cell_is_found_within_the_tolerance_and_stays_so() -> None:
    rng = np.random.default_rng(2)
    within = Within(0.01, 0.05)
    while not within.holds and within.blocks < 100:
        within.fold(rng.choice([1.0, 0.0, -1.0], 50, p=[0.036, 0.928, 0.036]))
        within.seal()
    assert 200 < within.pairs < 1_500
    for _ in range(10):
        within.fold([1.0] * 50)
        within.seal()
    assert within.e_value < 100
    assert within.holds
    assert Within.restore(within.snapshot()).holds


@pytest.mark.parametrize(("spread", "margin", "median"), [(0.036, 0.05, 525), (0.036, 0.10, 154), (0.21, 0.10, 727)])
def test_a_fair_cell_is_found_as_soon_as_planned(spread: float, margin: float, median: int) -> None:
    rng = np.random.default_rng(5)
    waits = []
    for _ in range(40):
        within = Within(0.01, margin)
        while not within.holds and within.blocks < 100:
            within.fold(rng.choice([1.0, 0.0, -1.0], 50, p=[spread, 1 - 2 * spread, spread]))
            within.seal()
        waits.append(within.pairs)
    assert np.median(waits) <= 1.15 * median + BLOCK, "the wait simulated for the method, rounded up to a block"


def test_a_gap_that_stood_for_3_000_pairs_is_cleared_as_soon_as_planned() -> None:
    rng = np.random.default_rng(6)
    waits = []
    for _ in range(40):
        clearing = Clearing(0.01, 0.05, "group_higher")
        law = [0.136, 0.828, 0.036]
        while not clearing.cleared and clearing.blocks < 160:
            clearing.fold(rng.choice([1.0, 0.0, -1.0], 50, p=law if clearing.pairs < 3_000 else [0.036, 0.928, 0.036]))
            clearing.seal()
        waits.append(clearing.pairs - 3_000)
    assert min(waits) > 0, "not while it stood"
    assert np.median(waits) <= 1.15 * 912 + BLOCK


def test_evidence_on_one_side_alone_is_not_enough() -> None:
    within = Within(0.01, 0.05)
    for _ in range(40):
        within.fold([-0.5] * 50)
        within.seal()
    assert not within.holds
    assert within.e_value < 1e-6


@pytest.mark.parametrize(("direction", "sign"), [("group_higher", 1), ("group_lower", -1)])
def test_a_gap_that_went_away_is_cleared_and_one_that_stayed_is_not(direction: Direction, sign: int) -> None:
    rng = np.random.default_rng(3)
    clearing = Clearing(0.01, 0.05, direction)
    for block in rng.choice([1.0, 0.0, -1.0], (60, 50), p=[0.136, 0.828, 0.036]):
        clearing.fold(sign * block)
        clearing.seal()
    assert not clearing.cleared
    for block in rng.choice([1.0, 0.0, -1.0], (60, 50), p=[0.036, 0.928, 0.036]):
        clearing.fold(sign * block)
        clearing.seal()
    assert clearing.cleared


def test_a_gap_that_turned_round_clears_the_alarm_of_the_old_direction() -> None:
    clearing = Clearing(0.01, 0.05, "group_higher")
    for _ in range(4):
        clearing.fold([-0.5] * 50)
        clearing.seal()
    assert clearing.cleared


def test_a_gap_of_the_tolerance_is_hardly_ever_cleared() -> None:
    rng = np.random.default_rng(4)
    alpha, cleared, streams = 0.2, 0, 200
    for _ in range(streams):
        clearing = Clearing(alpha, 0.05, "group_higher", horizon_pairs=2_000)
        for block in rng.choice([1.0, 0.0, -1.0], (40, 50), p=[0.125, 0.8, 0.075]):
            clearing.fold(block)
            clearing.seal()
        cleared += clearing.cleared
    assert cleared <= alpha * streams


@given(blocks, st.sampled_from(DIRECTIONS))
def test_restored_snapshots_go_on_bit_for_bit(folded: list[list[float]], direction: Direction) -> None:
    for test, kind in ((Within(0.3, 0.2), Within), (Clearing(0.3, 0.2, direction, horizon_pairs=900), Clearing)):
        for block in folded:
            test.fold(block[:30])
            test.seal()
        twin = kind.restore(test.snapshot())
        for one in (test, twin):
            one.fold([0.1, -0.3])
            one.seal()
        assert twin.snapshot() == test.snapshot()
        assert twin.e_value == test.e_value


def test_pairs_of_several_cells_bring_their_own_tolerance() -> None:
    within = Within(0.01, 0.5)
    within.fold([0.1, -0.2], [0.1, 0.3])
    up = [(1 + bet * 0.0) * (1 + bet * (0.3 + 0.2) / 0.7) for bet in BETS]
    down = [(1 + bet * 0.2 / 0.9) * (1 + bet * (0.3 - 0.2) / 0.7) for bet in BETS]
    assert within.e_value == pytest.approx(min(sum(up), sum(down)) / len(BETS), rel=1e-12)


def test_bad_pairs_and_directions_are_refused() -> None:
    within, clearing = Within(0.01, 0.1), Clearing(0.01, 0.1, "group_lower")
    for test in (within, clearing):
        before = test.snapshot()
        for bad in ([math.nan], [1.1], [0.0] * 51):
            with pytest.raises(ValueError, match="pair"):
                test.fold(bad)
        assert test.snapshot() == before
    with pytest.raises(ValueError, match="direction"):
        Clearing(0.01, 0.1, "upwards")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="snapshot"):
        Within.restore(clearing.snapshot())
