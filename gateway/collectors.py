"""Metrics that are read when they are scraped, from what their process knows then."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.queue import Depth


class QueueCollector(Collector):
    """The queue's depth; nothing before the first look at it."""

    def __init__(self, depth: Callable[[], Depth | None], now_ms: Callable[[], int]) -> None:
        self._depth, self._now_ms = depth, now_ms

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Names only: registering must not read the queue."""
        return self._families(Depth(0, 0, None, 0))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        depth = self._depth()
        if depth is not None:
            yield from self._families(depth)

    def _families(self, depth: Depth) -> list[GaugeMetricFamily]:
        oldest = max(0, self._now_ms() - depth.oldest_ms) / 1000 if depth.oldest_ms is not None else 0.0
        return [
            GaugeMetricFamily("evenhand_queue_length", "Exchanges that wait for the monitor or are in its work.", value=depth.items),
            GaugeMetricFamily("evenhand_queue_oldest_seconds", "Age of the oldest of them.", value=oldest),
            GaugeMetricFamily("evenhand_queue_bytes", "Their size.", value=depth.bytes),
        ]


class ConfigCollector(Collector):
    """Which configuration runs, by its hash, and whether its last change was taken up."""

    def __init__(self, digest: Callable[[], str], taken_up: Callable[[], bool]) -> None:
        self._digest, self._taken_up = digest, taken_up

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Names only: registering must not read files."""
        return self._families("", True)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families(self._digest(), self._taken_up())

    def _families(self, digest: str, taken_up: bool) -> list[GaugeMetricFamily]:
        info = GaugeMetricFamily("evenhand_config_info", "The configuration that runs.", labels=["hash"])
        info.add_metric([digest], 1)
        help_text = "0 while the configuration file is not what runs, since it is wrong or could not be taken up."
        return [info, GaugeMetricFamily("evenhand_config_last_reload_successful", help_text, value=float(taken_up))]
