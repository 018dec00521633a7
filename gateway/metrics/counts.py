"""What the request path tells the metrics. It is tallied and flushed once a second and before each scrape.

prometheus-client takes a lock for each value and looks up each label. With several workers it keeps the values in files that any worker
can add up.
"""

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gateway.collectors import ConfigCollector, QueueCollector
from gateway.metrics.exposition import MediaType
from gateway.metrics.families import DURATION_BUCKETS, FIRST_TOKEN_BUCKETS, OVERHEAD_BUCKETS, PER_TOKEN_BUCKETS, PHASES, Families
from gateway.metrics.genai import GenAi
from gateway.metrics.known import OTHER, make_known
from gateway.metrics.page import Page, Registry
from gateway.queue import Depth
from gateway.routing import Router
from gateway.settings import Settings
from gateway.tally import Spread, Tally
from gateway.usage import Usage


class Metrics:
    """The gateway's families and their kept children.

    With ``several_workers`` prometheus-client keeps the values in the folder that it was started with; there it knows no exemplars.
    """

    def __init__(
        self,
        *,
        config_hash: str,
        version: str,
        several_workers: bool = False,
        genai_names: bool = False,
        taken_up: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``taken_up`` says at each scrape whether the last change of the configuration was; ``config_hash`` may be set anew."""
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._several_workers, self._clock, self._now = several_workers, clock, now
        self.registry = Registry()
        self._pages = {form: Page(self.registry, form) for form in MediaType}
        self._families = families = Families(self.registry)
        self._genai = GenAi(self.registry) if genai_names else None
        self.open_requests = 0
        self.config_hash = config_hash
        families.build.labels(version).set(1)
        self.key_store_up = families.key_store_up
        self.key_store_up.set(1)
        self._cooling: dict[tuple[str, str], float] = {}
        self._own: list[Collector] = []
        self._show(ConfigCollector(lambda: self.config_hash, taken_up))
        overflow = families.overflow.labels("_series")
        self._requests, self._errors, self._retries, self._seen, self._tokens, self._decided = tallies = tuple(
            Tally(family, overflow)
            for family in (families.requests, families.errors, families.retries, families.seen, families.tokens, families.fates)
        )
        self._costs = Tally(families.costs, overflow, unit=1e-9)
        self._tallies = (*tallies, self._costs)
        self._children: dict[str, tuple[Spread, Spread, Spread]] = {}
        self._spreads: list[Spread] = []
        self.overhead_request, self.overhead_connect, self.overhead_reply = (
            self._spread(families.overheads, phase, OVERHEAD_BUCKETS) for phase in PHASES
        )

    def know(self, settings: Settings, router: Router) -> None:
        """Make what follows from the configuration, at 0, so that ``rate()`` sees the first event."""
        make_known(self._families, settings, router)
        for model in (*(entry.model_name for entry in settings.model_list), OTHER):
            self._of(model)
        if self._genai is not None:
            self._genai.know(settings)

    def ended(self, model: str, endpoint: str, code: int, origin: str, error: str, seconds: float, exchange_id: str) -> None:
        """A request is over; ``error`` is a word of the closed list, empty for none."""
        self._requests.add((model, endpoint, code, origin))
        self._of(model)[0].observe(seconds, exchange_id)
        if error:
            self._errors.add((model, error))
        if self._genai is not None:
            self._genai.ended(model, endpoint, error, seconds)

    def first_token(self, model: str, endpoint: str, seconds: float, exchange_id: str) -> None:
        """The first bytes of a stream went out."""
        self._of(model)[1].observe(seconds, exchange_id)
        if self._genai is not None:
            self._genai.first_token(model, endpoint, seconds)

    def per_token(self, model: str, endpoint: str, seconds: float) -> None:
        """The mean time between two tokens of a stream."""
        self._of(model)[2].observe(seconds)
        if self._genai is not None:
            self._genai.per_token(model, endpoint, seconds)

    def tokens(self, model: str, endpoint: str, used: Usage) -> None:
        """Tokens of a live request."""
        self._tokens.add((model, "estimated_input" if used.estimated else "input", "live"), used.input)
        self._tokens.add((model, "estimated_output" if used.estimated else "output", "live"), used.output)
        if self._genai is not None:
            self._genai.tokens(model, endpoint, used)

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
        self._families.cooldowns.labels(model, deployment).set(1)

    def decided(self, model: str, route: str, fate: str) -> None:
        """What became of an exchange at once, told by the event loop."""
        self._decided.add((model, route, fate))

    def fate(self, model: str, route: str, fate: str) -> None:
        """What became of an exchange later, told from any thread."""
        self._families.fates.labels(model, route, fate).inc()

    def flush(self) -> None:
        """Hand the tallies over to prometheus-client; from the event loop."""
        self._families.in_flight.set(self.open_requests)
        if self._cooling:
            now = self._clock()
            for labels in [labels for labels, until in self._cooling.items() if until <= now]:
                del self._cooling[labels]
                self._families.cooldowns.labels(*labels).set(0)
        for tally in self._tallies:
            tally.flush()
        at = self._now()
        for spread in self._spreads:
            spread.flush(at)
        if self._genai is not None:
            self._genai.flush(at)

    def watch_queue(self, depth: Callable[[], Depth | None], now_ms: Callable[[], int]) -> None:
        """Show the queue's depth, read at each scrape."""
        self._show(QueueCollector(depth, now_ms))

    def _show(self, collector: Collector) -> None:
        self.registry.register(collector)
        self._own.append(collector)

    def text(self, form: MediaType = MediaType.TEXT) -> bytes:
        """The exposition; slow, so call it off the event loop (see ``Exposition``)."""
        if not self._several_workers:
            return self._pages[form].render()
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        for collector in self._own:
            registry.register(collector)
        return form.render(registry)

    def _of(self, model: str) -> tuple[Spread, Spread, Spread]:
        if (children := self._children.get(model)) is None:
            families = self._families
            children = self._children[model] = (
                self._spread(families.durations, model, DURATION_BUCKETS),
                self._spread(families.first_tokens, model, FIRST_TOKEN_BUCKETS),
                self._spread(families.per_token, model, PER_TOKEN_BUCKETS),
            )
        return children

    def _spread(self, family: Histogram, label: str, bounds: Sequence[float]) -> Spread:
        spread = Spread(family.labels(label), bounds)
        self._spreads.append(spread)
        return spread
