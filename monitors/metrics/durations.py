"""Times that the monitor measures while it works: ordinary histograms, kept in memory."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram, Metric
from prometheus_client.registry import Collector

from monitors.metrics.families import DURATIONS
from monitors.metrics.labels import OTHER

LAG_BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
SCORER_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Durations(Collector):
    """Histograms to observe into from any thread; ``scorers`` is the closed set of that label."""

    def __init__(self, scorers: Iterable[str]) -> None:
        self._registry = CollectorRegistry()
        lag, scoring = DURATIONS
        self._lag = Histogram(lag.full_name, lag.help, buckets=LAG_BUCKETS, registry=self._registry)
        family = Histogram(scoring.full_name, scoring.help, scoring.labels, buckets=SCORER_BUCKETS, registry=self._registry)
        self._scorers = {scorer: family.labels(scorer) for scorer in (*scorers, OTHER)}

    def observe_lag(self, seconds: float, exchange_id: str) -> None:
        """Note the time from the live reply to the stored score, with the exchange as exemplar."""
        self._lag.observe(max(0.0, seconds), {"exchange_id": exchange_id})

    def observe_scorer(self, scorer: str, seconds: float) -> None:
        """Note how long a batch took; an unknown scorer counts as ``_other``."""
        self._scorers.get(scorer, self._scorers[OTHER]).observe(max(0.0, seconds))

    def collect(self) -> Iterable[Metric]:
        """The histograms without their ``_created`` series."""
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric
