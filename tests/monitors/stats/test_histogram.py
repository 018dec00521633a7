"""The histogram: its nodes, its coins, its merging and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.stats.histogram import NODES, Histogram, between_nodes, nodes_of

pairs = st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1, exclude_max=True)), max_size=60)


def filled(rows: list[tuple[float, float]]) -> Histogram:
    histogram = Histogram()
    histogram.add([d for d, _ in rows], [coin for _, coin in rows])
    return histogram


def test_the_nodes_are_75_symmetric_and_four_an_octave() -> None:
    assert NODES.size == 75
    assert (np.diff(NODES) > 0).all()
    assert not (NODES + NODES[::-1]).any()
    assert NODES[38] == pytest.approx(1 / 512)
    assert NODES[38:][4:] / NODES[38:][:-4] == pytest.approx(2.0)
    assert set(NODES) >= {-1.0, -0.5, 0.0, 0.25, 0.5, 1.0}


@given(st.floats(-1, 1))
def test_rounding_goes_to_a_neighbour_and_keeps_the_mean(difference: float) -> None:
    low, high = (int(nodes_of(np.array([difference]), np.array([coin]))[0]) for coin in (math.nextafter(1, 0), 0.0))
    assert high - low in (0, 1)
    assert NODES[low] - 1e-16 <= difference <= NODES[high] + 1e-16
    if high > low:
        up = (difference - NODES[low]) / (NODES[high] - NODES[low])
        coins = np.array([up * 0.999, min(up * 1.001, math.nextafter(1, 0))])
        assert nodes_of(np.full(2, difference), coins).tolist()[0] == high
        assert NODES[low] * (1 - up) + NODES[high] * up == pytest.approx(difference, abs=1e-15)


@pytest.mark.parametrize("coin", [0.0, 0.3, math.nextafter(1, 0)])
def test_a_difference_on_a_node_stays_there_whatever_the_coin(coin: float) -> None:
    assert nodes_of(np.array(NODES), np.full(75, coin)).tolist() == list(range(75))


@given(st.lists(st.one_of(st.sampled_from(NODES.tolist()), st.floats(-1, 1)), min_size=1))
def test_a_coin_decides_between_nodes_only(gaps: list[float]) -> None:
    differences = np.array(gaps)
    ends = [nodes_of(differences, np.full(differences.size, coin)) for coin in (0.0, math.nextafter(1, 0))]
    assert not (ends[0] != ends[1])[~between_nodes(differences)].any()
    assert between_nodes(differences).tolist() == [gap not in NODES for gap in gaps]


def test_the_coins_keep_the_mean_of_many_differences() -> None:
    rng = np.random.default_rng(5)
    gaps = np.clip(rng.laplace(0.03, 0.2, 200_000), -1, 1)
    histogram = Histogram()
    histogram.add(gaps, rng.random(gaps.size))
    assert histogram.mean == pytest.approx(gaps.mean(), abs=4e-4)
    assert histogram.pairs == gaps.size


@given(pairs, pairs)
def test_merging_two_workers_gives_what_one_would_have_counted(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    merged = filled(one)
    merged.merge(filled(other))
    assert merged.counts.tolist() == filled(other[::-1] + one).counts.tolist()


@given(pairs)
def test_a_snapshot_gives_the_same_counts(rows: list[tuple[float, float]]) -> None:
    histogram = filled(rows)
    twin = Histogram.restore(histogram.snapshot())
    assert twin.counts.tolist() == histogram.counts.tolist()
    assert len(histogram.snapshot()) == 606


@pytest.mark.parametrize("state", [b"", b"HIS1", b"HIS2" + Histogram().snapshot()[4:], Histogram().snapshot() + b"\0"])
def test_bytes_that_are_no_snapshot_of_this_version_are_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="snapshot"):
        Histogram.restore(state)


@pytest.mark.parametrize(
    ("gaps", "coins"),
    [([0.1, math.nan], [0.5, 0.5]), ([1.01], [0.5]), ([0.0], [1.0]), ([0.0], [-0.1]), ([0.0], [math.nan]), ([0.0, 0.1], [0.5])],
)
def test_a_bad_pair_is_refused_and_leaves_the_counts_alone(gaps: list[float], coins: list[float]) -> None:
    histogram = filled([(0.3, 0.5)])
    before = histogram.counts.tolist()
    with pytest.raises(ValueError, match="pair"):
        histogram.add(gaps, coins)
    assert histogram.counts.tolist() == before


@pytest.mark.parametrize("counts", [[1] * 74, [0.5] * 75, [-1] + [0] * 74])
def test_counts_that_are_no_histogram_are_refused(counts: list[float]) -> None:
    with pytest.raises(ValueError, match="75 counts"):
        Histogram(counts)


def test_counts_are_a_copy() -> None:
    histogram = filled([(0.0, 0.0)])
    histogram.counts[0] = 99
    assert histogram.pairs == 1


def test_without_pairs_there_is_no_mean() -> None:
    assert math.isnan(Histogram().mean)
