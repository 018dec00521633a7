"""A histogram of differences that keeps their mean: 75 counts a cell, added across workers, read in any order."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

from monitors.stats.checks import Floats, in_range

Counts = NDArray[np.int64]


def _symmetric_nodes() -> Floats:
    sizes = 2.0 ** (-np.arange(37) / 4)
    return np.concatenate([-sizes, [0.0], sizes[::-1]])


NODES: Floats = _symmetric_nodes()
"""0 and +-2^(-j/4) for j = 0..36, rising: four nodes an octave, down to 1/512. What a refusal or a decision can differ by is among them."""
NODES.setflags(write=False)

_HEADER = struct.Struct("<4sH")
_TAG = b"HIS1"


def nodes_of(differences: Floats, coins: Floats) -> NDArray[np.intp]:
    """Index of the node that each difference is rounded to: one of its two neighbours, up with the chance that keeps the mean."""
    below = np.minimum(np.searchsorted(NODES, differences, side="right"), NODES.size - 1) - 1
    low, high = NODES[below], NODES[below + 1]
    up: NDArray[np.intp] = below + (coins < (differences - low) / (high - low))
    return up


def between_nodes(differences: Floats) -> NDArray[np.bool_]:
    """Which differences lie between two nodes, so that a coin decides; those of a yes-or-no outcome never do."""
    apart: NDArray[np.bool_] = NODES[np.searchsorted(NODES, differences)] != differences
    return apart


class Histogram:
    """How often each node was met by the differences of one cell.

    >>> histogram = Histogram()
    >>> histogram.add([0.0, 1.0, -1.0, 1.0], coins=[0.1, 0.2, 0.3, 0.4])
    >>> histogram.pairs, histogram.mean
    (4, 0.25)
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: ArrayLike | None = None) -> None:
        self._counts: Counts = np.zeros(NODES.size, dtype=np.int64)
        if counts is not None:
            given = np.asarray(counts)
            if given.shape != self._counts.shape or given.dtype.kind not in "iu" or (given < 0).any():
                raise ValueError(f"a histogram has {NODES.size} counts, whole and not negative")
            self._counts += given

    def add(self, differences: ArrayLike, coins: ArrayLike) -> None:
        """Count differences in [-1, 1], each rounded by its coin in [0, 1), which a replay has to repeat: a hash of the pair's id.

        The coin of a difference that is a node itself (not `between_nodes`) decides nothing and may be any.
        ValueError, and nothing changed, on NaN, on a number out of range and on lists of unequal length.
        """
        gaps = in_range(differences, -1.0, 1.0, "difference of a pair")
        tosses = in_range(coins, 0.0, np.nextafter(1.0, 0.0), "coin of a pair")
        if gaps.size != tosses.size:
            raise ValueError(f"{tosses.size} coins for {gaps.size} pairs")
        self._counts += np.bincount(nodes_of(gaps, tosses), minlength=NODES.size)

    def merge(self, other: Histogram) -> None:
        """Add the counts of another one."""
        self._counts += other._counts

    @property
    def counts(self) -> Counts:
        """A copy of the counts, in the order of `NODES`."""
        return self._counts.copy()

    @property
    def pairs(self) -> int:
        """Differences counted so far."""
        return int(self._counts.sum())

    @property
    def mean(self) -> float:
        """Mean of the rounded differences: that of the differences themselves but for the coins' noise. NaN without any."""
        return float(self._counts @ NODES / self.pairs) if self.pairs else float("nan")

    def snapshot(self) -> bytes:
        """All of the state, 606 bytes; `restore` gives it back."""
        return _HEADER.pack(_TAG, NODES.size) + self._counts.astype("<i8").tobytes()

    @classmethod
    def restore(cls, state: bytes) -> Histogram:
        """The inverse of `snapshot`; ValueError on bytes of another kind, another version or another length."""
        if len(state) != _HEADER.size + 8 * NODES.size or _HEADER.unpack_from(state) != (_TAG, NODES.size):
            raise ValueError(f"not a snapshot of a histogram: {state[:4]!r}, {len(state)} bytes")
        return cls(np.frombuffer(state, "<i8", offset=_HEADER.size).astype(np.int64))
