"""The models that this process serves, by the place in its address that the gateway knows them under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import GatewayError, no_such_model
from gateway.routing.translator import slug
from gateway.settings import ModelEntry, Settings


@dataclass(frozen=True, slots=True)
class Target:
    """One model's provider: what litellm is told beside the request. ``model`` is as configured, its ``*`` not filled in."""

    model: str
    provider: str
    api_base: str | None
    settings: Mapping[str, Any] = field(repr=False)
    api_key: str | None = field(repr=False)
    shadow_api_key: str | None = field(repr=False)

    def asked(self, name: object) -> str:
        """The model to call for the name in a request's body. Raises ``GatewayError`` 404 for one that the entry does not cover."""
        if "*" not in self.model:
            return self.model
        head, _, tail = self.model.partition("*")
        if isinstance(name, str) and name.startswith(head) and name.endswith(tail) and len(name) > len(head) + len(tail):
            return name
        raise no_such_model(f"The model {str(name)[:256]!r} is not one of {self.model}.")

    def arguments(self, *, shadow: bool) -> dict[str, Any]:
        """Address and credentials as litellm's keyword arguments; replays use the shadow key where there is one."""
        key = (self.shadow_api_key if shadow else None) or self.api_key
        given = {"api_base": self.api_base, "api_key": key, **self.settings}
        return {name: value for name, value in given.items() if value is not None}


def catalogue(settings: Settings) -> dict[str, Target]:
    """Every model whose provider is not ``openai/``."""
    return {slug(entry): _target(entry) for entry in settings.translated}


def unknown_place(place: str) -> GatewayError:
    """503: this process and the gateway have read different configurations; that passes."""
    message = f"The translate process does not know the deployment {place[:64]!r} yet."
    return GatewayError(503, "server_error", "deployment_unknown", message, "upstream_5xx", headers=((b"retry-after", b"1"),))


def _target(entry: ModelEntry) -> Target:
    params = entry.litellm_params
    return Target(
        model=params.model,
        provider=params.provider,
        api_base=params.api_base,
        settings=params.provider_settings,
        api_key=params.api_key.get_secret_value() if params.api_key else None,
        shadow_api_key=params.shadow_api_key.get_secret_value() if params.shadow_api_key else None,
    )
