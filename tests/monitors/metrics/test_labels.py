from monitors.declare import declared_cells
from monitors.metrics.labels import Closed, closed_sets, known_series
from monitors.views import GAPS
from tests.monitors.example_views import settings


def test_the_sets_come_from_the_configuration() -> None:
    sets = closed_sets(settings())
    assert sets["model"] == {"support", "letters"}
    assert sets["group"] == {"male", "female", "white", "black", "hispanic", "asian", "_all"}
    assert {"decision_given", "arm_failed"} <= sets["outcome"]


def test_every_declared_cell_can_be_exported() -> None:
    closed = Closed(closed_sets(settings()))
    for spec in (spec for spec in declared_cells(settings()) if spec.kind in GAPS):
        labels = {"model": spec.model, "axis": spec.axis, "outcome": spec.outcome}
        assert closed.holds(labels if spec.kind != "pair" else {**labels, "route": spec.route, "group": spec.group}), spec


def test_every_series_known_from_the_start_lies_inside_the_sets() -> None:
    closed = Closed(closed_sets(settings()))
    assert all(closed.fold(labels) == labels for _, labels in known_series(settings()))
    assert set(closed.overflow().values()) == {0}


def test_a_label_without_a_set_is_not_checked() -> None:
    assert Closed({"model": frozenset({"a"})}).fold({"window": "epoch", "model": "b"}) == {"window": "epoch", "model": "_other"}
