"""What all sequential tests share, checked on each of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from monitors.stats.evalue import Evidence
from monitors.stats.levels import Level
from monitors.stats.sequential import SequentialTest
from monitors.stats.tolerance import Clearing, Within

Fresh = Callable[[], Evidence | Level | Within | Clearing]

NEVER = 1e-150
"""A level that these pairs do not reach: where a verdict falls depends on the looks."""

KINDS: list[Fresh] = [
    lambda: Evidence(NEVER, 0.02),
    lambda: Evidence(NEVER, 0.02, budget="lifetime"),
    lambda: Level(NEVER, 0.05),
    lambda: Within(NEVER, 0.1),
    lambda: Clearing(NEVER, 0.1, "group_higher"),
]


@pytest.mark.parametrize("fresh", KINDS)
def test_a_block_holds_fifty_and_a_short_one_can_be_sealed(fresh: Fresh) -> None:
    test = fresh()
    test.fold([0.5] * 30)
    test.fold([0.25] * 20)
    assert test.room == 0
    with pytest.raises(ValueError, match="room"):
        test.fold([0.5])
    test.seal()
    test.fold([0.5])
    test.seal()
    test.seal()
    assert (test.pairs, test.blocks, test.room) == (51, 3, 50)


@pytest.mark.parametrize("fresh", KINDS)
def test_order_and_portions_change_no_bit_of_the_evidence(fresh: Fresh) -> None:
    rng = np.random.default_rng(1)
    one, other = fresh(), fresh()
    for block in rng.random((5, 50)) / 20:
        one.fold(block)
        for part in np.array_split(rng.permutation(block), 7):
            other.fold(part)
        one.seal()
        other.seal()
    assert one.snapshot() == other.snapshot()


def test_only_the_note_of_the_look_at_which_an_alarm_fell_depends_on_the_portions() -> None:
    whole, parts = Evidence(0.01, 0.02), Evidence(0.01, 0.02)
    whole.fold([1.0] * 50)
    for _ in range(10):
        parts.fold([1.0] * 5)
    assert whole.e_value == parts.e_value
    assert whole.alarm is not None
    assert parts.alarm is not None
    assert whole.alarm.e_value == whole.e_value > parts.alarm.e_value >= 100


@pytest.mark.parametrize("fresh", KINDS)
def test_a_snapshot_holds_everything_in_two_kilobytes(fresh: Fresh) -> None:
    test = fresh()
    for block in np.random.default_rng(2).random((20, 50)):
        test.fold(block[:41])
        twin: SequentialTest = type(test).restore(test.snapshot())
        assert twin.snapshot() == test.snapshot()
        assert (twin.e_value, twin.spent, twin.alpha, twin.budget) == (test.e_value, test.spent, test.alpha, test.budget)
        test.seal()
    assert len(test.snapshot()) < 2_048


@pytest.mark.parametrize("fresh", KINDS)
def test_no_kind_takes_the_snapshot_of_another(fresh: Fresh) -> None:
    test = fresh()
    for other in {kind().__class__ for kind in KINDS} - {type(test)}:
        with pytest.raises(ValueError, match="not a snapshot"):
            other.restore(test.snapshot())


@pytest.mark.parametrize("fresh", KINDS)
def test_evidence_before_any_pair_is_no_more_than_the_budget(fresh: Fresh) -> None:
    test = fresh()
    assert test.e_value <= test.spent <= 1
