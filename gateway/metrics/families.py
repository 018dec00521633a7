"""The gateway's metric families: names, helps, labels, buckets. ``docs/metrics.md`` is held to them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

DURATION_BUCKETS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
FIRST_TOKEN_BUCKETS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
PER_TOKEN_BUCKETS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
OVERHEAD_BUCKETS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
PHASES = ("request", "connect", "reply")


class Families:
    """Every family, made in ``registry``; with several workers the gauges say how their values meet."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"evenhand_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, label: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"evenhand_{name}", text, [label], buckets=buckets, registry=registry)

        self.requests = counter(
            "requests_total",
            "Requests by who answered them: the gateway, the upstream, or nobody because the client left.",
            *("model", "endpoint", "code", "origin"),
        )
        self.durations = histogram("request_duration_seconds", "From a request's head to the end of its reply.", "model", DURATION_BUCKETS)
        self.first_tokens = histogram(
            "time_to_first_token_seconds", "From a request's head to the first bytes of a streamed reply.", "model", FIRST_TOKEN_BUCKETS
        )
        self.per_token = histogram(
            "time_per_output_token_seconds",
            "Of a streamed reply after its first bytes, by its own count of tokens or else its events.",
            "model",
            PER_TOKEN_BUCKETS,
        )
        self.overheads = histogram(
            "overhead_seconds",
            "Time the gateway itself takes: request (read until sent, less connecting), connect, reply (headers in until headers out).",
            "phase",
            OVERHEAD_BUCKETS,
        )
        self.errors = counter("errors_total", "Failures by fault domain: caller_, policy_, upstream_, gateway_.", "model", "error")
        self.retries = counter("upstream_retries_total", "Requests sent again, to the same deployment or another.", "model")
        self.seen = counter("exchanges_seen_total", "Forwarded requests on monitored endpoints.", "model")
        self.fates = counter("exchanges_total", "What became of an exchange.", "model", "route", "fate")
        self.tokens = counter(
            "tokens_total", "Tokens as replies report them; type estimated_… where they do not.", "model", "type", "traffic"
        )
        self.costs = counter(
            "cost_usd_total",
            "Cost of live requests at the configured prices; type estimated_… where replies do not report tokens.",
            *("model", "type", "traffic"),
        )
        self.overflow = counter("label_overflow_total", "Series that a family at its cap could not take (label _series).", "label")
        self.in_flight = Gauge("evenhand_in_flight_requests", "Requests being served now.", registry=registry, multiprocess_mode="livesum")
        self.build = Gauge("evenhand_build_info", "The version that runs.", ["version"], registry=registry, multiprocess_mode="mostrecent")
        self.key_store_up = Gauge(
            "evenhand_key_store_up",
            "1 while gateway.db can be used or is not needed; at 0 known keys go on and new ones are refused.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self.cooldowns = Gauge(
            "evenhand_upstream_cooldown",
            "1 while a deployment that failed is passed over, in any worker, for others of its model or the model's fallbacks.",
            ["model", "deployment"],
            registry=registry,
            multiprocess_mode="livemax",
        )
