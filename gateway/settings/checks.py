"""What no single field can know: whether the parts of the configuration fit each other."""

from collections import Counter
from collections.abc import Iterator

from gateway.settings.models import Settings

Finding = tuple[tuple[int | str, ...], str, str]
MAX_ROUTES, MAX_MODELS = 50, 50


def consistency(settings: Settings) -> Iterator[Finding]:
    """Each contradiction as (where, what, how to mend it)."""
    yield from _models(settings)
    yield from _routes(settings)


def _models(settings: Settings) -> Iterator[Finding]:
    names = [entry.model_name for entry in settings.model_list]
    for index, entry in enumerate(settings.model_list):
        where = ("model_list", index)
        if names.index(entry.model_name) < index:
            yield (
                (*where, "model_name"),
                f"{entry.model_name} is declared twice; one upstream a model for now",
                "give the second one another name",
            )
        params = entry.litellm_params
        if params.provider != "openai":
            yield (
                (*where, "litellm_params", "model"),
                f"{entry.model_name}: the provider of {params.model} is {params.provider}, and only openai/ is spoken here",
                f"if its upstream speaks OpenAI's HTTP, write openai/{params.model} and its api_base",
            )
        elif entry.model_name.count("*") > 1 or params.model.count("*") > 1:
            yield (*where, "model_name"), "more than one * in a name", "keep one"
        elif "*" in params.model and "*" not in entry.model_name:
            yield (
                (*where, "litellm_params", "model"),
                f"{params.model} has a * that {entry.model_name} does not fill",
                "name one model, or put a * in model_name",
            )
    default = settings.general_settings.default_model
    if default is not None and default not in names and not any("*" in name for name in names):
        yield ("general_settings", "default_model"), f"{default} is not in model_list", f"one of: {', '.join(names)}"
    if len(names) > MAX_MODELS:
        yield ("model_list",), f"{len(names)} models; each is a label value and {MAX_MODELS} is the limit", "use a wildcard entry"


def _routes(settings: Settings) -> Iterator[Finding]:
    names = [route.name for route in settings.routes]
    known = {entry.model_name for entry in settings.model_list}
    for name, count in Counter(names).items():
        if count > 1:
            last = len(names) - 1 - names[::-1].index(name)
            yield (
                ("monitor", "routes", last, "name"),
                f"two routes are called {name}",
                "routes are labels of metrics: give each its own name",
            )
    for index, route in enumerate(settings.routes):
        for position, model in enumerate(route.match.models):
            if model not in known:
                yield (
                    ("monitor", "routes", index, "match", "models", position),
                    f"{model} is not a model_name",
                    f"one of: {', '.join(sorted(known))}",
                )
    if len(names) > MAX_ROUTES:
        yield ("monitor", "routes"), f"{len(names)} routes; {MAX_ROUTES} is the limit", "join some"
