"""The monitor's metrics: read from cells, totals and the pipeline when they are scraped, so that a restart changes nothing.

``families`` (the table) · ``labels`` (closed sets) · ``bias`` (a cell's samples) · ``collector`` · ``durations`` · ``levels``.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version

from prometheus_client import CollectorRegistry

from gateway.metrics import Exposition
from gateway.settings import Settings
from monitors.metrics.collector import MonitorCollector
from monitors.metrics.durations import Durations
from monitors.metrics.labels import scorers_of
from monitors.metrics.levels import LevelCollector
from monitors.views import LevelView, Source

__all__ = ["Durations", "Exposition", "durations", "exposition", "registry"]


def durations(settings: Settings) -> Durations:
    """Histograms for the scorers that the configuration names."""
    return Durations(scorers_of(settings))


def registry(
    source: Source,
    settings: Settings,
    *,
    durations: Durations | None = None,
    levels: Callable[[], Sequence[LevelView]] = tuple,
    digest: Callable[[], str] = str,
    console: str = "",
) -> CollectorRegistry:
    """A registry that reads ``source`` and ``levels`` at each scrape; ``digest`` says the hash of the configuration in force.

    ``console`` is where links to the console lead.
    """
    made = CollectorRegistry()
    made.register(MonitorCollector(source, settings, version=version("evenhand"), digest=digest, console=console))
    made.register(LevelCollector(levels, settings))
    if durations is not None:
        made.register(durations)
    return made


def exposition(registry: CollectorRegistry) -> Exposition:
    """The text of a registry, made in a thread and kept for a second."""
    return Exposition(lambda form: form.render(registry))
