"""The configuration: one YAML file, read into one tree of models, with every mistake told at once."""

from gateway.settings.checks import Finding
from gateway.settings.environment import UNSET_BASE
from gateway.settings.load import Check, Loaded, digest_of, load, load_text
from gateway.settings.mistakes import ConfigError, Mistake
from gateway.settings.models import Settings
from gateway.settings.monitoring import (
    AxisSettings,
    Budget,
    MatchSettings,
    MonitorSettings,
    OutcomeSettings,
    QueueSettings,
    RouteSettings,
    ScorerProcessSettings,
)
from gateway.settings.serving import GatewaySettings, KeySettings, MetricsSettings, PriceSettings, PricesSettings
from gateway.settings.upstreams import GeneralSettings, LiteLLMParams, ModelEntry, RouterSettings

__all__ = [
    "UNSET_BASE",
    "AxisSettings",
    "Budget",
    "Check",
    "ConfigError",
    "Finding",
    "GatewaySettings",
    "GeneralSettings",
    "KeySettings",
    "LiteLLMParams",
    "Loaded",
    "MatchSettings",
    "MetricsSettings",
    "Mistake",
    "ModelEntry",
    "MonitorSettings",
    "OutcomeSettings",
    "PriceSettings",
    "PricesSettings",
    "QueueSettings",
    "RouteSettings",
    "RouterSettings",
    "ScorerProcessSettings",
    "Settings",
    "digest_of",
    "load",
    "load_text",
]
