"""Settings that LiteLLM's proxy also reads: the models, where they are, and what happens when an upstream fails."""

from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, SerializerFunctionWrapHandler, field_validator, model_serializer

from gateway.settings.providers import OPENAI, is_plain, is_provider_setting
from gateway.settings.sections import Shared

BY_WEIGHT = "simple-shuffle"  # LiteLLM's word for it


def _names_a_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


class LiteLLMParams(Shared):
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
        if value is None:
            return value
        if any(letter.isspace() for letter in value):
            raise ValueError("must have no spaces or ends of lines, not at its end either")
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://, such as https://llm.example/v1")
        if not _names_a_host(value):
            raise ValueError("must name a host, and a port up to 65535 if any, such as http://127.0.0.1:8080/v1")
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


class ModelEntry(Shared):
    """One entry of ``model_list``: a name that clients ask for, and one upstream behind it."""

    model_name: str = Field(min_length=1, max_length=256)
    litellm_params: LiteLLMParams


class GeneralSettings(Shared):
    """LiteLLM's ``general_settings``, as far as we have it."""

    master_key: SecretStr | None = None
    default_model: str | None = None

    @field_validator("master_key")
    @classmethod
    def _not_empty(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("must not be empty; leave it out to run without a key on 127.0.0.1")
        return value


class RouterSettings(Shared):
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
