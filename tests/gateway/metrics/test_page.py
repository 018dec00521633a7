"""The text is prometheus-client's own, whatever has happened to the values."""

import random
from collections.abc import Iterable

import pytest
from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from gateway.metrics import MediaType
from gateway.metrics.page import Page, Registry

disable_created_metrics()  # type: ignore[no-untyped-call]


class Depth(Collector):
    """A value that is read when it is scraped."""

    def __init__(self) -> None:
        self.value = 0.0

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return [GaugeMetricFamily("queue_length", "Waiting.\nNow.", value=self.value)]


class Values:
    """One of each kind, and what may happen to them."""

    def __init__(self, registry: Registry) -> None:
        self.counter = Counter("requests_total", 'Requests, "all" of them\\.', ["model", "code"], registry=registry)
        self.plain = Counter("starts_total", "Starts.", registry=registry)
        self.spread = Histogram("duration_seconds", "Durations.", ["model", "zone"], buckets=(0.5, 1.0, 1e7), registry=registry)
        self.whole = Histogram("size_bytes", "Sizes.", buckets=(1, 2.5), registry=registry)
        self.gauge = Gauge("upstream_cooldown", "Cooling.", ["deployment"], registry=registry)
        self.in_flight = Gauge("in_flight", "Now.", registry=registry)
        self.depth = Depth()
        registry.register(self.depth)

    def change(self, draw: random.Random) -> None:
        model = draw.choice(["m", "one\u2028word", 'a"b', "back\\slash", "two\nlines", "é", ""])
        amount = draw.choice([0.0, 1.0, 0.1, 2.5, 1e-9, 123456789.0, 1e21, 0.7])
        kind = draw.randrange(8)
        if kind == 0:
            self.counter.labels(model, draw.choice([200, 404])).inc(amount)
        elif kind == 1:
            self.plain.inc(amount)
        elif kind == 2:
            self.spread.labels(model, "z").observe(amount)
        elif kind == 3:
            self.spread.labels(model, "z")._buckets[1].set_exemplar(Exemplar({"exchange_id": "ex_1"}, amount, 1700000000.5))
            self.spread.labels(model, "z")._buckets[1].inc(1)
        elif kind == 4:
            self.whole.observe(amount)
        elif kind == 5:
            self.gauge.labels(model).set(amount)
        elif kind == 6:
            self.in_flight.set(draw.choice([amount, float("inf"), -1 - amount]))
        else:
            self.depth.value = amount


@pytest.mark.parametrize("form", MediaType)
def test_the_text_is_what_prometheus_client_writes(form: MediaType) -> None:
    registry, draw = Registry(), random.Random(11)
    values, page = Values(registry), Page(registry, form)
    for _ in range(400):
        assert page.render() == form.render(registry)
        values.change(draw)
    assert len(page.render()) > 3000


def test_a_family_that_comes_later_is_on_the_page() -> None:
    registry = Registry()
    page = Page(registry, MediaType.TEXT)
    assert page.render() == b""
    Counter("starts_total", "Starts.", registry=registry).inc()
    assert page.render() == b"# HELP starts_total Starts.\n# TYPE starts_total counter\nstarts_total 1.0\n"
