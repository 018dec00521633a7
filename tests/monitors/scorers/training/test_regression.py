from __future__ import annotations

import numpy as np
import pytest

from monitors.scorers.training.regression import Fitted, Rows, Table, fit


def test_a_feature_that_goes_with_a_class_is_learned_and_a_rare_one_is_not() -> None:
    rows = [{"no", "x"}, {"no", "y"}, {"yes", "x"}, {"yes", "y"}, {"so"}]
    model = Fitted(rows, [0, 0, 1, 1, 2], 3, 0.001, 2, [1.0] * 5)
    assert model.names == ["no", "x", "y", "yes"]
    assert np.argmax(model.chances({"no"})) == 0
    assert np.argmax(model.chances({"yes", "x"})) == 1
    assert sum(model.chances({"unknown"})) == pytest.approx(1.0)


def test_the_fit_is_where_the_gradient_vanishes() -> None:
    generator = np.random.default_rng(5)
    values = generator.normal(size=(60, 3))
    classes = (values[:, 0] > 0).astype(int)
    weights, bias = fit(Table(values), classes, 2, 0.05, np.ones(60), 3000)
    scores = values @ weights + bias
    chance = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    gradient = values.T @ (chance - np.eye(2)[classes]) / 60 + 0.05 * weights
    assert np.abs(gradient).max() < 1e-6


def test_sparse_rows_multiply_like_the_table_they_stand_for() -> None:
    rows = Rows([[0, 2], [], [1]], 3)
    weights = np.arange(6.0).reshape(3, 2)
    identity = rows.times(np.eye(3))
    assert rows.times(weights) == pytest.approx(identity @ weights)
    assert rows.transposed_times(np.ones((3, 2))) == pytest.approx(identity.T @ np.ones((3, 2)))
    assert identity[1] == pytest.approx(np.zeros(3))
