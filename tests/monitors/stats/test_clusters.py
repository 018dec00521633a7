"""Names as clusters: agreement, extremes, and the sign-flip test against scipy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import permutation_test

from monitors.stats.clusters import Agreement, agreement, sign_flip_p

named = st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcdefgh")), min_size=1, max_size=40)


def of(pairs: list[tuple[float, str]]) -> Agreement:
    return agreement([gap for gap, _ in pairs], [name for _, name in pairs], seed=1)


@given(named)
def test_agreement_and_extremes_are_those_of_the_definition(pairs: list[tuple[float, str]]) -> None:
    found = of(pairs)
    names = sorted({name for _, name in pairs})
    gap = np.mean([d for d, _ in pairs])
    assert found.names == len(names)
    assert found.gap == pytest.approx(gap)
    own = [sum(d for d, name in pairs if name == one) for one in names]
    if abs(gap) > 1e-12 and min(map(abs, own)) > 1e-12:
        assert found.agreeing == sum(np.sign(total) == np.sign(gap) for total in own)
    if len(names) == 1:
        assert found.lowest is None
        assert found.highest is None
        assert found.p == 1
    else:
        without = [np.mean([d for d, name in pairs if name != one]) for one in names]
        assert found.lowest is not None
        assert found.highest is not None
        assert (found.lowest.gap, found.highest.gap) == pytest.approx((min(without), max(without)), abs=1e-12)


@given(st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=2, max_size=9))
def test_the_exact_p_is_scipys(values: list[float]) -> None:
    whole = [round(1000 * value) for value in values]  # sums of whole numbers tie exactly on both sides
    theirs = permutation_test(
        (np.array(whole),), lambda x: abs(x.sum()), permutation_type="samples", n_resamples=np.inf, alternative="greater"
    )
    assert sign_flip_p(whole, seed=1) == pytest.approx(theirs.pvalue)


def test_six_names_are_the_fewest_that_can_agree_enough() -> None:
    assert of([(0.1 + i / 100, str(i)) for i in range(5)]).few_names
    assert not of([(0.1 + i / 100, str(i)) for i in range(6)]).few_names


def test_a_gap_of_one_name_is_driven_by_few_names() -> None:
    pairs = [(0.9, "Zoe")] * 50 + [(0.01 * (-1) ** i, f"name {i % 20}") for i in range(200)]
    found = of(pairs)
    assert found.gap > 0.15
    assert found.few_names
    assert found.lowest is not None
    assert found.lowest.name == "Zoe"
    assert abs(found.lowest.gap) < 0.01


def test_the_drawn_p_is_near_the_exact_one_valid_and_repeatable() -> None:
    values = np.random.default_rng(3).normal(0.25, 1, 16)
    exact = sign_flip_p(values, seed=0)
    spread = np.concatenate([values, np.full(4, 1e-14)])  # four values that change nothing, but make it draw
    drawn = sign_flip_p(spread, seed=5)
    assert drawn == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-4)
    assert drawn == sign_flip_p(spread, seed=5)
    assert sign_flip_p(np.ones(60), seed=1) == pytest.approx(1 / 20_001)


def test_names_that_differ_without_a_gap_are_seldom_called_more_than_few() -> None:
    rng = np.random.default_rng(4)
    called, runs = 0, 200
    for _ in range(runs):  # each name shifts the log-odds by sd 0.4: name effects, no group effect
        shares = expit(logit(0.3) + rng.normal(0, 0.4, 45))
        mean = expit(logit(0.3) + rng.normal(0, 0.4, 4_000)).mean()
        gaps = rng.binomial(40, shares) / 40 - mean
        called += not agreement(gaps, [str(i) for i in range(45)], seed=1, draws=2_000).few_names
    assert called / runs <= 0.07 + 2 * np.sqrt(0.05 * 0.95 / runs)


def test_with_a_tolerance_the_names_have_to_agree_on_more_than_it() -> None:
    rng = np.random.default_rng(5)
    gaps, names = np.clip(0.06 + rng.normal(0, 0.03, 45), -1, 1), [str(i) for i in range(45)]
    assert agreement(gaps, names, seed=1).p < 0.001
    assert agreement(gaps, names, seed=1, tolerance=0.02).p < 0.001
    assert agreement(gaps, names, seed=1, tolerance=0.06).p > 0.05
    assert agreement(gaps, names, seed=1, tolerance=0.10).p == 1
    assert agreement(-gaps, names, seed=1, tolerance=0.02).p < 0.001


def test_lists_that_do_not_fit_are_refused() -> None:
    for gaps, names in (([0.1], []), ([], []), ([0.1, 0.2], ["a"])):
        with pytest.raises(ValueError, match="one name a pair"):
            agreement(gaps, names, seed=1)
