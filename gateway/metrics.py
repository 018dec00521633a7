"""What the gateway counts, under the names that DESIGN makes public; labels are configured names or words from closed lists.

Children are kept in dicts, since ``labels()`` costs more than counting. With several workers prometheus-client keeps the values in files
that any worker can add up.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gateway.queue import Depth
from gateway.usage import Usage

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
OTHER = "_other"
DURATION_BUCKETS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
FIRST_TOKEN_BUCKETS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
PER_TOKEN_BUCKETS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
OVERHEAD_BUCKETS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_CACHE_SECONDS = 1.0


class Metrics:
    """The gateway's families and their kept children.

    With ``several_workers`` prometheus-client keeps the values in the folder that it was started with.
    """

    def __init__(self, *, config_hash: str, version: str, several_workers: bool = False) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._several_workers = several_workers
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "evenhand_requests_total",
            "Requests by who answered them: the gateway, the upstream, or nobody because the client left.",
            ["model", "endpoint", "code", "origin"],
            registry=registry,
        )
        self._durations = Histogram(
            "evenhand_request_duration_seconds",
            "From a request's head to the end of its reply.",
            ["model"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self._first_tokens = Histogram(
            "evenhand_time_to_first_token_seconds",
            "From a request's head to the first bytes of a streamed reply.",
            ["model"],
            buckets=FIRST_TOKEN_BUCKETS,
            registry=registry,
        )
        self._per_token = Histogram(
            "evenhand_time_per_output_token_seconds",
            "Of a streamed reply after its first bytes, by its own count of tokens or else its events.",
            ["model"],
            buckets=PER_TOKEN_BUCKETS,
            registry=registry,
        )
        self._tokens = Counter(
            "evenhand_tokens_total",
            "Tokens as replies report them; type estimated_… where they do not.",
            ["model", "type", "traffic"],
            registry=registry,
        )
        self._overheads = Histogram(
            "evenhand_overhead_seconds",
            "Time the gateway itself takes: request (read until sent, less connecting), connect, reply (headers in until headers out).",
            ["phase"],
            buckets=OVERHEAD_BUCKETS,
            registry=registry,
        )
        self._errors = Counter(
            "evenhand_errors_total",
            "Failures by fault domain: caller_, policy_, upstream_, gateway_.",
            ["model", "error"],
            registry=registry,
        )
        self._retries = Counter("evenhand_upstream_retries_total", "Requests sent a second time.", ["model"], registry=registry)
        self._seen = Counter("evenhand_exchanges_seen_total", "Forwarded requests on monitored endpoints.", ["model"], registry=registry)
        self._exchanges = Counter("evenhand_exchanges_total", "What became of an exchange.", ["model", "route", "fate"], registry=registry)
        self.in_flight = Gauge("evenhand_in_flight_requests", "Requests being served now.", registry=registry, multiprocess_mode="livesum")
        info = Gauge("evenhand_config_info", "The configuration that runs.", ["hash"], registry=registry, multiprocess_mode="mostrecent")
        info.labels(config_hash).set(1)
        build = Gauge("evenhand_build_info", "The version that runs.", ["version"], registry=registry, multiprocess_mode="mostrecent")
        build.labels(version).set(1)
        self._own: list[Collector] = []
        self._request_children: dict[tuple[str, str, int, str], Counter] = {}
        self._model_children: dict[str, tuple[Histogram, Histogram, Counter, Counter]] = {}
        self._error_children: dict[tuple[str, str], Counter] = {}
        self._token_children: dict[tuple[str, bool], tuple[Counter, Counter]] = {}
        self._fate_children: dict[tuple[str, str, str], Counter] = {}
        self.overhead_request, self.overhead_connect, self.overhead_reply = map(self._overheads.labels, ("request", "connect", "reply"))

    def ended(self, model: str, endpoint: str, code: int, origin: str, seconds: float) -> None:
        """A request is over."""
        key = (model, endpoint, code, origin)
        if (child := self._request_children.get(key)) is None:
            child = self._request_children[key] = self._requests.labels(model, endpoint, str(code), origin)
        child.inc()
        self._of(model)[0].observe(seconds)

    def first_token(self, model: str, seconds: float) -> None:
        """The first bytes of a stream went out."""
        self._of(model)[1].observe(seconds)

    def per_token(self, model: str, seconds: float) -> None:
        """The mean time between two tokens of a stream."""
        self._per_token.labels(model).observe(seconds)

    def tokens(self, model: str, used: Usage) -> None:
        """Tokens of a live request."""
        key = (model, used.estimated)
        if (children := self._token_children.get(key)) is None:
            prefix = "estimated_" if used.estimated else ""
            children = self._token_children[key] = (
                self._tokens.labels(model, f"{prefix}input", "live"),
                self._tokens.labels(model, f"{prefix}output", "live"),
            )
        children[0].inc(used.input)
        children[1].inc(used.output)

    def seen(self, model: str) -> None:
        """A request on a monitored endpoint is being forwarded."""
        self._of(model)[2].inc()

    def retried(self, model: str) -> None:
        """A request is sent again."""
        self._of(model)[3].inc()

    def error(self, model: str, error: str) -> None:
        """A failure; ``error`` is a word of the closed list."""
        key = (model, error)
        if (child := self._error_children.get(key)) is None:
            child = self._error_children[key] = self._errors.labels(model, error)
        child.inc()

    def fate(self, model: str, route: str, fate: str) -> None:
        """What became of an exchange; may be called from any thread."""
        key = (model, route, fate)
        if (child := self._fate_children.get(key)) is None:
            child = self._fate_children[key] = self._exchanges.labels(model, route, fate)
        child.inc()

    def watch_queue(self, depth: Callable[[], Depth | None], now_ms: Callable[[], int]) -> None:
        """Show the queue's depth, read at each scrape."""
        collector = _QueueCollector(depth, now_ms)
        self.registry.register(collector)
        self._own.append(collector)

    def text(self) -> bytes:
        """The exposition; slow, so call it off the event loop (see ``Exposition``)."""
        if not self._several_workers:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        for collector in self._own:
            registry.register(collector)
        return generate_latest(registry)

    def _of(self, model: str) -> tuple[Histogram, Histogram, Counter, Counter]:
        if (children := self._model_children.get(model)) is None:
            families = (self._durations, self._first_tokens, self._seen, self._retries)
            children = self._model_children[model] = (
                families[0].labels(model),
                families[1].labels(model),
                families[2].labels(model),
                families[3].labels(model),
            )
        return children


class Exposition:
    """The text of ``/metrics``, made in a thread, at most once a second, shared by scrapes that come together."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics, self._clock = metrics, clock
        self._text, self._made = b"", float("-inf")
        self._lock = asyncio.Lock()

    async def text(self) -> bytes:
        async with self._lock:
            if self._clock() - self._made >= _CACHE_SECONDS:
                self._text = await asyncio.to_thread(self._metrics.text)
                self._made = self._clock()
            return self._text


class _QueueCollector(Collector):
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
