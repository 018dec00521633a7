from collections import Counter
from math import sqrt
from random import Random

import pytest

from gateway.routing import Balancer, Deployment
from gateway.routing.balance import MAX_COOLDOWN_SECONDS


def deployment(identity: str, weight: float = 1.0) -> Deployment:
    return Deployment(identity, "m", "m", "http://a/v1", None, None, False, weight=weight)


class Bench:
    """A balancer with a clock and dice of its own."""

    def __init__(self, allowed_fails: int = 0, cooldown_seconds: float = 5.0) -> None:
        self.now = 1000.0
        self.told: list[tuple[str, float]] = []
        self.balancer = Balancer(
            allowed_fails,
            cooldown_seconds,
            draw=Random(11).random,
            clock=lambda: self.now,
            told=lambda deployment, seconds: self.told.append((deployment.id, seconds)),
        )

    def shares(self, *deployments: Deployment, draws: int = 10_000) -> Counter[str]:
        return Counter(found.id for _ in range(draws) if (found := self.balancer.choose(deployments)) is not None)


A, B, C = deployment("a"), deployment("b"), deployment("c")


@pytest.mark.parametrize("weights", [(1, 1), (3, 1), (0.5, 0.25, 0.25), (900, 100), (1, 0)])
def test_requests_are_shared_by_weight(weights: tuple[float, ...]) -> None:
    shares = Bench().shares(*(deployment(str(index), weight) for index, weight in enumerate(weights)))
    for index, weight in enumerate(weights):
        share = weight / sum(weights)
        assert abs(shares[str(index)] - 10_000 * share) <= 4 * sqrt(10_000 * share * (1 - share))


def test_where_no_weight_is_above_zero_all_get_the_same() -> None:
    shares = Bench().shares(deployment("a", 0), deployment("b", 0))
    assert abs(shares["a"] - 5_000) <= 200


def test_one_of_weight_zero_stands_by_for_the_others() -> None:
    bench = Bench()
    standby = deployment("s", 0)
    bench.balancer.failed(A)
    assert bench.shares(A, standby, draws=100) == {"s": 100}


def test_none_that_was_tried_is_chosen() -> None:
    bench = Bench()
    assert {bench.balancer.choose((A, B, C), {"a", "c"}) for _ in range(20)} == {B}
    assert bench.balancer.choose((A, B), {"a", "b"}) is None


def test_more_failures_than_allowed_within_a_minute_begin_a_cooldown_that_ends() -> None:
    bench = Bench(allowed_fails=2)
    for _ in range(2):
        bench.balancer.failed(A)
    assert not bench.balancer.cooling(A)
    bench.balancer.failed(A)
    assert bench.balancer.cooling(A)
    assert not bench.balancer.cooling(B)
    assert bench.told == [("a", 5.0)]
    assert bench.shares(A, B, draws=50) == {"b": 50}
    bench.now += 5.0
    assert not bench.balancer.cooling(A)
    assert bench.shares(A, B, draws=50)["a"] > 0


def test_failures_further_apart_than_a_minute_do_not_add_up() -> None:
    bench = Bench(allowed_fails=1)
    for _ in range(5):
        bench.balancer.failed(A)
        bench.now += 60.0
    assert not bench.told


def test_after_a_cooldown_one_more_failure_is_enough() -> None:
    bench = Bench(allowed_fails=3)
    for _ in range(4):
        bench.balancer.failed(A)
    bench.now += 6.0
    assert not bench.balancer.cooling(A)
    bench.balancer.failed(A)
    assert bench.balancer.cooling(A)


@pytest.mark.parametrize(("asked", "seconds"), [(20.0, 20.0), (1.0, 5.0), (3600.0, MAX_COOLDOWN_SECONDS)])
def test_an_upstream_that_asks_for_time_gets_it_at_once_within_bounds(asked: float, seconds: float) -> None:
    bench = Bench(allowed_fails=100)
    bench.balancer.failed(A, asked)
    assert bench.told == [("a", seconds)]
    bench.now += seconds - 0.01
    assert bench.balancer.cooling(A)


def test_a_shorter_cooldown_does_not_cut_a_longer_one() -> None:
    bench = Bench()
    bench.balancer.failed(A, 30.0)
    bench.balancer.failed(A)
    assert bench.told == [("a", 30.0)]
    bench.now += 29.0
    assert bench.balancer.cooling(A)


def test_a_cooldown_of_no_time_is_none() -> None:
    bench = Bench(cooldown_seconds=0.0)
    bench.balancer.failed(A, 30.0)
    assert not bench.balancer.cooling(A)
    assert not bench.told


def test_where_all_are_in_cooldown_one_is_chosen_only_if_asked() -> None:
    bench = Bench()
    bench.balancer.failed(A)
    bench.balancer.failed(B)
    assert bench.balancer.choose((A, B)) is None
    assert bench.balancer.choose((A, B), cooling_too=True) in (A, B)
    assert bench.balancer.choose((A, B), {"a"}, cooling_too=True) == B


def test_memory_of_failures_is_bounded() -> None:
    bench = Bench(allowed_fails=3)
    for _ in range(1000):
        bench.balancer.failed(A)
    assert len(bench.balancer._failures["a"]) <= 4
