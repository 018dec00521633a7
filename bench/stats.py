"""What the statistics cost: `python -m bench.stats [--cells 960] [--rounds 5]`.

Microseconds a pair folded into its cell (evidence, within, histogram, window: all that the sealer does but the store), beside what river's
ADWIN takes for the same number in the same run; milliseconds for the intervals of all cells; bytes a cell. Times are of the processor, arms
take turns, and ratios are medians over the rounds, so that what else the machine does weighs little, and on all.
`pip install 'evenhand[bench]'` brings river.
"""

import argparse
import importlib
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from monitors.cells import Accumulator, CellOptions
from monitors.declare import CellSpec
from monitors.stats.betting import BLOCK
from monitors.stats.checks import Floats
from monitors.stats.confseq import intervals
from monitors.stats.evalue import Evidence
from monitors.store.blocks import Bet
from monitors.store.cells import CellRow

SECRET = b"s" * 32
BLOCKS = 4
"""Blocks of each cell in a round."""


@dataclass
class Arm:
    """One way to take pairs in: ``take`` takes one round of them."""

    name: str
    take: Callable[[], None]
    seconds: list[float] = field(default_factory=list)

    def per_pair(self, pairs: int) -> float:
        """Microseconds, at the median of the rounds."""
        return median(self.seconds) / pairs * 1e6

    def ratio(self, base: "Arm") -> float:
        """Of this arm to another, at the median of the rounds."""
        return median(mine / theirs for mine, theirs in zip(self.seconds, base.seconds, strict=True))


def streams(cells: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Differences of each cell: of a yes-or-no outcome, and of a score, whose histogram needs a coin for each pair."""
    shape = (cells, BLOCKS * BLOCK)
    return {
        "yes or no": rng.choice([1.0, 0.0, -1.0], shape, p=[0.036, 0.928, 0.036]),
        "score": np.clip(rng.laplace(0, 0.1, shape), -1, 1),
    }


def accumulators(cells: int) -> list[Accumulator]:
    """So many cells without data."""
    spec = CellSpec("pair", "m", "hiring", "gender", "female", "refusal", "male", "T2", 0.02)
    options = CellOptions("horizon", SECRET, lambda k: 1e-6)
    return [Accumulator.begin(CellRow(number, spec, 1e-5, 0, 0), options) for number in range(cells)]


def folding(cells: Sequence[Accumulator], differences: Floats) -> Callable[[], None]:
    """Fold the differences as bets that the store gave, block by block over all cells."""
    rows = [
        [Bet(seq, f"pr_{cell}_{seq}", value, 0.02, 1) for seq, value in enumerate(row)] for cell, row in enumerate(differences.tolist())
    ]
    blocks = [[bets[begin : begin + BLOCK] for bets in rows] for begin in range(0, BLOCKS * BLOCK, BLOCK)]

    def take() -> None:
        for one in blocks:
            for accumulator, bets in zip(cells, one, strict=True):
                accumulator.fold(bets, SECRET)

    return take


def testing(tests: Sequence[Evidence], differences: Floats) -> Callable[[], None]:
    """The test alone."""

    def take() -> None:
        for begin in range(0, BLOCKS * BLOCK, BLOCK):
            for test, row in zip(tests, differences, strict=True):
                test.fold(row[begin : begin + BLOCK])
                test.seal()

    return take


def adwin(differences: Floats) -> Callable[[], None] | None:
    """river's ADWIN at its defaults, one a cell; None where river is not installed."""
    try:
        drift = importlib.import_module("river.drift")
    except ImportError:
        return None
    detectors = [drift.ADWIN() for _ in differences]
    rows = differences.tolist()

    def take() -> None:
        for detector, row in zip(detectors, rows, strict=True):
            for difference in row:
                detector.update(difference)

    return take


def of_intervals(counts: Floats) -> float:
    """Milliseconds for the intervals of all cells in one call."""
    begun = time.process_time()
    intervals(counts)
    return (time.process_time() - begun) * 1e3


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 0."""
    parser = argparse.ArgumentParser("python -m bench.stats", description=__doc__)
    parser.add_argument("--cells", type=int, default=960)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    rng = np.random.default_rng(1)
    kinds = streams(given.cells, rng)
    pairs = given.cells * BLOCKS * BLOCK

    tracemalloc.start()
    made = {kind: accumulators(given.cells) for kind in kinds}
    held = tracemalloc.get_traced_memory()[0] / len(kinds) / given.cells
    tracemalloc.stop()
    arms = [Arm(f"a cell, {kind}", folding(made[kind], differences)) for kind, differences in kinds.items()]
    arms.append(Arm("the test alone", testing([Evidence(1e-5, 0.02) for _ in range(given.cells)], kinds["yes or no"])))
    base = adwin(kinds["yes or no"])
    if base is not None:
        arms.append(Arm("river's ADWIN", base))
    for _ in range(given.rounds):
        for arm in arms:
            begun = time.process_time()
            arm.take()
            arm.seconds.append(time.process_time() - begun)

    print(f"{given.cells} cells, {BLOCKS * BLOCK} pairs each a round, {given.rounds} rounds; Python {sys.version.split()[0]}")
    print(f"{'':<24}{'us a pair':>10}{'x ADWIN':>9}")
    for arm in arms:
        print(f"{arm.name:<24}{arm.per_pair(pairs):>10.2f}{f'{arm.ratio(arms[-1]):.1f}' if base else '-':>9}")
    if base is None:
        print("river is not installed: no ratio (pip install 'evenhand[bench]')")
    for kind, cells in made.items():
        counts = np.stack([cell.histogram.counts for cell in cells])
        took = median(of_intervals(counts) for _ in range(given.rounds))
        met = np.count_nonzero(counts) / len(counts)
        print(f"intervals of all cells, {kind}: {took:.0f} ms ({met:.0f} of 75 nodes met)")
        snapshots = [len(cell.snapshot()) for cell in cells]
        print(f"state of a cell, {kind}: {max(snapshots):,} bytes at most as stored")
    print(f"in memory: {held:,.0f} bytes a cell without data")
    return 0


if __name__ == "__main__":
    sys.exit(main())
