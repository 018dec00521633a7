from monitors.metrics.labels import Closed, closed_sets, known_series
from tests.monitors.example_views import settings


def test_the_sets_come_from_the_configuration() -> None:
    sets = closed_sets(settings())
    assert sets["model"] == {"support", "letters"}
    assert sets["group"] == {"male", "female", "white", "black", "hispanic", "asian", "_all"}
    assert "decision_given" in sets["outcome"]


def test_every_series_known_from_the_start_lies_inside_the_sets() -> None:
    closed = Closed(closed_sets(settings()))
    assert all(closed.fold(labels) == labels for _, labels in known_series(settings()))
    assert set(closed.overflow().values()) == {0}


def test_a_label_without_a_set_is_not_checked() -> None:
    assert Closed({"model": frozenset({"a"})}).fold({"window": "epoch", "model": "b"}) == {"window": "epoch", "model": "_other"}
