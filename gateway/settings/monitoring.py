"""Settings of the monitor: what replays may use, what is kept, and which traffic is compared how."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from gateway.settings.sections import Name, Own

Tier = Literal["T0", "T1", "T2"]
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?")
_LABEL = re.compile(r"[a-z][a-z0-9_]*")
TOLERANCE_BY_TIER: dict[str, float] = {"T0": 0.10, "T1": 0.05, "T2": 0.02}
DEFAULT_AXES: dict[str, dict[str, Any]] = {
    "gender": {"reference": "male", "groups": ["female"]},
    "ethnicity": {"reference": "white", "groups": ["black", "hispanic", "asian"]},
}


class Budget(Own):
    """What replays may cost; live traffic is never limited by it."""

    replays_per_minute: float = Field(default=60, gt=0)
    tokens_per_day: int = Field(default=2_000_000, gt=0)
    usd_per_day: float = Field(default=5.0, ge=0)
    usd_per_million_tokens: float = Field(default=1.0, ge=0)


class QueueSettings(Own):
    """Bounds of the hand-off in memory and of the queue behind it."""

    url: str | None = None
    max_items: int = Field(default=20_000, ge=1)
    max_bytes: int = Field(default=512 * 1024 * 1024, ge=1024)
    memory_items: int = Field(default=1_000, ge=1)
    memory_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)


class ScorerProcessSettings(Own):
    """Bounds of the process in which scorers with a model run; it is started again when it passes one."""

    threads: int = Field(default=1, ge=1)
    timeout_seconds: float = Field(default=60.0, gt=0)
    max_memory_bytes: int = Field(default=4 * 1024 * 1024 * 1024, ge=256 * 1024 * 1024)


class AxisSettings(Own):
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

    @model_serializer(mode="wrap")
    def _masked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The section with the key of a scorer's endpoint masked."""
        shown: dict[str, Any] = handler(self)
        return {name: "**********" if name == "api_key" and value else value for name, value in shown.items()}

    @property
    def scorer_options(self) -> dict[str, Any]:
        """What the scorer is built from."""
        return dict(self.model_extra or {})


class MatchSettings(Own):
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


def _default_axes() -> dict[Name, AxisSettings]:
    return {axis: AxisSettings(**groups) for axis, groups in DEFAULT_AXES.items()}


def _default_outcomes() -> dict[Name, OutcomeSettings]:
    return {"refusal": OutcomeSettings(), "not_served": OutcomeSettings()}


def _by_label(outcomes: dict[Any, Any]) -> dict[Any, Any]:
    """One outcome for each label of a ``recommendation`` section: ``recommendation_care`` and so on, each of yes or no."""
    section = outcomes.get("recommendation")
    labels = section.get("labels") if isinstance(section, dict) else None
    if not isinstance(labels, dict) or not labels or not all(_LABEL.fullmatch(str(label)) for label in labels):
        return outcomes
    found: dict[Any, Any] = {}
    for name, options in outcomes.items():
        found |= {f"recommendation_{label}": options for label in labels} if name == "recommendation" else {name: options}
    return found


class RouteSettings(Own):
    """A monitoring policy: which traffic, which axes and outcomes, how much gap is accepted."""

    name: Name
    match: MatchSettings = MatchSettings()
    tier: Tier = "T1"
    axes: Annotated[dict[Name, AxisSettings], BeforeValidator(_axes)] = Field(min_length=1, default_factory=_default_axes)
    outcomes: dict[Name, OutcomeSettings] = Field(min_length=1, default_factory=_default_outcomes)
    allow_external: list[str] = Field(default_factory=list)

    @field_validator("outcomes", mode="before")
    @classmethod
    def _empty_means_default(cls, value: object) -> object:
        if isinstance(value, dict):
            return _by_label({name: {} if options is None else options for name, options in value.items()})
        return value

    @field_validator("allow_external")
    @classmethod
    def _hosts(cls, value: list[str]) -> list[str]:
        for host in value:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is not a host: write a name such as judge.example, with a port if one is meant")
        return [host.lower() for host in value]

    def tolerance(self, outcome: str) -> float:
        """The accepted gap of an outcome, as a share of its range; the tier decides where the route does not say."""
        settings = self.outcomes.get(outcome) or self.outcomes.get(outcome.removesuffix("_given"))
        declared = settings.tolerance if settings else None
        return TOLERANCE_BY_TIER[self.tier] if declared is None else declared


class MonitorSettings(Own):
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
    scorer_process: ScorerProcessSettings = ScorerProcessSettings()
    store_url: str | None = None
    console_url: str | None = None
    lexicons: str | None = None
    names: str | None = None
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
