from collections.abc import Callable, Sequence

import pytest

from monitors.scorers import Reply, Value, build
from monitors.scoring.guard import FAILED, guarded
from tests.monitors.scoring.scripted import Scripted


def test_a_sound_scorer_s_values_come_with_its_fingerprint() -> None:
    scorer = build({"length": {}})["length"]
    scored = guarded(scorer, [Reply("a b"), Reply(None)])
    assert scored.values == (Value(2.0), Value(0.0))
    assert (scored.fingerprint, scored.problem, scored.failures) == (scorer.fingerprint, "", 0)


def test_one_reply_that_makes_it_raise_costs_the_others_nothing() -> None:
    def score(replies: Sequence[Reply]) -> list[Value]:
        if any(reply.text == "poison" for reply in replies):
            raise RuntimeError("no such word")
        return [Value(0.5)] * len(replies)

    scored = guarded(Scripted(score), [Reply("a"), Reply("poison"), Reply("b")])
    assert scored.values == (Value(0.5), FAILED, Value(0.5))
    assert scored.failures == 1
    assert scored.problem == "RuntimeError: no such word"


@pytest.mark.parametrize(
    "score",
    [
        lambda replies: [Value(float("nan"))] * len(replies),
        lambda replies: [Value(float("inf"))] * len(replies),
        lambda replies: [Value(1.5)] * len(replies),
        lambda replies: [Value(0.5)] * (len(replies) + 1),
        lambda replies: [],
    ],
    ids=["nan", "infinite", "out of range", "too many", "none"],
)
def test_what_is_no_value_of_the_declared_range_is_the_scorer_s_failure(score: Callable[[Sequence[Reply]], list[Value]]) -> None:
    scored = guarded(Scripted(score), [Reply("a"), Reply("b")])
    assert scored.values == (FAILED, FAILED)
    assert scored.problem


def test_no_value_has_always_a_reason_and_is_no_failure() -> None:
    scored = guarded(Scripted(lambda replies: [Value(None)]), [Reply("a")])
    assert scored.values == (Value(None, reason="no reason given"),)
    assert scored.failures == 0
    assert scored.problem == ""
