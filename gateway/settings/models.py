"""The whole tree of settings and their defaults.

Sections that LiteLLM's proxy also reads tolerate keys we do not have; our own refuse them.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from gateway.settings.monitoring import MonitorSettings, RouteSettings
from gateway.settings.sections import Own
from gateway.settings.serving import GatewaySettings, KeySettings, MetricsSettings, PricesSettings, from_path
from gateway.settings.upstreams import GeneralSettings, ModelEntry, RouterSettings


class Settings(Own):
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
    prices: Annotated[PricesSettings, BeforeValidator(from_path)] = PricesSettings()
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
