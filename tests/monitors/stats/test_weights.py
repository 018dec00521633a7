"""Shares of alpha and e-BH."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from monitors.stats.weights import DECLARED, RESERVE, ROLL_UPS, Tier, declared_shares, ebh, later_share, roll_up_shares

evidence = hnp.arrays(np.float64, st.integers(0, 30), elements=st.floats(0, 1e6))


@given(st.lists(st.sampled_from(["T2", "T1", "T0"]), min_size=1), st.integers(1, 500), st.integers(0, 3_000))
def test_all_shares_together_never_exceed_one(tiers: list[Tier], roll_ups: int, later: int) -> None:
    declared = declared_shares(tiers)
    assert sum(declared) == pytest.approx(DECLARED)
    assert sum(roll_up_shares(roll_ups)) == pytest.approx(ROLL_UPS)
    assert sum(declared) + sum(roll_up_shares(roll_ups)) + sum(map(later_share, range(1, later + 1))) <= 1 + 1e-12


@given(st.lists(st.sampled_from(["T2", "T1", "T0"]), min_size=1))
def test_shares_are_as_four_to_two_to_one(tiers: list[Tier]) -> None:
    shares = declared_shares(tiers)
    weights = [{"T2": 4, "T1": 2, "T0": 1}[tier] for tier in tiers]
    assert [share / shares[0] for share in shares] == pytest.approx([weight / weights[0] for weight in weights])


def test_the_reserve_is_used_up_only_in_the_limit() -> None:
    used = sum(later_share(k) for k in range(1, 100_001))
    assert used < RESERVE
    assert used + RESERVE * 6 / math.pi**2 / 100_000 == pytest.approx(RESERVE, rel=1e-9)
    assert later_share(1) == pytest.approx(0.2 * 6 / math.pi**2)


def test_without_cells_there_are_no_shares() -> None:
    assert declared_shares([]) == []
    assert roll_up_shares(0) == []


def test_later_cells_are_numbered_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        later_share(0)


@given(evidence, st.sampled_from([0.01, 0.1, 0.5]))
def test_e_bh_rejects_the_largest_set_that_is_self_consistent(e_values: np.ndarray, alpha: float) -> None:
    ranked = sorted(e_values, reverse=True)
    sizes = [k for k in range(1, len(ranked) + 1) if k * ranked[k - 1] >= len(ranked) / alpha * (1 - 1e-12)]
    assert len(ebh(e_values, alpha)) == max(sizes, default=0)


@given(evidence, st.sampled_from([0.01, 0.1]))
def test_e_bh_finds_whatever_weighted_bonferroni_finds(e_values: np.ndarray, alpha: float) -> None:
    weights = np.random.default_rng(1).dirichlet(np.ones(max(len(e_values), 1)))[: len(e_values)]
    paged = {i for i, (e, w) in enumerate(zip(e_values, weights, strict=True)) if e * w >= 1 / alpha}
    assert paged <= set(ebh(e_values, alpha, weights).tolist())


def test_e_bh_lists_the_strongest_first_and_leaves_out_what_has_no_share() -> None:
    assert ebh([100.0, 900.0, 400.0, 1e9], 0.1, [0.3, 0.3, 0.4, 0.0]).tolist() == [1, 2, 0]
    assert ebh([math.inf, 0.0], 0.01).tolist() == [0]
    assert ebh([math.inf, 0.0], 0.01, [0.0, 1.0]).tolist() == []


def test_e_bh_keeps_the_false_discovery_rate() -> None:
    rng = np.random.default_rng(2)
    alpha, shares = 0.2, []
    for _ in range(2_000):
        true = np.exp(rng.normal(4, 1, 5))
        null = np.where(rng.random(45) < 0.02, 50.0, 0.0)  # expectation 1
        rejected = ebh(np.concatenate([true, null]), alpha)
        shares.append((rejected >= 5).sum() / max(rejected.size, 1))
    assert 0 < np.mean(shares) <= alpha * 45 / 50


@pytest.mark.parametrize(
    ("e_values", "weights"), [([-1.0], None), ([math.nan], None), ([1.0, 2.0], [0.5]), ([1.0], [1.1]), ([1.0], [-0.1]), ([[1.0]], None)]
)
def test_what_is_no_evidence_or_no_share_is_refused(e_values: list[float], weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match="weights"):
        ebh(e_values, 0.05, weights)
