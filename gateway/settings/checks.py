"""What no single field can know: whether the parts of the configuration fit each other."""

from collections import Counter
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from gateway.settings.addresses import address_doubts
from gateway.settings.headers import is_credential_header
from gateway.settings.lines import Path
from gateway.settings.models import Settings
from gateway.settings.providers import TESTED, translation_fault
from gateway.settings.reliability import routing_doubts
from gateway.settings.upstreams import ModelEntry

Finding = tuple[Path, str, str]
MAX_ROUTES, MAX_MODELS, MAX_DEPLOYMENTS = 50, 50, 200


def consistency(settings: Settings, replaced: Collection[Path] = ()) -> Iterator[Finding]:
    """Each contradiction as (where, what, how to mend it); at ``replaced`` places stands a substitute for what could not be read."""
    names_known = not any(where[:1] == ("model_list",) and (len(where) < 3 or where[-1] == "model_name") for where in replaced)
    yield from _models(settings)
    yield from _routes(settings)
    yield from _keys(settings)
    if names_known:
        yield from _references(settings)
        yield from _permitted(settings)
    if settings.monitor is not None:
        yield from _engines(settings.monitor.queue.url, settings.monitor.store_url)


def doubts(settings: Settings) -> Iterator[Finding]:
    """What can be run but is hardly meant, as (where, what, how to mend it)."""
    yield from routing_doubts(settings)
    yield from address_doubts(settings)
    for provider, index in _untested(settings).items():
        where: Path = ("model_list", index, "litellm_params", "model")
        yield where, f"the provider {provider} is untested here and left to litellm", f"try it well, or one of: {', '.join(sorted(TESTED))}"
    if settings.monitor is None:
        return
    if not settings.monitor.routes:
        yield ("monitor",), "has no routes, so nothing is monitored", "add one under monitor.routes"
    for position, name in enumerate(settings.monitor.capture_headers):
        if is_credential_header(name.lower()):
            yield ("monitor", "capture_headers", position), f"{name} carries a credential and is never captured", "take it out"


def _untested(settings: Settings) -> dict[str, int]:
    """Translated providers without tests of ours, and the first entry of each."""
    found: dict[str, int] = {}
    for index, entry in enumerate(settings.model_list):
        if entry.litellm_params.translated and entry.litellm_params.provider not in TESTED:
            found.setdefault(entry.litellm_params.provider, index)
    return found


def _models(settings: Settings) -> Iterator[Finding]:
    names = {entry.model_name for entry in settings.model_list}
    for index, entry in enumerate(settings.model_list):
        where = ("model_list", index)
        params = entry.litellm_params
        if params.translated:
            yield from _translated(where, entry)
        if entry.model_name.count("*") > 1 or params.model.count("*") > 1:
            yield (*where, "model_name"), "more than one * in a name", "keep one"
        elif "*" in params.model and "*" not in entry.model_name:
            yield (
                (*where, "litellm_params", "model"),
                f"{params.model} has a * that {entry.model_name} does not fill",
                "name one model, or put a * in model_name",
            )
    if len(names) > MAX_MODELS:
        yield ("model_list",), f"{len(names)} models; each is a label value and {MAX_MODELS} is the limit", "use a wildcard entry"
    if (count := len(settings.model_list)) > MAX_DEPLOYMENTS:
        yield ("model_list",), f"{count} entries; each is a label value and {MAX_DEPLOYMENTS} is the limit", "join some behind one address"


def _translated(where: Path, entry: ModelEntry) -> Iterator[Finding]:
    """What a model needs whose provider speaks another dialect."""
    params = entry.litellm_params
    if (fault := translation_fault(params.provider)) is not None:
        what, mend = fault
        yield (
            (*where, "litellm_params", "model"),
            f"{entry.model_name}: the provider of {params.model} is {params.provider}, {what}",
            f"{mend}; or if its upstream speaks OpenAI's HTTP, write openai/{params.model} and its api_base",
        )
    elif params.pass_through_auth:
        yield (
            (*where, "litellm_params", "pass_through_auth"),
            f"{entry.model_name}: the provider {params.provider} is spoken to by another process, which never sees clients' credentials",
            "give its api_key",
        )


def _routes(settings: Settings) -> Iterator[Finding]:
    names = [route.name for route in settings.routes]
    for name, count in Counter(names).items():
        if count > 1:
            last = len(names) - 1 - names[::-1].index(name)
            yield (
                ("monitor", "routes", last, "name"),
                f"two routes are called {name}",
                "routes are labels of metrics: give each its own name",
            )
    if len(names) > MAX_ROUTES:
        yield ("monitor", "routes"), f"{len(names)} routes; {MAX_ROUTES} is the limit", "join some"


def _keys(settings: Settings) -> Iterator[Finding]:
    for field in ("name", "hash"):
        seen: dict[str, str] = {}
        for index, key in enumerate(settings.keys):
            value = getattr(key, field)
            if value in seen:
                yield ("keys", index, field), f"two keys have the {field} of {seen[value]}", "each key needs its own"
            seen.setdefault(value, key.name)


def _permitted(settings: Settings) -> Iterator[Finding]:
    """Models that keys may use but nobody serves; behind a wildcard any name may be."""
    known = sorted({entry.model_name for entry in settings.model_list})
    if any("*" in name for name in known):
        return
    for index, key in enumerate(settings.keys):
        for position, model in enumerate(key.models):
            if not any(fnmatchcase(name, model) for name in known):
                yield ("keys", index, "models", position), f"{model} is not a model_name", f"one of: {', '.join(known)}"


def _references(settings: Settings) -> Iterator[Finding]:
    """Model names that are used but not declared."""
    known = sorted({entry.model_name for entry in settings.model_list})
    default = settings.general_settings.default_model
    if default is not None and default not in known and not any("*" in name for name in known):
        yield ("general_settings", "default_model"), f"{default} is not in model_list", f"one of: {', '.join(known)}"
    for index, route in enumerate(settings.routes):
        for position, model in enumerate(route.match.models):
            if model not in known:
                where = ("monitor", "routes", index, "match", "models", position)
                yield where, f"{model} is not a model_name", f"one of: {', '.join(known)}"


def _engines(queue_url: str | None, store_url: str | None) -> Iterator[Finding]:
    """Engines that will come later."""
    for where, url, later in (
        (("monitor", "queue", "url"), queue_url, "Redis Streams"),
        (("monitor", "store_url"), store_url, "PostgreSQL"),
    ):
        if url is not None:
            engine = urlsplit(url).scheme or "such an engine"
            yield where, f"{engine} is not spoken yet ({later} will come here)", "leave it out to use SQLite in data_dir"
