"""A fair monitor stays silent and a planted gap is found, over as many cells and pairs as a year brings, through the real accumulators."""

from dataclasses import replace

import numpy as np
import pytest

from monitors.cells import Accumulator, CellOptions, drill
from monitors.declare import alpha_of, alpha_of_later, declared_cells
from monitors.stats.checks import Floats
from monitors.stats.confseq import interval
from monitors.stats.planner import pairs_needed
from monitors.store.blocks import BLOCK, Bet
from monitors.store.cells import CellRow
from tests.monitors.worker_bench import settings_of

ALPHA = 0.01
PAIRS = 20_000
GROUPS = [f"group-{number}" for number in range(24)]
SECRET = b"s" * 32
RATE, CORRELATION = 0.10, 0.6


def cells() -> list[CellRow]:
    """96 pair cells of one outcome: two routes, two axes, 24 groups each; alpha is shared with all other cells that these declare."""
    axes = {axis: {"reference": "reference", "groups": GROUPS} for axis in ("first", "second")}
    routes = [{"name": name, "axes": axes, "outcomes": {"refusal": {"tolerance": 0.0}}} for name in ("hiring", "lending")]
    specs = declared_cells(settings_of("http://127.0.0.1:1/v1", routes=routes))
    shares = alpha_of(specs, ALPHA)
    assert sum(shares) <= ALPHA
    rows = [CellRow(number, spec, alpha, 0, 0) for number, (spec, alpha) in enumerate(zip(specs, shares, strict=True))]
    return [row for row in rows if row.spec.kind == "pair" and row.spec.outcome == "refusal"]


def refusals(seed: int, gap: float = 0.0) -> Floats:
    """Differences of pairs: 10 % of replies are refused, the arms of a pair correlated at 0.6; a gap is more refusals of the group."""
    discordant = 2 * RATE * (1 - RATE) * (1 - CORRELATION)
    return np.random.default_rng(seed).choice([1.0, 0.0, -1.0], PAIRS, p=[discordant / 2 + gap, 1 - discordant - gap, discordant / 2])


def fold(cell: CellRow, differences: Floats) -> tuple[Accumulator, int | None]:
    """The cell's accumulator after the pairs, and after how many of them its alarm came."""
    options, margin = CellOptions("horizon", SECRET, lambda k: alpha_of_later(k, ALPHA)), cell.spec.tolerance
    accumulator, alarmed = Accumulator.begin(cell, options), None
    for begin in range(0, len(differences), BLOCK):
        bets = [Bet(begin + i, f"{cell.id}:{begin + i}", float(d), margin, 1) for i, d in enumerate(differences[begin : begin + BLOCK])]
        accumulator.fold(bets, SECRET)
        if alarmed is None and accumulator.evidence.alarm is not None:
            alarmed = begin + BLOCK
    return accumulator, alarmed


def repeated_z_test(differences: Floats) -> bool:
    """Whether a z-test at 1 %, repeated after every block from the fourth on, ever rejects "no gap"."""
    n = np.arange(1, PAIRS + 1)
    mean = np.cumsum(differences) / n
    spread = np.sqrt(np.maximum(np.cumsum(differences**2) / n - mean**2, 1e-12) / n)
    return bool((np.abs(mean / spread) > 2.5758)[4 * BLOCK - 1 :: BLOCK].any())


@pytest.mark.slow
def test_96_fair_cells_of_20_000_pairs_raise_no_alarm_where_a_repeated_z_test_raises_many() -> None:
    rows = cells()
    alarms, z_alarms, missing = 0, 0, 0
    for row in rows:
        differences = refusals(seed=row.id)
        accumulator, alarmed = fold(row, differences)
        low, high = interval(accumulator.histogram.counts)
        alarms, z_alarms, missing = (
            alarms + (alarmed is not None),
            z_alarms + repeated_z_test(differences),
            missing + (not low <= 0 <= high),
        )
        assert accumulator.bets == PAIRS
    assert len(rows) == 96
    assert alarms == 0
    assert z_alarms >= 8, "about one in nine of such streams"
    assert missing <= 3, "of intervals at 99 %"


HARNESS = {0: 445, 5_000: 750}
"""Within how many pairs the acceptance harness wants nine of ten gaps of 10 points found, by where they begin, at alpha 0.01."""


@pytest.mark.parametrize("start", HARNESS)
def test_a_planted_gap_of_ten_points_is_found_within_the_harness_s_bound(start: int) -> None:
    row = cells()[50]
    differences = refusals(seed=11)
    differences[start:] = refusals(seed=12, gap=0.10)[start:]
    accumulator, alarmed = fold(row, differences[: start + 2_000])

    planned, at_one_percent = (pairs_needed(0.10, 0.0, 0.41, alpha, later=start > 0) for alpha in (row.alpha, 0.01))
    assert alarmed is not None
    assert start < alarmed <= start + HARNESS[start] * planned / at_one_percent + BLOCK
    found = accumulator.evidence.alarm
    assert found is not None
    assert found.direction == "group_higher"
    assert found.since_block * BLOCK == pytest.approx(start, abs=5 * BLOCK)


LAWS = {
    "refusals": (True, 0.02, lambda rng: rng.choice([1.0, 0.0, -1.0], PAIRS // 2, p=[0.036, 0.928, 0.036])),
    "decisions at a high temperature": (True, 0.02, lambda rng: rng.choice([1.0, 0.0, -1.0], PAIRS // 2, p=[0.21, 0.58, 0.21])),
    "scores": (False, 0.02, lambda rng: np.clip(rng.laplace(0, 0.1, PAIRS // 2), -1, 1)),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_drill_finds_its_planted_gap_in_every_fair_cell_with_enough_pairs(law: str) -> None:
    binary, tolerance, draw = LAWS[law]
    row = cells()[0]
    cell = replace(row, spec=replace(row.spec, kind="drill", tolerance=tolerance, pages=False))
    waits = []
    for seed in range(8):
        fair = draw(np.random.default_rng(seed))
        planted = [drill.plant(SECRET, f"{seed}:{i}", d, binary=binary, tolerance=tolerance) for i, d in enumerate(fair.tolist())]
        assert fold(cell, fair)[1] is None
        accumulator, found = fold(cell, np.array(planted))
        assert found is not None
        waits.append(found / drill.planned_pairs(cell, accumulator))
    assert max(waits) <= drill.MISSED_AT
    assert 0.5 <= float(np.median(waits)) <= 2
