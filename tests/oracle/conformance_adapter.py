"""One cell behind the four verbs of the acceptance harness: the real test and the real interval, nothing added but the coins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from monitors.stats.confseq import Histogram, interval
from monitors.stats.evalue import Evidence

ReplayedPair = tuple[float, float, int]


class Cell:
    """A pair is (reference outcome, group outcome, id). A block that is full is sealed at once, as the sealer would."""

    def __init__(self, evidence: Evidence, seed: int) -> None:
        self.evidence = evidence
        self.histogram = Histogram()
        self.alpha = 0.01  # of the interval, whatever the test's own is
        self.seed = seed

    def update(self, pair: ReplayedPair) -> dict[str, Any]:
        return self.add_block([pair])

    def add_block(self, pairs: Sequence[ReplayedPair]) -> dict[str, Any]:
        differences = [group - reference for reference, group, _ in pairs]
        self.evidence.fold(differences)
        self.histogram.add(differences, [self._coin(key) for _, _, key in pairs])
        looked = {"e_value": self.evidence.e_value, "alarm": self.evidence.alarm is not None}
        if self.evidence.room == 0:
            self.evidence.seal()
        return looked

    def interval(self) -> tuple[float, float]:
        return interval(self.histogram.counts, self.alpha)

    def dump(self) -> bytes:
        evidence = self.evidence.snapshot()
        return self.seed.to_bytes(8, "little") + len(evidence).to_bytes(4, "little") + evidence + self.histogram.snapshot()

    def load(self, state: bytes) -> None:
        self.seed = int.from_bytes(state[:8], "little")
        end = 12 + int.from_bytes(state[8:12], "little")
        self.evidence = Evidence.restore(state[12:end])
        self.histogram = Histogram.restore(state[end:])

    def _coin(self, key: int) -> float:
        digest = hashlib.blake2b(f"{self.seed}:{key}".encode(), digest_size=8).digest()
        return (int.from_bytes(digest, "little") >> 11) / 2**53


def cell(*, alpha: float, tolerance: float, horizon_pairs: int, seed: int) -> Cell:
    return Cell(Evidence(alpha, tolerance, horizon_pairs=horizon_pairs), seed)
