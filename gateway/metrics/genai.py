"""Traffic under OpenTelemetry's GenAI names, in Prometheus's form, beside our own: for dashboards that know those.

Semantic conventions of the GenAI working group, status Development: ``gen_ai.server.*`` and ``gen_ai.client.token.usage``.
"""

from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Histogram

from gateway.metrics.families import DURATION_BUCKETS, FIRST_TOKEN_BUCKETS, PER_TOKEN_BUCKETS
from gateway.settings import Settings
from gateway.tally import Spread
from gateway.usage import Usage

TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
OPERATIONS = {
    "chat_completions": "chat",
    "responses": "chat",
    "messages": "chat",
    "completions": "text_completion",
    "embeddings": "embeddings",
}
"""Endpoints that call a model; others are no GenAI operation."""
PROVIDERS = {
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex_ai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""LiteLLM's provider names where the conventions have others."""
COMMON = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
UNKNOWN = "_OTHER"


class GenAi:
    """The four histograms. Models that are not configured are ``_OTHER``, so that no client's words become labels."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def family(name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
            return Histogram(f"gen_ai_{name}", text, (*COMMON, *labels), buckets=buckets, registry=registry)

        self._durations = family("server_request_duration_seconds", "Duration of a request.", DURATION_BUCKETS, "error_type")
        self._first = family("server_time_to_first_token_seconds", "Time to the first bytes of a stream.", FIRST_TOKEN_BUCKETS)
        self._per_token = family("server_time_per_output_token_seconds", "Time per token after the first.", PER_TOKEN_BUCKETS)
        self._tokens = family("client_token_usage", "Tokens of a request.", TOKEN_BUCKETS, "gen_ai_token_type")
        self._buckets = {
            self._durations: DURATION_BUCKETS,
            self._first: FIRST_TOKEN_BUCKETS,
            self._per_token: PER_TOKEN_BUCKETS,
            self._tokens: TOKEN_BUCKETS,
        }
        self._spreads: dict[tuple[Histogram, tuple[str, ...]], Spread] = {}
        self._providers: Mapping[str, str] = {}

    def know(self, settings: Settings) -> None:
        """Go by these models; the provider is that of a model's first entry."""
        found: dict[str, str] = {}
        for entry in settings.model_list:
            provider = entry.litellm_params.provider
            found.setdefault(entry.model_name, PROVIDERS.get(provider, provider))
        self._providers = found

    def ended(self, model: str, endpoint: str, error: str, seconds: float) -> None:
        """A request is over; ``error`` is a word of the gateway's list, empty for none."""
        self._observe(self._durations, model, endpoint, seconds, error)

    def first_token(self, model: str, endpoint: str, seconds: float) -> None:
        """The first bytes of a stream went out."""
        self._observe(self._first, model, endpoint, seconds)

    def per_token(self, model: str, endpoint: str, seconds: float) -> None:
        """The mean time between two tokens of a stream."""
        self._observe(self._per_token, model, endpoint, seconds)

    def tokens(self, model: str, endpoint: str, used: Usage) -> None:
        """Tokens of a request, where the reply told them: the conventions forbid to guess."""
        if not used.estimated:
            self._observe(self._tokens, model, endpoint, used.input, "input")
            self._observe(self._tokens, model, endpoint, used.output, "output")

    def flush(self, now: float) -> None:
        """Hand over to prometheus-client what was observed."""
        for spread in self._spreads.values():
            spread.flush(now)

    def _observe(self, family: Histogram, model: str, endpoint: str, amount: float, *more: str) -> None:
        if (operation := OPERATIONS.get(endpoint)) is None:
            return
        provider = self._providers.get(model)
        labels = (operation, provider or UNKNOWN, model if provider else UNKNOWN, *more)
        if (spread := self._spreads.get((family, labels))) is None:
            spread = self._spreads[family, labels] = Spread(family.labels(*labels), self._buckets[family])
        spread.observe(amount)
