"""Which deployment serves a model name, in the order that LiteLLM's ``model_list`` implies."""

import hashlib
from dataclasses import dataclass, replace

from gateway.errors import GatewayError, no_such_model
from gateway.routing.translator import Translator
from gateway.settings import ModelEntry, Settings

OPENAI_BASE = "https://api.openai.com/v1"
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Deployment:
    """One upstream behind a model name.

    ``id`` changes when its address or its model does, so that an exchange is never replayed elsewhere than where it was served.
    ``model`` is the configured ``model_name`` (a label), ``upstream_model`` the name that the upstream is asked for: filled in by
    ``Router.resolve``; None means as the client wrote it.
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

    @property
    def replay_key(self) -> str | None:
        """The key that replays are sent with."""
        return self.shadow_api_key or self.api_key

    @property
    def can_replay(self) -> bool:
        """False where only the client's own credentials open the upstream: those are never kept."""
        return not self.pass_through_auth or self.shadow_api_key is not None


class Router:
    """The ``model_list`` as a look-up: exact names first, then wildcards from the most specific to ``*``."""

    def __init__(self, settings: Settings, translator: Translator | None = None) -> None:
        """``translator`` stands before models whose provider is not ``openai/``; raises ``ValueError`` where it is missing."""
        deployments = [_deployment(entry, translator) for entry in settings.model_list]
        self._by_id = {deployment.id: deployment for deployment in deployments}
        self._exact = {deployment.model: deployment for deployment in deployments if "*" not in deployment.model}
        wildcards = [deployment for deployment in deployments if "*" in deployment.model]
        self._wildcards = sorted(wildcards, key=lambda deployment: len(deployment.model), reverse=True)
        self._default_model = settings.general_settings.default_model
        self._only = deployments[0] if len({(d.api_base, d.api_key, d.pass_through_auth) for d in deployments}) == 1 else None
        self._matched: dict[str, Deployment] = {}

    @property
    def names(self) -> list[str]:
        """The configured model names without wildcards, in order."""
        return list(self._exact)

    @property
    def bases(self) -> set[str]:
        """Every ``api_base`` that is forwarded to."""
        return {deployment.api_base for deployment in self._by_id.values()}

    @property
    def only_wildcard(self) -> Deployment | None:
        """The deployment, when a single wildcard entry is all there is and its upstream can list what it has."""
        return self._wildcards[0] if len(self._wildcards) == 1 and not self._exact and not self._wildcards[0].translated else None

    def by_id(self, deployment_id: str) -> Deployment | None:
        """The configured deployment; a wildcard one still has its ``*`` unfilled, so ``resolve`` the request's model for a name."""
        return self._by_id.get(deployment_id)

    def resolve(self, name: str | None) -> Deployment:
        """The deployment for a model name (None: the request has none). Raises ``GatewayError`` 404."""
        if name is None:
            return self._without_model()
        found = self._exact.get(name) or self._matched.get(name)
        if found is None:
            found = self._wild(name)
            if len(self._matched) >= _REMEMBERED:  # names are the clients' choice: a bound, not a leak
                self._matched.clear()
            self._matched[name] = found
        return found

    def serves(self, name: str) -> bool:
        """Whether a model name leads anywhere."""
        try:
            self.resolve(name)
        except GatewayError:
            return False
        return True

    def _wild(self, name: str) -> Deployment:
        for deployment in self._wildcards:
            head, _, tail = deployment.model.partition("*")
            if name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail):
                matched = name[len(head) : len(name) - len(tail)]
                return replace(deployment, upstream_model=(deployment.upstream_model or "*").replace("*", matched))
        raise no_such_model(f"The model `{name[:256]}` does not exist or you do not have access to it.")

    def _without_model(self) -> Deployment:
        if self._default_model is not None:
            return self.resolve(self._default_model)
        if any_model := next((wildcard for wildcard in self._wildcards if wildcard.model == "*"), None):
            return replace(any_model, upstream_model=None) if "*" in (any_model.upstream_model or "") else any_model
        if self._only is not None:
            return self._only
        raise no_such_model("The request names no model. Set general_settings.default_model, or add a model_list entry named *.")


def _deployment(entry: ModelEntry, translator: Translator | None) -> Deployment:
    params = entry.litellm_params
    if params.translated:
        return _translated(entry, translator)
    base = (params.api_base or OPENAI_BASE).rstrip("/")
    return Deployment(
        id=_id(entry, base),
        model=entry.model_name,
        upstream_model=params.model.removeprefix("openai/"),
        api_base=base,
        api_key=params.api_key.get_secret_value() if params.api_key else None,
        shadow_api_key=params.shadow_api_key.get_secret_value() if params.shadow_api_key else None,
        pass_through_auth=params.pass_through_auth,
        include_usage=params.include_usage,
    )


def _translated(entry: ModelEntry, translator: Translator | None) -> Deployment:
    """The translate process stands for the provider; the id is of what is behind it, which stays when the process moves."""
    params = entry.litellm_params
    if translator is None:
        raise ValueError(f"{entry.model_name} needs the translate process: the provider of {params.model} is {params.provider}")
    return Deployment(
        id=_id(entry, params.api_base or ""),
        model=entry.model_name,
        upstream_model=params.model,
        api_base=translator.api_base(entry),
        api_key=translator.live_key,
        shadow_api_key=translator.shadow_key if params.shadow_api_key else None,
        pass_through_auth=False,
        translated=True,
    )


def _id(entry: ModelEntry, base: str) -> str:
    return f"{entry.model_name}@{hashlib.sha256(f'{base} {entry.litellm_params.model}'.encode()).hexdigest()[:8]}"
