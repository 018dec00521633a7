"""The cell's test: exact expectations, its algebra, its latch, its budget, and what it refuses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.stats.betting import BETS, BLOCK, start_mass
from monitors.stats.evalue import Alarm, Evidence, stakes_beyond

NEVER = 1e-300
"""A level that no evidence reaches, for tests that look at the evidence alone."""

FRESH = Evidence(0.01, 0.0).snapshot()

differences = st.lists(st.floats(-1, 1), min_size=1, max_size=BLOCK)


def ternary_law(mean: float, moving: float) -> dict[float, float]:
    """A law on -1, 0, 1 with the given mean, in which a share `moving` of the pairs differ."""
    return {1.0: (moving + mean) / 2, 0.0: 1 - moving, -1.0: (moving - mean) / 2}


@pytest.mark.parametrize("pairs", range(1, 9))
@pytest.mark.parametrize(("margin", "moving"), [(0.0, 0.1), (0.0, 0.9), (0.02, 0.05), (0.05, 0.6), (0.3, 0.3)])
@pytest.mark.parametrize("side", [1, -1])
def test_every_bet_breaks_even_when_the_mean_is_exactly_at_the_tolerance(pairs: int, margin: float, moving: float, side: int) -> None:
    law = ternary_law(side * margin, moving)
    outcomes = np.array(list(itertools.product(law, repeat=pairs)))
    chances = np.array([math.prod(law[value] for value in outcome) for outcome in outcomes])
    stakes = stakes_beyond(outcomes, np.full(outcomes.shape, margin))[0 if side == 1 else 1]
    for bet in BETS:
        assert chances @ np.prod(1 + bet * stakes, axis=1) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("budget", ["horizon", "lifetime"])
@pytest.mark.parametrize("sealed_after", [1, 2, 3])
def test_the_expected_evidence_is_the_mass_put_in(budget: str, sealed_after: int) -> None:
    law = ternary_law(0.0, 0.4)
    expected = 0.0
    for outcome in itertools.product(law, repeat=6):
        evidence = Evidence(NEVER, 0.0, horizon_pairs=500, budget=budget)  # type: ignore[arg-type]
        for first in range(0, 6, sealed_after):
            evidence.fold(outcome[first : first + sealed_after])
            evidence.seal()
        expected += math.prod(law[value] for value in outcome) * evidence.e_value
    assert expected == pytest.approx(evidence.spent if budget == "horizon" else 1.0, abs=1e-12)


def test_within_the_null_the_expected_evidence_is_less_than_the_mass() -> None:
    law = ternary_law(0.0, 0.4)
    expected = 0.0
    for outcome in itertools.product(law, repeat=5):
        evidence = Evidence(NEVER, 0.1)
        evidence.fold(outcome)
        expected += math.prod(law[value] for value in outcome) * evidence.e_value
    assert 0 < expected < 0.5


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=BLOCK))
def test_without_tolerance_only_discordant_pairs_count(block: list[float]) -> None:
    evidence = Evidence(NEVER, 0.0)
    evidence.fold(block)
    up, down = block.count(1.0), block.count(-1.0)
    mcnemar = [math.exp(up * math.log1p(bet) + down * math.log1p(-bet)) for bet in BETS]
    assert evidence.e_up == pytest.approx(0.5 * sum(mcnemar) / len(BETS), rel=1e-12)


def test_the_evidence_is_the_formula_written_out_over_several_blocks() -> None:
    rng = np.random.default_rng(1)
    margin, horizon, blocks = 0.03, 1_000, [rng.uniform(-1, 1, size) for size in (50, 50, 17, 50, 8)]
    evidence = Evidence(NEVER, margin, horizon_pairs=horizon)
    for block in blocks:
        evidence.fold(block)
        if block is not blocks[-1]:
            evidence.seal()
    total = 0.0
    for sign, bet in itertools.product((1, -1), BETS):
        for start in range(len(blocks)):
            mass = 0.5 if start == 0 else 0.5 * 50 / horizon
            later = np.concatenate(blocks[start:])
            total += mass * math.exp(np.log1p(bet / (1 + margin) * (sign * later - margin)).sum()) / 12
    assert evidence.e_value == pytest.approx(total, rel=1e-11)
    assert evidence.pairs == 175
    assert evidence.blocks == 4


def test_a_roll_up_bets_on_each_pair_by_its_own_tolerance() -> None:
    gaps, margins = [0.4, -0.2, 0.9], [0.02, 0.1, 0.0]
    evidence = Evidence(NEVER, 0.5)
    evidence.fold(gaps, margins)
    by_hand = [math.prod(1 + bet / (1 + m) * (d - m) for d, m in zip(gaps, margins, strict=True)) for bet in BETS]
    assert evidence.e_up == pytest.approx(0.5 * sum(by_hand) / 6, rel=1e-13)


def test_a_roll_up_breaks_even_when_each_pair_has_its_mean_at_its_own_tolerance() -> None:
    margins = (0.0, 0.02, 0.2)
    laws = [ternary_law(margin, 0.5) for margin in margins]
    expected = 0.0
    for outcome in itertools.product((-1.0, 0.0, 1.0), repeat=3):
        evidence = Evidence(NEVER, 0.9)
        evidence.fold(outcome, margins)
        expected += math.prod(law[value] for law, value in zip(laws, outcome, strict=True)) * evidence.e_up
    assert expected == pytest.approx(0.5, abs=1e-12)


@given(differences, st.randoms(use_true_random=False), st.data())
def test_order_and_portions_inside_a_block_change_no_bit(block: list[float], random: object, data: st.DataObject) -> None:
    whole, parts = Evidence(NEVER, 0.02), Evidence(NEVER, 0.02)
    for start in (block[::-1], block):
        whole.fold(start)
        whole.seal()
        shuffled = data.draw(st.permutations(start))
        cut = data.draw(st.integers(0, len(block)))
        parts.fold(shuffled[:cut])
        parts.fold(shuffled[cut:])
        parts.seal()
    assert parts.snapshot() == whole.snapshot()
    assert parts.e_value == whole.e_value


@given(st.lists(differences, max_size=5), st.lists(differences, max_size=3), st.sampled_from(["horizon", "lifetime"]))
def test_a_restored_snapshot_goes_on_as_if_nothing_had_happened(before: list[list[float]], after: list[list[float]], budget: str) -> None:
    evidence = Evidence(0.2, 0.02, horizon_pairs=5_000, budget=budget)  # type: ignore[arg-type]
    for block in before:
        evidence.fold(block[:20])
        evidence.seal()
    evidence.fold([0.25] * 7)
    twin = Evidence.restore(evidence.snapshot())
    for one in (evidence, twin):
        for block in after:
            one.seal()
            one.fold(block)
    assert twin.snapshot() == evidence.snapshot()
    assert (twin.e_value, twin.e_up, twin.e_down, twin.alarm, twin.pairs, twin.blocks) == (
        evidence.e_value,
        evidence.e_up,
        evidence.e_down,
        evidence.alarm,
        evidence.pairs,
        evidence.blocks,
    )


def test_a_snapshot_is_small_even_with_a_full_block_open() -> None:
    evidence = Evidence(0.01, 0.0)
    evidence.fold(np.linspace(-1, 1, 50))
    assert len(evidence.snapshot()) < 1_500


@pytest.mark.parametrize("state", [b"", b"EVI1", b"EVI9" + FRESH[4:], FRESH[:70], FRESH[:-1], FRESH + b"\0"])
def test_bytes_that_are_no_snapshot_of_this_version_are_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="snapshot"):
        Evidence.restore(state)


@pytest.mark.parametrize(
    ("gaps", "margins"),
    [
        ([0.0, math.nan], None),
        ([1.0000001], None),
        ([-7.0], None),
        ([math.inf], None),
        (None, None),
        ([[0.0, 0.1]], None),
        ([0.0] * 41, None),
        ([0.0, 0.1], [0.02]),
        ([0.0], [math.nan]),
        ([0.0], [-0.01]),
        ([0.0], [1.0]),
    ],
)
def test_a_bad_pair_is_refused_and_leaves_the_state_alone(gaps: object, margins: object) -> None:
    evidence = Evidence(0.01, 0.0)
    evidence.fold([0.5] * 10)
    before = evidence.snapshot()
    with pytest.raises(ValueError, match=r"pair"):
        evidence.fold(gaps, margins)  # type: ignore[arg-type]
    assert evidence.snapshot() == before


@pytest.mark.parametrize(
    ("alpha", "margin", "settings"),
    [
        (0.0, 0.0, {}),
        (1.0, 0.0, {}),
        (math.nan, 0.0, {}),
        (0.01, -0.1, {}),
        (0.01, 1.0, {}),
        (0.01, math.nan, {}),
        (0.01, 0.0, {"horizon_pairs": 49}),
        (0.01, 0.0, {"budget": "forever"}),
    ],
)
def test_settings_without_a_meaning_are_refused(alpha: float, margin: float, settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|one of"):
        Evidence(alpha, margin, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("sign", "direction"), [(1, "group_higher"), (-1, "group_lower")])
def test_a_standing_gap_raises_an_alarm_dated_from_the_start(sign: int, direction: str) -> None:
    rng = np.random.default_rng(2)
    evidence = Evidence(0.01, 0.02)
    while evidence.alarm is None and evidence.blocks < 40:
        evidence.fold(sign * rng.choice([1.0, 0.0, -1.0], 50, p=[0.22, 0.76, 0.02]))
        evidence.seal()
    assert evidence.alarm is not None
    assert evidence.alarm.direction == direction
    assert evidence.alarm.since_block == 0
    assert evidence.alarm.e_value >= 100


def test_a_gap_that_began_later_is_dated_near_its_beginning() -> None:
    rng = np.random.default_rng(3)
    misses = []
    for _ in range(30):
        evidence = Evidence(0.01, 0.02)
        for block in range(200):
            law = [0.03, 0.94, 0.03] if block < 100 else [0.23, 0.74, 0.03]
            evidence.fold(rng.choice([1.0, 0.0, -1.0], 50, p=law))
            evidence.seal()
            if evidence.alarm:
                break
        assert evidence.alarm is not None
        assert evidence.alarm.block >= 100
        misses.append(abs(evidence.alarm.since_block - 100))
    assert np.median(misses) <= 2
    assert max(misses) <= 10


def test_an_alarm_stays_whatever_comes_after() -> None:
    evidence = Evidence(0.01, 0.0)
    evidence.fold([1.0] * 50)
    first = evidence.alarm
    for _ in range(20):
        evidence.seal()
        evidence.fold([-1.0] * 50)
    assert isinstance(first, Alarm)
    assert evidence.alarm == first
    assert Evidence.restore(evidence.snapshot()).alarm == first


def test_the_alarm_comes_with_the_pair_at_which_the_evidence_suffices() -> None:
    evidence = Evidence(0.01, 0.0)
    seen = []
    for _ in range(20):
        evidence.fold([1.0])
        seen.append((evidence.e_value >= 100, evidence.alarm is not None))
    assert [enough for enough, _ in seen] == [latched for _, latched in seen]
    assert (False, False) in seen
    assert (True, True) in seen


@pytest.mark.parametrize("value", [1.0, -1.0, 0.0])
def test_hundred_thousand_equal_pairs_neither_overflow_nor_lose_the_verdict(value: float) -> None:
    evidence = Evidence(0.01, 0.02)
    for _ in range(2_000):
        evidence.fold([value] * 50)
        evidence.seal()
    assert math.isfinite(evidence.e_value)
    assert (evidence.alarm is not None) == (value != 0)


def test_an_extreme_tolerance_neither_overflows_nor_alarms() -> None:
    evidence = Evidence(0.01, 0.999999)
    for value in [1.0, -1.0] * 10:
        evidence.fold([value] * 50)
        evidence.seal()
    assert math.isfinite(evidence.e_value)
    assert evidence.alarm is None


def test_the_horizon_budget_is_spent_as_promised() -> None:
    evidence = Evidence(0.01, 0.0, horizon_pairs=10_000)
    for _ in range(400):
        evidence.seal()
    assert evidence.spent == pytest.approx(0.5 + 20_000 / (2 * 10_000), rel=1e-12)
    assert evidence.e_value == pytest.approx(evidence.spent, rel=1e-12)


def test_a_lifetime_budget_is_never_used_up() -> None:
    masses = np.array([start_mass(block, "lifetime", 1) for block in range(1, 2_000_001)])
    rest = 0.5 / 2.1098 / math.log(2_000_001)  # the integral beyond
    assert 0.4999 < masses.sum() + rest <= 0.5
    assert Evidence(0.01, 0.0, budget="lifetime").e_value == 1


@given(differences)
def test_turning_every_pair_round_swaps_the_directions(block: list[float]) -> None:
    one, other = Evidence(NEVER, 0.05), Evidence(NEVER, 0.05)
    one.fold(block)
    other.fold([-value for value in block])
    assert (one.e_up, one.e_down) == (other.e_down, other.e_up)


def test_folding_nothing_changes_nothing() -> None:
    evidence = Evidence(0.01, 0.0)
    before = evidence.snapshot()
    evidence.fold([])
    assert evidence.snapshot() == before


@pytest.mark.parametrize("budget", ["horizon", "lifetime"])
def test_fair_streams_alarm_no_more_often_than_promised(budget: str) -> None:
    rng = np.random.default_rng(4)
    alpha, alarms, streams, blocks = 0.2, 0, 300, 40
    for _ in range(streams):
        evidence = Evidence(alpha, 0.05, horizon_pairs=blocks * 50, budget=budget)  # type: ignore[arg-type]
        pairs = rng.choice([1.0, 0.0, -1.0], (blocks, 50), p=[0.125, 0.8, 0.075])  # mean at the tolerance
        for block in pairs:
            evidence.fold(block)
            evidence.seal()
        alarms += evidence.alarm is not None
    assert alarms <= alpha * streams
