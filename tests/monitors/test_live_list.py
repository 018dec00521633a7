"""The list of the moment: more than what alarms, in the order of shares, and evidence over what its test has spent."""

from dataclasses import replace

from monitors.cells import Accumulator, CellOptions
from monitors.declare import CellSpec
from monitors.live_list import listed
from monitors.stats.betting import BLOCK
from monitors.store.cells import CellRow

SPEC = CellSpec("pair", "m", "hiring", "gender", "female", "refusal", "male", "T2", 0.0)
OPTIONS = CellOptions("horizon", b"s" * 32, lambda k: 0.0001)


def cells(count: int, alpha: float = 0.01) -> tuple[list[CellRow], dict[int, Accumulator]]:
    rows = [CellRow(number, replace(SPEC, group=f"g{number}"), alpha / count, 0, 0) for number in range(count)]
    return rows, {row.id: Accumulator.begin(row, OPTIONS) for row in rows}


def gap(accumulator: Accumulator, pairs: int) -> None:
    """So many pairs that differ one way."""
    accumulator.evidence.fold([1.0] * pairs)
    accumulator.evidence.seal()


def test_cells_that_stand_out_together_are_listed_before_each_of_them_alarms() -> None:
    rows, accumulators = cells(20)
    for number in range(10):
        gap(accumulators[number], 13)
    assert 1 / rows[0].alpha > accumulators[0].evidence.e_value > 1 / (10 * rows[0].alpha)
    assert listed(rows, accumulators) == frozenset(range(10))


def test_one_cell_alone_is_listed_when_it_alarms() -> None:
    rows, accumulators = cells(20)
    gap(accumulators[3], 12)
    assert listed(rows, accumulators) == frozenset()
    gap(accumulators[3], 5)
    assert accumulators[3].evidence.alarm is not None
    assert listed(rows, accumulators) == frozenset({3})


def test_past_the_horizon_evidence_counts_over_what_was_spent() -> None:
    rows, accumulators = cells(1)
    for _ in range(8_000):  # four horizons of nothing
        accumulators[0].evidence.seal()
    gap(accumulators[0], 8)
    evidence = accumulators[0].evidence
    while evidence.e_value < 1 / rows[0].alpha:
        gap(accumulators[0], 1)
    assert evidence.spent > 2
    assert evidence.e_value / evidence.spent < 1 / rows[0].alpha
    assert listed(rows, accumulators) == frozenset()
    gap(accumulators[0], BLOCK)
    assert listed(rows, accumulators) == frozenset({0})


def test_checks_of_the_measurement_are_not_on_the_list_and_no_cells_make_none() -> None:
    rows, accumulators = cells(1)
    gap(accumulators[0], 40)
    assert listed([replace(rows[0], spec=replace(SPEC, kind="placebo"))], accumulators) == frozenset()
    assert listed([], {}) == frozenset()
