"""What the gateway counts, under the names that DESIGN makes public; labels are configured names or words from closed lists.

What requests count is tallied and flushed once a second and before each scrape: prometheus-client takes a lock for each value and looks up
each label. With several workers it keeps the values in files that any worker can add up.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gateway.collectors import ConfigCollector, QueueCollector
from gateway.queue import Depth
from gateway.tally import Spread, Tally
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

    def __init__(
        self,
        *,
        config_hash: str,
        version: str,
        several_workers: bool = False,
        taken_up: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``taken_up`` says at each scrape whether the last change of the configuration was; ``config_hash`` may be set anew."""
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._several_workers = several_workers
        self.registry = registry = CollectorRegistry()
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
        self._overheads = Histogram(
            "evenhand_overhead_seconds",
            "Time the gateway itself takes: request (read until sent, less connecting), connect, reply (headers in until headers out).",
            ["phase"],
            buckets=OVERHEAD_BUCKETS,
            registry=registry,
        )
        fates = Counter("evenhand_exchanges_total", "What became of an exchange.", ["model", "route", "fate"], registry=registry)
        self._fates = fates
        self._in_flight = Gauge("evenhand_in_flight_requests", "Requests being served now.", registry=registry, multiprocess_mode="livesum")
        self.open_requests = 0
        self.config_hash = config_hash
        build = Gauge("evenhand_build_info", "The version that runs.", ["version"], registry=registry, multiprocess_mode="mostrecent")
        build.labels(version).set(1)
        self.key_store_up = Gauge(
            "evenhand_key_store_up",
            "1 while gateway.db can be used or is not needed; at 0 known keys go on and new ones are refused.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self.key_store_up.set(1)
        self._cooldowns = Gauge(
            "evenhand_upstream_cooldown",
            "1 while a deployment that failed is passed over, in any worker, for others of its model or the model's fallbacks.",
            ["model", "deployment"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._clock = clock
        self._cooling: dict[tuple[str, str], float] = {}
        self._own: list[Collector] = []
        self._show(ConfigCollector(lambda: self.config_hash, taken_up))
        self._requests, self._errors, self._retries, self._seen, self._tokens = (Tally(family) for family in _counters(registry))
        self._costs = Tally(_costs(registry), unit=1e-9)
        self._decided = Tally(fates)
        self._tallies = (self._requests, self._errors, self._retries, self._seen, self._tokens, self._costs, self._decided)
        self._children: dict[str, tuple[Spread, Spread, Spread]] = {}
        self._spreads: list[Spread] = []
        self.overhead_request, self.overhead_connect, self.overhead_reply = (
            self._spread(self._overheads, phase, OVERHEAD_BUCKETS) for phase in ("request", "connect", "reply")
        )

    def ended(self, model: str, endpoint: str, code: int, origin: str, seconds: float) -> None:
        """A request is over."""
        self._requests.add((model, endpoint, code, origin))
        self._of(model)[0].observe(seconds)

    def first_token(self, model: str, seconds: float) -> None:
        """The first bytes of a stream went out."""
        self._of(model)[1].observe(seconds)

    def per_token(self, model: str, seconds: float) -> None:
        """The mean time between two tokens of a stream."""
        self._of(model)[2].observe(seconds)

    def tokens(self, model: str, used: Usage) -> None:
        """Tokens of a live request."""
        self._tokens.add((model, "estimated_input" if used.estimated else "input", "live"), used.input)
        self._tokens.add((model, "estimated_output" if used.estimated else "output", "live"), used.output)

    def cost(self, model: str, used: Usage, nano_usd: tuple[int, int]) -> None:
        """What input and output of a live request cost, in nano-dollars."""
        self._costs.add((model, "estimated_input" if used.estimated else "input", "live"), nano_usd[0])
        self._costs.add((model, "estimated_output" if used.estimated else "output", "live"), nano_usd[1])

    def seen(self, model: str) -> None:
        """A request on a monitored endpoint is being forwarded."""
        self._seen.add((model,))

    def retried(self, model: str) -> None:
        """A request is sent again."""
        self._retries.add((model,))

    def cooling(self, model: str, deployment: str, seconds: float) -> None:
        """A deployment is passed over from now on for so long."""
        self._cooling[model, deployment] = self._clock() + seconds
        self._cooldowns.labels(model, deployment).set(1)

    def error(self, model: str, error: str) -> None:
        """A failure; ``error`` is a word of the closed list."""
        self._errors.add((model, error))

    def decided(self, model: str, route: str, fate: str) -> None:
        """What became of an exchange at once, told by the event loop."""
        self._decided.add((model, route, fate))

    def fate(self, model: str, route: str, fate: str) -> None:
        """What became of an exchange later, told from any thread."""
        self._fates.labels(model, route, fate).inc()

    def flush(self) -> None:
        """Hand the tallies over to prometheus-client; from the event loop."""
        self._in_flight.set(self.open_requests)
        if self._cooling:
            now = self._clock()
            for labels in [labels for labels, until in self._cooling.items() if until <= now]:
                del self._cooling[labels]
                self._cooldowns.labels(*labels).set(0)
        for tally in self._tallies:
            tally.flush()
        for spread in self._spreads:
            spread.flush()

    def watch_queue(self, depth: Callable[[], Depth | None], now_ms: Callable[[], int]) -> None:
        """Show the queue's depth, read at each scrape."""
        self._show(QueueCollector(depth, now_ms))

    def _show(self, collector: Collector) -> None:
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

    def _of(self, model: str) -> tuple[Spread, Spread, Spread]:
        if (children := self._children.get(model)) is None:
            children = self._children[model] = (
                self._spread(self._durations, model, DURATION_BUCKETS),
                self._spread(self._first_tokens, model, FIRST_TOKEN_BUCKETS),
                self._spread(self._per_token, model, PER_TOKEN_BUCKETS),
            )
        return children

    def _spread(self, family: Histogram, label: str, bounds: Sequence[float]) -> Spread:
        spread = Spread(family.labels(label), bounds)
        self._spreads.append(spread)
        return spread


def _counters(registry: CollectorRegistry) -> Iterator[Counter]:
    """The tallied families: requests, errors, retries, seen, tokens."""
    help_text = "Requests by who answered them: the gateway, the upstream, or nobody because the client left."
    yield Counter("evenhand_requests_total", help_text, ["model", "endpoint", "code", "origin"], registry=registry)
    help_text = "Failures by fault domain: caller_, policy_, upstream_, gateway_."
    yield Counter("evenhand_errors_total", help_text, ["model", "error"], registry=registry)
    yield Counter(
        "evenhand_upstream_retries_total", "Requests sent again, to the same deployment or another.", ["model"], registry=registry
    )
    yield Counter("evenhand_exchanges_seen_total", "Forwarded requests on monitored endpoints.", ["model"], registry=registry)
    help_text = "Tokens as replies report them; type estimated_… where they do not."
    yield Counter("evenhand_tokens_total", help_text, ["model", "type", "traffic"], registry=registry)


def _costs(registry: CollectorRegistry) -> Counter:
    help_text = "Cost of live requests at the configured prices; type estimated_… where replies do not report tokens."
    return Counter("evenhand_cost_usd_total", help_text, ["model", "type", "traffic"], registry=registry)


class Exposition:
    """The text of ``/metrics``, made in a thread, at most once a second, shared by scrapes that come together."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics, self._clock = metrics, clock
        self._text, self._made = b"", float("-inf")
        self._lock = asyncio.Lock()

    async def text(self) -> bytes:
        async with self._lock:
            if self._clock() - self._made >= _CACHE_SECONDS:
                self._metrics.flush()
                self._text = await asyncio.to_thread(self._metrics.text)
                self._made = self._clock()
            return self._text
