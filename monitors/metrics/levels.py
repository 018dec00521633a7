"""The one-arm tests of toxicity as gauges."""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.settings import Settings
from monitors.metrics.families import LEVELS
from monitors.metrics.labels import Closed, closed_sets
from monitors.views import LevelView


class LevelCollector(Collector):
    """Reads the levels when it is scraped; those that the configuration no longer has are left out."""

    def __init__(self, levels: Callable[[], Sequence[LevelView]], settings: Settings) -> None:
        self._levels, self._closed = levels, Closed(closed_sets(settings))

    def collect(self) -> Iterable[Metric]:
        """A gauge for each family; a share without replies is left out."""
        families = [GaugeMetricFamily(family.full_name, family.help, labels=family.labels) for family in LEVELS]
        for level in self._levels():
            where = {"model": level.model, "route": level.route, "outcome": level.outcome}
            if not self._closed.holds(where):
                continue
            share = level.above / level.replies if level.replies else None
            values = (share, level.limit, level.evidence_log10, level.threshold_log10, float(level.alarm_ms is not None))
            for family, value in zip(families, values, strict=True):
                if value is not None:
                    family.add_metric(list(where.values()), value)
        return families

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read the levels."""
        return ()
