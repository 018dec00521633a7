"""Which deployments serve a model name, in the order that LiteLLM's ``model_list`` implies."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.errors import GatewayError, no_such_model
from gateway.routing.deployment import Deployment, Destination, Stage, deployments
from gateway.routing.translator import Translator
from gateway.settings import Settings

_REMEMBERED = 1024


class Router:
    """The ``model_list`` as a look-up: exact names first, then wildcards from the most specific to ``*``.

    Entries of one name are that model's deployments.
    """

    def __init__(self, settings: Settings, translator: Translator | None = None) -> None:
        """``translator`` stands before models whose provider is not ``openai/``; raises ``ValueError`` where it is missing."""
        declared = deployments(settings, translator)
        self._by_id = {deployment.id: deployment for deployment in declared}
        self._groups = _groups(declared)
        self._wildcards = sorted((name for name in self._groups if "*" in name), key=len, reverse=True)
        self._settings = settings.router_settings
        self._default_model = settings.general_settings.default_model
        self._only = declared[0] if len({(d.api_base, d.api_key, d.pass_through_auth) for d in declared}) == 1 else None
        self._exact = {name: self._destination(name, stage) for name, stage in self._groups.items() if "*" not in name}
        self._matched: dict[str, Destination] = {}

    @property
    def names(self) -> list[str]:
        """The configured model names without wildcards, in order."""
        return list(self._exact)

    @property
    def deployments(self) -> list[Deployment]:
        """Every configured deployment, in order; behind wildcards the ``*`` is unfilled."""
        return list(self._by_id.values())

    @property
    def wildcards(self) -> list[Deployment]:
        """The deployments of the wildcard entries, the most specific first; their ``*`` is unfilled."""
        return [deployment for pattern in self._wildcards for deployment in self._groups[pattern]]

    @property
    def bases(self) -> set[str]:
        """Every ``api_base`` that is forwarded to."""
        return {deployment.api_base for deployment in self._by_id.values()}

    @property
    def only_wildcard(self) -> Deployment | None:
        """The deployment, when a single wildcard entry is all there is and its upstream can list what it has."""
        if self._exact or len(self._wildcards) != 1:
            return None
        first = self._groups[self._wildcards[0]][0]
        return None if first.translated else first

    def by_id(self, deployment_id: str) -> Deployment | None:
        """The configured deployment; a wildcard one still has its ``*`` unfilled, so see ``serving`` for a name."""
        return self._by_id.get(deployment_id)

    def serving(self, deployment_id: str, name: str | None) -> Deployment | None:
        """The deployment of an id as it serves requests for the model ``name``; None when the configuration has it no more."""
        try:
            stages = self.find(name).stages
        except GatewayError:
            stages = ()
        found = next((each for stage in stages for each in stage if each.id == deployment_id), None) or self.by_id(deployment_id)
        return None if found is None or "*" in (found.upstream_model or "") else found

    def find(self, name: str | None) -> Destination:
        """Where a model name leads (None: the request has none). Raises ``GatewayError`` 404."""
        if name is None:
            return self._without_model()
        found = self._exact.get(name) or self._matched.get(name)
        if found is None:
            found = self._destination(name, self._wild(name))
            if len(self._matched) >= _REMEMBERED:  # names are the clients' choice: a bound, not a leak
                self._matched.clear()
            self._matched[name] = found
        return found

    def resolve(self, name: str | None) -> Deployment:
        """The first deployment for a model name. Raises ``GatewayError`` 404."""
        return self.find(name).first

    def serves(self, name: str) -> bool:
        """Whether a model name leads anywhere."""
        try:
            self.find(name)
        except GatewayError:
            return False
        return True

    def _destination(self, name: str, own: Stage) -> Destination:
        others = dict.fromkeys(other for other in self._settings.fallbacks_of(name, own[0].model) if other != name)
        return Destination.of(own, *filter(None, map(self._fallback, others)))

    def _fallback(self, name: str) -> Stage:
        """The deployments of a name that stands in for another; empty where there are none, and for a pattern, which names no model.

        Behind a wildcard their ids say which name, since nothing else of an exchange would.
        """
        if "*" in name:
            return ()
        if (exact := self._groups.get(name)) is not None:
            return exact
        try:
            return tuple(replace(each, id=f"{each.id}:{name}") for each in self._wild(name))
        except GatewayError:
            return ()

    def _wild(self, name: str) -> Stage:
        for pattern in self._wildcards:
            head, _, tail = pattern.partition("*")
            if name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail):
                matched = name[len(head) : len(name) - len(tail)]
                return tuple(
                    replace(each, upstream_model=(each.upstream_model or "*").replace("*", matched)) for each in self._groups[pattern]
                )
        raise no_such_model(f"The model `{name[:256]}` does not exist or you do not have access to it.")

    def _without_model(self) -> Destination:
        """Always one and the same deployment: what names no model asks for what an earlier request left there."""
        if self._default_model is not None:
            return Destination.of((self.resolve(self._default_model),))
        if (any_model := self._groups.get("*")) is not None:
            first = any_model[0]
            return Destination.of((replace(first, upstream_model=None) if "*" in (first.upstream_model or "") else first,))
        if self._only is not None:
            return Destination.of((self._only,))
        raise no_such_model("The request names no model. Set general_settings.default_model, or add a model_list entry named *.")


def _groups(declared: Iterable[Deployment]) -> dict[str, Stage]:
    groups: dict[str, Stage] = {}
    for deployment in declared:
        groups[deployment.model] = (*groups.get(deployment.model, ()), deployment)
    return groups
