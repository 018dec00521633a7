"""The page on statistics: its code prints what it says, and the figures in its sentences are ours."""

import doctest
import re
from pathlib import Path

import numpy as np

from monitors.stats.evalue import Evidence

PAGE = Path(__file__).resolve().parents[3] / "docs" / "concepts" / "statistics.md"
NO_RESTARTS = 10**15
"""A horizon so long that those who start later have nothing to bet with."""


def test_every_example_prints_what_the_page_says() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.failed == 0
    assert result.attempted >= 12


def median_delay(horizon_pairs: int) -> float:
    """Pairs until the alarm of a gap of 10 points that begins at pair 5,000, over 60 streams, with a tolerance of 2."""
    rng = np.random.default_rng(5)
    waits = []
    for _ in range(60):
        evidence = Evidence(0.01, 0.02, horizon_pairs=horizon_pairs)
        fair = rng.choice([1.0, 0.0, -1.0], 5_000, p=[0.036, 0.928, 0.036])
        uneven = rng.choice([1.0, 0.0, -1.0], 8_000, p=[0.136, 0.828, 0.036])
        for block in np.concatenate([fair, uneven]).reshape(-1, 50):
            evidence.fold(block)
            if evidence.alarm:
                break
            evidence.seal()
        waits.append(evidence.pairs - 5_000)
    return float(np.median(waits))


def test_the_page_tells_what_restarts_save() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    with_restarts, without = re.findall(r"after ([\d,]+) pairs at the median, and without restarts after ([\d,]+)", text)[0]
    assert median_delay(100_000) == int(with_restarts.replace(",", ""))
    assert median_delay(NO_RESTARTS) == int(without.replace(",", ""))


def test_the_page_never_passes_judgement() -> None:
    text = PAGE.read_text(encoding="utf-8").lower()
    assert not re.search(r"\b(biased|unfair|discriminat\w*|certified)\b", text)
