"""What the tests accept as input: finite numbers in their declared range, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def in_range(values: ArrayLike, low: float, high: float, what: str) -> Floats:
    """A flat float64 copy of `values`, each finite and within [low, high].

    Raises ValueError naming the first offender otherwise (NaN is out of every range).
    """
    flat = np.array(values, dtype=np.float64, ndmin=1)
    if flat.ndim != 1:
        raise ValueError(f"{what}: a number or a flat list is expected, not an array of shape {flat.shape}")
    if flat.size and not (low <= np.minimum.reduce(flat) and np.maximum.reduce(flat) <= high):  # with a NaN both are NaN
        outside = ~((flat >= low) & (flat <= high))
        raise ValueError(f"{what}: {flat[outside][0]} lies outside [{low}, {high}]")
    return flat


def one_each(tolerances: ArrayLike | None, own: float, count: int) -> Floats:
    """Tolerances for `count` pairs: the cell's own for each unless given pair by pair.

    Raises ValueError if one lies outside [0, 1) or their number differs from the pairs'.
    """
    if tolerances is None:
        return np.full(count, own)
    flat = in_range(tolerances, 0.0, np.nextafter(1.0, 0.0), "tolerance of a pair")
    if flat.size != count:
        raise ValueError(f"{flat.size} tolerances for {count} pairs")
    return flat


@dataclass(frozen=True, slots=True)
class Pairs:
    """Differences in [-1, 1] and a tolerance each, checked once for all tests that fold them."""

    differences: Floats
    margins: Floats

    @classmethod
    def of(cls, differences: ArrayLike | Pairs, tolerances: ArrayLike | None = None, own: float = 0.0) -> Pairs:
        """Check them; `own` is the tolerance where none are given. What is checked already comes back as it is."""
        if isinstance(differences, Pairs):
            return differences
        gaps = in_range(differences, -1.0, 1.0, "difference of a pair")
        return cls(gaps, one_each(tolerances, own, gaps.size))


def probability(alpha: float, what: str = "alpha") -> float:
    """`alpha` itself, if it lies strictly between 0 and 1; ValueError otherwise."""
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"{what} must lie strictly between 0 and 1, not at {alpha}")
    return float(alpha)


def tolerance(value: float) -> float:
    """`value` itself, if it is a tolerance: at least 0 and below 1; ValueError otherwise."""
    if not 0.0 <= value < 1.0:
        raise ValueError(f"a tolerance must be at least 0 and below 1, not {value}")
    return float(value)
