"""The tree of settings and their defaults. Sections that LiteLLM's proxy also reads tolerate keys we do not have; our own refuse them."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from gateway.settings.providers import OPENAI, is_plain, is_provider_setting

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:×-]*$", max_length=64)]
Tier = Literal["T0", "T1", "T2"]
BY_WEIGHT = "simple-shuffle"  # LiteLLM's word for it
TOLERANCE_BY_TIER: dict[str, float] = {"T0": 0.10, "T1": 0.05, "T2": 0.02}
DEFAULT_AXES: dict[str, dict[str, Any]] = {
    "gender": {"reference": "male", "groups": ["female"]},
    "ethnicity": {"reference": "white", "groups": ["black", "hispanic", "asian"]},
}


class _Shared(BaseModel):
    """A section in LiteLLM's form: what we do not know is kept apart and reported as ignored."""

    model_config = ConfigDict(extra="allow", frozen=True)


class _Own(BaseModel):
    """A section of our own: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LiteLLMParams(_Shared):
    """Where one deployment of a model is."""

    model: str = Field(min_length=1)
    api_base: str | None = None
    api_key: SecretStr | None = None
    shadow_api_key: SecretStr | None = None
    pass_through_auth: bool = False
    include_usage: bool = False
    weight: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    rpm: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    tpm: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    stream_timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @field_validator("api_base")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://, such as https://llm.example/v1")
        return value

    @property
    def provider(self) -> str:
        """The part before the first slash; a bare model name is OpenAI's, as LiteLLM reads it."""
        head, slash, _ = self.model.partition("/")
        return head if slash else OPENAI

    @property
    def translated(self) -> bool:
        """Whether the provider speaks another dialect than OpenAI's, so that the translate process stands before it."""
        return self.provider != OPENAI

    @property
    def provider_settings(self) -> dict[str, Any]:
        """What else litellm is told of a translated provider, such as ``aws_region_name``."""
        return {name: value for name, value in (self.model_extra or {}).items() if self.translated and is_provider_setting(name)}

    @model_serializer(mode="wrap")
    def _masked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The settings with whatever may be a secret among LiteLLM's own keys masked like ours."""
        shown: dict[str, Any] = handler(self)
        hidden = {name for name in self.model_extra or {} if is_provider_setting(name) and not is_plain(name)}
        return {name: "**********" if name in hidden else value for name, value in shown.items()}


class ModelEntry(_Shared):
    """One entry of ``model_list``: a name that clients ask for, and one upstream behind it."""

    model_name: str = Field(min_length=1, max_length=256)
    litellm_params: LiteLLMParams


class GeneralSettings(_Shared):
    """LiteLLM's ``general_settings``, as far as we have it."""

    master_key: SecretStr | None = None
    default_model: str | None = None

    @field_validator("master_key")
    @classmethod
    def _not_empty(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("must not be empty; leave it out to run without a key on 127.0.0.1")
        return value


class RouterSettings(_Shared):
    """LiteLLM's ``router_settings``, as far as we have it: what happens when an upstream fails. Times are seconds.

    ``num_retries`` unset means one, and only where no connection could be made.
    """

    num_retries: int | None = Field(default=None, ge=0)
    allowed_fails: int = Field(default=3, ge=0)
    cooldown_time: float = Field(default=5.0, ge=0, allow_inf_nan=False)
    fallbacks: list[dict[str, list[str]]] = Field(default_factory=list)
    default_fallbacks: list[str] = Field(default_factory=list)
    timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    stream_timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    routing_strategy: str = BY_WEIGHT

    @field_validator("fallbacks", "default_fallbacks", mode="before")
    @classmethod
    def _none_means_no_fallbacks(cls, value: object) -> object:
        return [] if value is None else value

    def fallbacks_of(self, *names: str) -> list[str]:
        """What stands in for a model: the list of the first of its ``names`` that has one, else of ``*``, else the default."""
        declared = {name: models for entry in self.fallbacks for name, models in entry.items()}
        return next((declared[name] for name in (*names, "*") if name in declared), self.default_fallbacks)


class GatewaySettings(_Own):
    """The forwarding path: its limits (times are seconds, sizes bytes), and whether each request is a line in the log."""

    access_log: bool = False
    max_body_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    connect_timeout_seconds: float = Field(default=5.0, gt=0)
    headers_timeout_seconds: float = Field(default=600.0, gt=0)
    idle_timeout_seconds: float = Field(default=300.0, gt=0)
    keepalive_seconds: float = Field(default=30.0, gt=0)
    max_header_bytes: int = Field(default=64 * 1024, ge=1024)


class MetricsSettings(_Own):
    """``listen`` moves /metrics off the public port."""

    listen: str | None = None

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        host, _, port = (value or "127.0.0.1:1").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("must be HOST:PORT, such as 127.0.0.1:9400")
        return value


class KeySettings(_Own):
    """A virtual key: what its holder may use. The key itself is never in the file, only its SHA-256."""

    hash: str
    name: Name
    models: list[str] = Field(default_factory=list)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    usd_per_day: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    usd_per_month: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @field_validator("hash")
    @classmethod
    def _is_sha256(cls, value: str) -> str:
        digest = value.removeprefix("sha256:").lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("must be the SHA-256 of the key as 64 hex digits, as `evenhand keys create --for-file` prints it")
        return digest

    @property
    def digest(self) -> bytes:
        """The SHA-256 as bytes."""
        return bytes.fromhex(self.hash)


class PriceSettings(_Own):
    """US dollars for a million tokens; ``cached_input`` is for the part of the input that came from a prompt cache."""

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class PricesSettings(_Own):
    """Where prices come from: a ``file`` instead of the shipped one, and ``models`` that go before what is in it."""

    file: Path | None = None
    models: dict[str, PriceSettings] | None = None


def _prices(value: object) -> object:
    """A path stands for the file alone."""
    return {"file": value} if isinstance(value, str) else value


class Budget(_Own):
    """What replays may cost; live traffic is never limited by it."""

    replays_per_minute: float = Field(default=60, gt=0)
    tokens_per_day: int = Field(default=2_000_000, gt=0)
    usd_per_day: float = Field(default=5.0, ge=0)
    usd_per_million_tokens: float = Field(default=1.0, ge=0)


class QueueSettings(_Own):
    """Bounds of the hand-off in memory and of the queue behind it."""

    url: str | None = None
    max_items: int = Field(default=20_000, ge=1)
    max_bytes: int = Field(default=512 * 1024 * 1024, ge=1024)
    memory_items: int = Field(default=1_000, ge=1)
    memory_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)


class AxisSettings(_Own):
    """The groups compared on an axis; gaps are always group minus reference."""

    reference: Name
    groups: list[Name] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({self.reference, *self.groups}) != len(self.groups) + 1:
            raise ValueError("groups must differ from each other and from the reference")
        return self


class OutcomeSettings(BaseModel):
    """One outcome of a route; keys beside ``tolerance`` belong to its scorer, which checks them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    tolerance: float | None = Field(default=None, ge=0, lt=1)

    @property
    def scorer_options(self) -> dict[str, Any]:
        """What the scorer is built from."""
        return dict(self.model_extra or {})


class MatchSettings(_Own):
    """Which traffic a route takes; empty means any. Header names are compared without case, values exactly."""

    models: list[str] = Field(default_factory=list)
    headers: dict[str, str] = Field(default_factory=dict)

    @field_validator("headers")
    @classmethod
    def _lower_case(cls, value: dict[str, str]) -> dict[str, str]:
        return {name.lower(): content for name, content in value.items()}


def _axes(value: object) -> object:
    """A list of axis names stands for their defaults."""
    if isinstance(value, list):
        unknown = [axis for axis in value if axis not in DEFAULT_AXES]
        if unknown:
            raise ValueError(
                f"no default groups for {', '.join(map(str, unknown))}: write axes as a mapping, {{axis: {{reference: …, groups: […]}}}}"
            )
        return {axis: DEFAULT_AXES[axis] for axis in value}
    return value


class RouteSettings(_Own):
    """A monitoring policy: which traffic, which axes and outcomes, how much gap is accepted."""

    name: Name
    match: MatchSettings = MatchSettings()
    tier: Tier = "T1"
    axes: Annotated[dict[Name, AxisSettings], BeforeValidator(_axes), Field(min_length=1)] = {
        axis: AxisSettings(**groups) for axis, groups in DEFAULT_AXES.items()
    }
    outcomes: Annotated[dict[Name, OutcomeSettings], Field(min_length=1)] = {"refusal": OutcomeSettings(), "not_served": OutcomeSettings()}

    @field_validator("outcomes", mode="before")
    @classmethod
    def _empty_means_default(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: {} if options is None else options for name, options in value.items()}
        return value

    def tolerance(self, outcome: str) -> float:
        """The accepted gap of an outcome, as a share of its range; the tier decides where the route does not say."""
        settings = self.outcomes.get(outcome) or self.outcomes.get(outcome.removesuffix("_given"))
        declared = settings.tolerance if settings else None
        return TOLERANCE_BY_TIER[self.tier] if declared is None else declared


class MonitorSettings(_Own):
    """The monitor. Without this section nothing is sampled and no monitor runs."""

    sample_rate: float = Field(default=0.02, ge=0, le=1)
    budget: Budget = Budget()
    alpha: float = Field(default=0.01, gt=0, lt=1)
    alpha_budget: Literal["horizon", "lifetime"] = "horizon"
    keep_text: Literal["none", "flagged", "all"] = "flagged"
    retention_days: int = Field(default=30, ge=1)
    placebo_rate: float = Field(default=0.1, ge=0, le=1)
    concurrent_replays: int = Field(default=8, ge=1)
    replay_timeout_seconds: float = Field(default=120.0, gt=0)
    deadline_seconds: float = Field(default=600.0, gt=0)
    max_reply_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_text_bytes: int = Field(default=256 * 1024, ge=1024)
    capture_headers: list[str] = Field(default_factory=list)
    redact_patterns: list[str] = Field(default_factory=list)
    queue: QueueSettings = QueueSettings()
    store_url: str | None = None
    console_url: str | None = None
    routes: list[RouteSettings] = Field(default_factory=list)

    @field_validator("redact_patterns")
    @classmethod
    def _compile(cls, value: list[str]) -> list[str]:
        for pattern in value:
            try:
                matches_nothing = re.compile(pattern).search("")
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
            if matches_nothing:
                raise ValueError(f"{pattern!r} matches the empty text and would cut every text to pieces")
        return value


class Settings(_Own):
    """The whole file."""

    model_list: list[ModelEntry] = Field(min_length=1)
    router_settings: RouterSettings = RouterSettings()
    general_settings: GeneralSettings = GeneralSettings()
    litellm_settings: dict[str, Any] = Field(default_factory=dict)
    environment_variables: dict[str, Any] = Field(default_factory=dict)
    data_dir: Path = Path("./evenhand-data")
    gateway: GatewaySettings = GatewaySettings()
    metrics: MetricsSettings = MetricsSettings()
    keys: list[KeySettings] = Field(default_factory=list)
    prices: Annotated[PricesSettings, BeforeValidator(_prices)] = PricesSettings()
    monitor: MonitorSettings | None = None

    @field_validator("keys", mode="before")
    @classmethod
    def _none_means_no_keys(cls, value: object) -> object:
        return [] if value is None else value

    @property
    def translated(self) -> list[ModelEntry]:
        """The models that need the translate process."""
        return [entry for entry in self.model_list if entry.litellm_params.translated]

    @property
    def routes(self) -> list[RouteSettings]:
        """The monitoring policies in order; none without a ``monitor:`` section."""
        return self.monitor.routes if self.monitor else []
