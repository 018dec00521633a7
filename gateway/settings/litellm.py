"""What a file of LiteLLM's proxy says in one place and means in another: variables, shared credentials, OpenAI's usual key."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.settings.checks import Finding
from gateway.settings.environment import PREFIX

_USUAL_KEY = "OPENAI_API_KEY"
_MASTER_KEY = "LITELLM_MASTER_KEY"
_NAMED = "litellm_credential_name"
_PROVIDER = "custom_llm_provider"
ROUTERS = {name: name for name in ("num_retries", "allowed_fails", "cooldown_time", "fallbacks", "default_fallbacks")} | {
    "request_timeout": "timeout"
}
"""What ``litellm_settings`` may say for ``router_settings``, and the name it has there."""
_NOT_OPENAIS = {"claude": "anthropic", "gemini": "gemini", "command": "cohere", "mistral": "mistral", "deepseek": "deepseek", "grok": "xai"}


def variables(document: Mapping[Any, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the file's ``environment_variables`` over it, as LiteLLM's proxy sets them before it reads the rest."""
    found = dict(environ)
    section = document.get("environment_variables")
    for name, value in section.items() if isinstance(section, dict) else ():
        if isinstance(value, str) and value.startswith(PREFIX):
            value = environ.get(value.removeprefix(PREFIX))
        if isinstance(value, str | int | float):
            found[str(name)] = str(value)
    return found


def completed(document: Mapping[Any, Any], environ: Mapping[str, str]) -> dict[Any, Any]:
    """The document with every entry of ``model_list`` made whole.

    An entry gets what the credential that it names has and it has not; a provider that stands beside its model is put before
    it. One that goes to OpenAI's own address without a key gets ``$OPENAI_API_KEY``, as LiteLLM's users are used to; no other
    address ever gets that. What ``litellm_settings`` says of retries and fallbacks counts where ``router_settings`` is silent.
    """
    document = _routed(document)
    known = _credentials(document)
    entries = document.get("model_list")
    if not isinstance(entries, list):
        return dict(document)
    return {**document, "model_list": [_whole(entry, known, environ) for entry in entries]}


def _routed(document: Mapping[Any, Any]) -> dict[Any, Any]:
    shared, own = document.get("litellm_settings"), document.get("router_settings")
    if not isinstance(shared, dict) or not isinstance(own, dict | None):
        return dict(document)
    said = {there: shared[here] for here, there in ROUTERS.items() if shared.get(here) is not None}
    return {**document, "router_settings": said | (own or {})} if said else dict(document)


def unlike(document: Mapping[Any, Any], environ: Mapping[str, str]) -> Iterator[Finding]:
    """What LiteLLM takes from elsewhere and is not here: a master key of the environment, a maker that it knows by a model's name."""
    general = document.get("general_settings")
    if _MASTER_KEY in environ and not (isinstance(general, dict) and general.get("master_key")):
        what = f"{_MASTER_KEY} is set in the environment, and no key is asked for"
        yield ("general_settings",), what, f"write general_settings.master_key: {PREFIX}{_MASTER_KEY}"
    for index, params in _params(document):
        model = params.get("model")
        if params.get("api_base") or not isinstance(model, str):
            continue
        where = ("model_list", index, "litellm_params", "model")
        if model == "*":
            yield where, "every name goes to OpenAI, whoever makes the model", "add an entry for each provider, such as anthropic/*"
        elif (maker := _NOT_OPENAIS.get(model.partition("-")[0])) is not None:
            yield where, f"{model} names no provider and goes to OpenAI", f"write {maker}/{model}"


def strangers(document: Mapping[Any, Any]) -> Iterator[Finding]:
    """Entries of a completed document whose credential is not declared: they would go elsewhere than is meant."""
    known = ", ".join(sorted(_credentials(document))) or "there are none"
    for index, params in _params(document):
        if _NAMED in params:
            where = ("model_list", index, "litellm_params", _NAMED)
            yield where, f"{params[_NAMED]} is not in credential_list", f"declared there: {known}"


def _params(document: Mapping[Any, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The ``litellm_params`` of each entry that can be read, with its place in the list."""
    entries = document.get("model_list")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(params := entry.get("litellm_params"), dict):
            yield index, params


def _credentials(document: Mapping[Any, Any]) -> dict[str, dict[str, Any]]:
    """The values of each credential by its name, as far as the section can be read."""
    section = document.get("credential_list")
    found = {}
    for item in section if isinstance(section, list) else ():
        if isinstance(item, dict) and isinstance(values := item.get("credential_values"), dict):
            found[str(item.get("credential_name"))] = values
    return found


def _whole(entry: Any, known: Mapping[str, dict[str, Any]], environ: Mapping[str, str]) -> Any:
    params = entry.get("litellm_params") if isinstance(entry, dict) else None
    if not isinstance(params, dict):
        return entry
    if (name := str(params.get(_NAMED))) in known:
        params = {**known[name], **{key: value for key, value in params.items() if key != _NAMED}}
    provider, model = params.get(_PROVIDER), params.get("model")
    if isinstance(provider, str) and isinstance(model, str):
        whole = model if model.startswith(f"{provider}/") else f"{provider}/{model}"
        params = {**{key: value for key, value in params.items() if key != _PROVIDER}, "model": whole}
    keyless = not any(params.get(key) for key in ("api_base", "api_key", "pass_through_auth"))
    if keyless and _is_openais(params.get("model")) and _USUAL_KEY in environ:
        params = {**params, "api_key": PREFIX + _USUAL_KEY}
    return {**entry, "litellm_params": params}


def _is_openais(model: Any) -> bool:
    return isinstance(model, str) and model.partition("/")[0] in ("openai", model)
