"""Which deployment follows which, without a network."""

from itertools import pairwise

import pytest

from gateway.routing import Balancer, Course, Deployment, Destination, Failure, Retries
from gateway.routing.course import MAX_WAIT_SECONDS

REFUSED = Failure(0, unsent=True)
NO_CONNECTION_IN_TIME = Failure(0, unsent=True, slow=True)
BROKEN_OFF = Failure(0)


def deployment(identity: str, *, through: bool = False) -> Deployment:
    return Deployment(identity, identity[0], "m", "http://a/v1", None, None, through)


A, A2, A3, B, C = map(deployment, ("a", "a2", "a3", "b", "c"))


class Bench:
    """Courses with dice that always show the same, and a clock that stands still until it is told."""

    def __init__(self, retries: int | None = None, allowed_fails: int = 100) -> None:
        self.now, self.cooled = 0.0, dict[str, float]()
        self.retries = Retries(retries, lambda: 0.0)
        self.balancer = Balancer(
            allowed_fails, 5.0, draw=lambda: 0.0, clock=lambda: self.now, told=lambda d, seconds: self.cooled.update({d.id: seconds})
        )

    def course(self, *stages: tuple[Deployment, ...]) -> Course:
        return Course(Destination.of(*stages), self.balancer, self.retries)

    def walked(self, *stages: tuple[Deployment, ...], failures: list[Failure]) -> list[tuple[str, float]]:
        """Ids in order with the wait before each, until the course or the failures end."""
        course = self.course(*stages)
        found = [(course.start().id, 0.0)]
        for failure in failures:
            following = course.after(failure)
            if following is None:
                break
            assert course.deployment == following.deployment
            found.append((following.deployment.id, following.wait_seconds))
        return found

    def ids(self, *stages: tuple[Deployment, ...], failures: list[Failure]) -> list[str]:
        return [identity for identity, _ in self.walked(*stages, failures=failures)]


def test_by_default_a_lone_deployment_is_tried_once_more_and_only_after_a_failed_connection() -> None:
    assert Bench().walked((A,), failures=[REFUSED] * 5) == [("a", 0.0), ("a", 0.1)]
    for failure in (NO_CONNECTION_IN_TIME, BROKEN_OFF, Failure(429), Failure(500), Failure(503), Failure(401)):
        assert Bench().ids((A,), failures=[failure] * 5) == ["a"]


def test_num_retries_repeats_what_never_arrived_and_what_was_turned_away() -> None:
    for failure in (REFUSED, Failure(429), Failure(503)):
        assert Bench(3).ids((A,), failures=[failure] * 9) == ["a"] * 4
        assert Bench(0).ids((A,), failures=[failure] * 9) == ["a"]


@pytest.mark.parametrize(
    "failure", [BROKEN_OFF, Failure(400), Failure(401), Failure(404), Failure(408), Failure(500), Failure(502), Failure(504)]
)
def test_what_an_upstream_may_have_acted_on_is_never_repeated(failure: Failure) -> None:
    assert Bench(5).ids((A, A2), failures=[failure] * 9) == ["a"]


def test_retries_wait_longer_each_time_and_as_long_as_the_upstream_asks() -> None:
    waits = [seconds for _, seconds in Bench(6).walked((A,), failures=[Failure(503)] * 9)]
    assert waits == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    asked = Failure(429, wait_seconds=7.0)
    assert Bench(2).walked((A,), failures=[asked] * 9) == [("a", 0.0), ("a", 7.0), ("a", 7.0)]


def test_an_upstream_that_asks_for_too_long_is_not_waited_for() -> None:
    assert Bench(5).ids((A,), failures=[Failure(429, wait_seconds=MAX_WAIT_SECONDS + 1)]) == ["a"]


def test_another_deployment_of_the_model_is_tried_at_once_and_each_before_any_a_second_time() -> None:
    found = Bench(5).walked((A, A2, A3), failures=[Failure(429, wait_seconds=3.0)] * 9)
    assert [identity for identity, _ in found[:3]] == ["a", "a2", "a3"]
    assert [seconds for _, seconds in found] == [0.0, 0.0, 0.0, 3.0, 0.0, 3.0]  # a pause for a round, not for each
    assert all(before != after for (before, _), (after, _) in pairwise(found))


def test_a_connection_that_takes_too_long_is_tried_elsewhere_only() -> None:
    assert Bench(5).ids((A, A2), failures=[NO_CONNECTION_IN_TIME] * 9) == ["a", "a2"]


@pytest.mark.parametrize("failure", [REFUSED, NO_CONNECTION_IN_TIME, Failure(429), Failure(500), Failure(503), Failure(529)])
def test_fallbacks_follow_in_their_order(failure: Failure) -> None:
    found = Bench(0).ids((A,), (B,), (C,), failures=[failure] * 9)
    assert found == ["a", "b", "c"]


@pytest.mark.parametrize("failure", [BROKEN_OFF, Failure(400), Failure(401), Failure(404), Failure(408), Failure(422)])
def test_nothing_else_falls_back(failure: Failure) -> None:
    assert Bench().ids((A,), (B,), failures=[failure] * 9) == ["a"]


def test_a_model_is_retried_before_its_fallback_where_that_costs_no_wait_worth_the_name() -> None:
    assert Bench().walked((A,), (B,), failures=[REFUSED] * 9) == [("a", 0.0), ("a", 0.1), ("b", 0.0), ("b", 0.1)]
    assert Bench(2).ids((A, A2), (B,), failures=[Failure(429)] * 9)[:3] == ["a", "a2", "b"]
    assert Bench(2).walked((A,), (B,), failures=[Failure(429, wait_seconds=9.0)])[1] == ("b", 0.0)


def test_the_last_fallback_is_retried_as_a_model_of_its_own() -> None:
    found = Bench(2).walked((A,), (B,), failures=[Failure(503, wait_seconds=1.0)] * 9)
    assert found == [("a", 0.0), ("b", 0.0), ("b", 1.0), ("b", 1.0)]


def test_a_model_in_cooldown_is_passed_over_for_its_fallback_and_comes_last() -> None:
    bench = Bench(0)
    bench.balancer.failed(A, 5.0)
    assert bench.ids((A,), (B,), (C,), failures=[REFUSED] * 9) == ["b", "c", "a"]
    bench.now = 6.0
    assert bench.ids((A,), (B,), failures=[]) == ["a"]


def test_where_everything_is_in_cooldown_everything_is_tried_in_order() -> None:
    bench = Bench(0)
    for each in (A, B):
        bench.balancer.failed(each, 5.0)
    assert bench.ids((A,), (B,), failures=[REFUSED] * 9) == ["a", "b"]
    assert bench.ids((A,), failures=[]) == ["a"]


def test_failures_cool_a_deployment_that_has_others_beside_it_and_no_lone_one() -> None:
    bench = Bench(0, allowed_fails=0)
    bench.ids((A,), failures=[REFUSED])
    assert bench.cooled == {}
    bench.ids((A,), (B,), failures=[REFUSED, Failure(500)])
    assert bench.cooled == {"a": 5.0, "b": 5.0}


@pytest.mark.parametrize("status", [0, 408, 429, 500, 503, 401, 403])
def test_a_failure_of_the_deployment_counts(status: int) -> None:
    bench = Bench(0, allowed_fails=0)
    bench.ids((A, A2), failures=[Failure(status)])
    assert bench.cooled == {"a": 5.0}


@pytest.mark.parametrize(("status", "through"), [(400, False), (404, False), (422, False), (401, True), (403, True), (429, True)])
def test_a_fault_of_the_request_or_of_the_clients_own_key_does_not(status: int, through: bool) -> None:
    bench = Bench(0, allowed_fails=0)
    bench.ids((deployment("a", through=through), A2), failures=[Failure(status, wait_seconds=9.0)])
    assert bench.cooled == {}


def test_an_upstream_that_asks_for_time_is_passed_over_for_as_long() -> None:
    bench = Bench(0)
    bench.ids((A, A2), failures=[Failure(429, wait_seconds=20.0)])
    assert bench.cooled == {"a": 20.0}


def test_no_course_goes_on_for_ever() -> None:
    stages = ((A, A2, A3), (B,), (C,))
    assert len(Bench(4).ids(*stages, failures=[REFUSED] * 1000)) <= 3 * 5
