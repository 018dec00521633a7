"""One collector that reads the source when it is scraped; nothing is kept between two scrapes but the count of overflows."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.settings import Settings
from monitors.metrics.bias import CellSample, counters_of, gauges_of, gauges_of_drill
from monitors.metrics.families import CELL_COUNTERS, CELL_GAUGES, COUNTERS, DRILLS, PIPELINE, SELF, Family
from monitors.metrics.labels import Closed, closed_sets, known_series
from monitors.views import GAPS, CellView, DrillView, PipelineView, Source, Totals

MAX_SERIES = 10_000
SERIES = "_series"


class MonitorCollector(Collector):
    """The monitor's counters, gauges and verdicts as metric families; at most ``max_series`` samples a family."""

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        version: str,
        digest: Callable[[], str],
        console: str = "",
        max_series: int = MAX_SERIES,
    ) -> None:
        self._source = source
        self._closed = Closed(closed_sets(settings))
        self._known = [(name, dict(labels)) for name, labels in known_series(settings)]
        self._version, self._digest, self._console, self._max_series = version, digest, console, max_series
        self._cut: set[str] = set()

    def collect(self) -> Iterable[Metric]:
        """Read the source once and say it in metric families."""
        totals, cells, pipeline = self._source.totals(), self._source.cells(), self._source.pipeline()
        yield from self._totals(totals)
        yield from self._cells(cells)
        yield from self._drills(self._source.drills())
        yield from _pipeline(pipeline)
        yield from self._self()

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read the source."""
        return ()

    def _totals(self, totals: Totals) -> Iterable[Metric]:
        values: dict[str, dict[tuple[str, ...], float]] = {family.name: {} for family in COUNTERS}
        families = {family.name: family for family in COUNTERS}
        for name, labels in self._known:
            values[name][_in_order(families[name], labels)] = 0.0
        for (name, pairs), value in totals.items():
            if name in families:
                key = _in_order(families[name], self._closed.fold(dict(pairs)))
                values[name][key] = values[name].get(key, 0.0) + value
        for family in COUNTERS:
            yield self._family(family, values[family.name].items())

    def _cells(self, cells: Iterable[CellView]) -> Iterable[Metric]:
        shown = [cell for cell in cells if cell.kind in GAPS and self._closed.holds(_of_config(cell))]
        yield from self._table(CELL_COUNTERS, chain.from_iterable(map(counters_of, shown)))
        yield from self._table(CELL_GAUGES, chain.from_iterable(map(gauges_of, shown)))

    def _drills(self, drills: Iterable[DrillView]) -> Iterable[Metric]:
        shown = [drill for drill in drills if self._closed.holds({"route": drill.route, "outcome": drill.outcome})]
        yield from self._table(DRILLS, chain.from_iterable(map(gauges_of_drill, shown)))

    def _table(self, table: tuple[Family, ...], samples: Iterable[CellSample]) -> Iterable[Metric]:
        values: dict[str, list[tuple[tuple[str, ...], float]]] = {family.name: [] for family in table}
        families = {family.name: family for family in table}
        for name, labels, value in samples:
            values[name].append((_in_order(families[name], labels), value))
        for family in table:
            yield self._family(family, values[family.name])

    def _self(self) -> Iterable[Metric]:
        overflow, build, config, console = (_empty(family) for family in SELF)
        for label, count in {**self._closed.overflow(), SERIES: len(self._cut)}.items():
            overflow.add_metric([label], count)
        build.add_metric([self._version], 1)
        config.add_metric([self._digest()], 1)
        console.add_metric([self._console], 1)
        return overflow, build, config, console

    def _family(self, family: Family, samples: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
        metric = _empty(family)
        for number, (labels, value) in enumerate(samples):
            if number == self._max_series:
                self._cut.add(family.name)
                break
            metric.add_metric(labels, value)
        return metric


def _empty(family: Family) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
    return kind(family.full_name, family.help, labels=family.labels)


def _in_order(family: Family, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The label values in the family's order; ``traffic`` is what replays are where the store does not say so."""
    return tuple(labels.get(label, "shadow" if label == "traffic" else "") for label in family.labels)


def _of_config(cell: CellView) -> dict[str, str]:
    """The labels of a cell that have to be in the configuration; a roll-up has no route and no group."""
    labels = {"model": cell.model, "axis": cell.axis, "outcome": cell.outcome}
    return labels if cell.kind == "rollup" else {**labels, "route": cell.route, "group": cell.group}


def _pipeline(view: PipelineView) -> Iterable[Metric]:
    values = {
        "queue_length": view.queue_items,
        "queue_oldest_seconds": view.queue_oldest_seconds,
        "queue_bytes": view.queue_bytes,
        "exchanges_in_progress": view.in_progress,
        "budget_left_ratio": view.budget_left_share,
        "monitor_problems": len(view.problems),
    }
    for family in PIPELINE:
        yield GaugeMetricFamily(family.full_name, family.help, value=values[family.name])
