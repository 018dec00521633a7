"""The upstreams behind model names, and what a name leads to."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from gateway.routing.translator import Translator
from gateway.settings import ModelEntry, RouterSettings, Settings
from gateway.settings.reliability import measure_of

OPENAI_BASE = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One upstream behind a model name.

    ``id`` changes when its address or its model does, so that an exchange is never replayed elsewhere than where it was served.
    ``model`` is the configured ``model_name`` (a label), ``upstream_model`` the name that the upstream is asked for: filled in by
    ``Router.find``; None means as the client wrote it. ``timeout`` and ``stream_timeout`` are seconds, None for the gateway's own.
    ``address`` is the configured one for people to read: host and port, nothing that could be a secret.
    """

    id: str
    model: str
    upstream_model: str | None
    api_base: str
    api_key: str | None
    shadow_api_key: str | None
    pass_through_auth: bool
    translated: bool = False
    include_usage: bool = False
    weight: float = 1.0
    timeout: float | None = None
    stream_timeout: float | None = None
    address: str = ""

    @property
    def shown(self) -> str:
        """Which upstream it is, for who asked it: its name for the model, and where it is. Behind a wildcard the name is the client's."""
        return f"{self.upstream_model} at {self.address}" if self.upstream_model else self.address

    @property
    def replay_key(self) -> str | None:
        """The key that replays are sent with."""
        return self.shadow_api_key or self.api_key

    @property
    def can_replay(self) -> bool:
        """False where only the client's own credentials open the upstream: those are never kept."""
        return not self.pass_through_auth or self.shadow_api_key is not None


Stage = tuple[Deployment, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a model name leads: the model's own deployments first, then those of each fallback, in order.

    ``only`` is set where there is nothing to choose.
    """

    stages: tuple[Stage, ...]
    only: Deployment | None

    @classmethod
    def of(cls, *stages: Stage) -> "Destination":
        """The destination with these stages."""
        return cls(stages, stages[0][0] if len(stages) == len(stages[0]) == 1 else None)

    @property
    def first(self) -> Deployment:
        """The first of the model's own deployments."""
        return self.stages[0][0]

    def fixed(self) -> "Destination":
        """The first deployment and no other: for what has to find again what it left with an upstream."""
        return Destination.of((self.first,))

    def without_fallbacks(self) -> "Destination":
        """The model's own deployments: for what another model cannot be asked."""
        return Destination.of(self.stages[0])


def deployments(settings: Settings, translator: Translator | None) -> list[Deployment]:
    """The ``model_list`` in order. ``translator`` stands before models whose provider is not ``openai/``.

    Raises ``ValueError`` where it is missing.
    """
    groups: dict[str, list[ModelEntry]] = {}
    for entry in settings.model_list:
        groups.setdefault(entry.model_name, []).append(entry)
    measures = {name: measure_of([entry.litellm_params for entry in entries]) for name, entries in groups.items()}
    made, ids = [], Counter[str]()
    for entry in settings.model_list:
        deployment = _deployment(entry, translator, settings.router_settings, measures[entry.model_name])
        ids[deployment.id] += 1
        if (number := ids[deployment.id]) > 1:  # the same address with another key
            deployment = replace(deployment, id=f"{deployment.id}#{number}")
        made.append(deployment)
    return made


def _deployment(entry: ModelEntry, translator: Translator | None, router: RouterSettings, measure: str | None) -> Deployment:
    params = entry.litellm_params
    base = (params.api_base or OPENAI_BASE).rstrip("/")
    share = getattr(params, measure) if measure is not None else None
    deployment = Deployment(
        id=identity(entry),
        model=entry.model_name,
        upstream_model=params.model.removeprefix("openai/"),
        api_base=base,
        api_key=params.api_key.get_secret_value() if params.api_key else None,
        shadow_api_key=params.shadow_api_key.get_secret_value() if params.shadow_api_key else None,
        pass_through_auth=params.pass_through_auth,
        include_usage=params.include_usage,
        weight=1.0 if share is None else share,
        timeout=params.timeout or router.timeout,
        stream_timeout=params.stream_timeout or params.timeout or router.stream_timeout or router.timeout,
        address=_address(base),
    )
    return _translated(deployment, entry, translator) if params.translated else deployment


def _translated(deployment: Deployment, entry: ModelEntry, translator: Translator | None) -> Deployment:
    """The translate process stands for the provider."""
    params = entry.litellm_params
    if translator is None:
        raise ValueError(f"{entry.model_name} needs the translate process: the provider of {params.model} is {params.provider}")
    return replace(
        deployment,
        api_base=translator.api_base(entry),
        api_key=translator.live_key,
        shadow_api_key=translator.shadow_key if params.shadow_api_key else None,
        pass_through_auth=False,
        translated=True,
        include_usage=False,
        address=_address(params.api_base) if params.api_base else "its provider's usual address",
    )


def _address(base: str) -> str:
    return urlsplit(base).netloc.rpartition("@")[2]


def identity(entry: ModelEntry) -> str:
    """What an entry's deployment is called in metrics and logs; entries that are alike but for their key get a number behind it.

    Of a translated model it is of what is behind the translate process, and stays when the process moves.
    """
    params = entry.litellm_params
    base = params.api_base or "" if params.translated else (params.api_base or OPENAI_BASE).rstrip("/")
    return f"{entry.model_name}@{hashlib.sha256(f'{base} {params.model}'.encode()).hexdigest()[:8]}"
