"""Softmax regression over sets of named features and over tables of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitors.scorers.refusal.model import share, softmax

Array = NDArray[np.float64]


class Fitted:
    """A softmax regression over sets of named features."""

    def __init__(
        self, rows: Sequence[set[str]], classes: Sequence[int], size: int, penalty: float, least: int, importance: Sequence[float]
    ) -> None:
        counts = Counter(name for row in rows for name in row)
        self.names = sorted(name for name, count in counts.items() if count >= least)
        self.index = {name: place for place, name in enumerate(self.names)}
        places = [[self.index[name] for name in sorted(row) if name in self.index] for row in rows]
        self.weights, self.bias = fit(Rows(places, len(self.names)), np.array(classes), size, penalty, np.array(importance), 250)

    def chances(self, row: set[str]) -> list[float]:
        places = [self.index[name] for name in row if name in self.index]
        return softmax([float(x) for x in self.bias + self.weights[places].sum(axis=0) * share(len(places))])


class Rows:
    """A sparse matrix of ones: the columns that are set in each row."""

    def __init__(self, places: Sequence[Sequence[int]], width: int) -> None:
        filled = [row or [width] for row in places]  # an empty row points at a column that is always zero
        self.shape = (len(filled), width)
        self._scale = np.array([share(len(row)) for row in filled])
        self.mean_square = float(np.mean([len(row) * share(len(row)) ** 2 for row in filled]))
        self._columns = np.concatenate([np.array(row) for row in filled])
        self._starts = np.cumsum([0, *map(len, filled)])[:-1]
        self._owners = np.repeat(np.arange(len(filled)), [len(row) for row in filled])

    def times(self, weights: Array) -> Array:
        padded = np.vstack([weights, np.zeros(weights.shape[1])])
        return np.asarray(np.add.reduceat(padded[self._columns], self._starts, axis=0) * self._scale[:, None], dtype=np.float64)

    def transposed_times(self, errors: Array) -> Array:
        spread = (errors * self._scale[:, None])[self._owners]
        sums = np.zeros((self.shape[1] + 1, errors.shape[1]))
        for k in range(errors.shape[1]):
            sums[:, k] = np.bincount(self._columns, weights=spread[:, k], minlength=len(sums))
        return sums[:-1]


class Table:
    """A dense matrix behind the same two products."""

    def __init__(self, values: Array) -> None:
        self.shape = values.shape
        self.mean_square = float(np.mean((values**2).sum(axis=1)))
        self._values = values

    def times(self, weights: Array) -> Array:
        return np.asarray(self._values @ weights)

    def transposed_times(self, errors: Array) -> Array:
        return np.asarray(self._values.T @ errors)


def fit(matrix: Rows | Table, classes: NDArray[Any], size: int, penalty: float, importance: Array, steps: int) -> tuple[Array, Array]:
    """Weights and biases that minimise the weighted log loss plus `penalty` times the squared weights (accelerated gradient descent)."""
    target = np.eye(size)[classes] * importance[:, None]
    total = importance.sum()
    weights = np.zeros((matrix.shape[1], size))
    bias = np.zeros(size)
    ahead_w, ahead_b = weights, bias
    step = 1.0 / (0.5 * matrix.mean_square + 0.5 + penalty)
    momentum = 1.0
    for _ in range(steps):
        scores = matrix.times(ahead_w) + ahead_b
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        error = (chance * importance[:, None] - target) / total
        new_w = ahead_w - step * (matrix.transposed_times(error) + penalty * ahead_w)
        new_b = ahead_b - step * error.sum(axis=0)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead_w = new_w + (momentum - 1) / following * (new_w - weights)
        ahead_b = new_b + (momentum - 1) / following * (new_b - bias)
        weights, bias, momentum = new_w, new_b, following
    return weights, bias
