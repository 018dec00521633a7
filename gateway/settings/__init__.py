"""The configuration: one YAML file, read into one tree of models, with every mistake told at once."""

from gateway.settings.checks import Finding
from gateway.settings.load import Check, Loaded, digest_of, load, load_text
from gateway.settings.mistakes import ConfigError, Mistake
from gateway.settings.models import (
    AxisSettings,
    Budget,
    GatewaySettings,
    GeneralSettings,
    KeySettings,
    LiteLLMParams,
    MatchSettings,
    MetricsSettings,
    ModelEntry,
    MonitorSettings,
    OutcomeSettings,
    PriceSettings,
    PricesSettings,
    QueueSettings,
    RouterSettings,
    RouteSettings,
    Settings,
)

__all__ = [
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
    "Settings",
    "digest_of",
    "load",
    "load_text",
]
