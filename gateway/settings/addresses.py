"""What an ``api_base`` says that can be run but is hardly meant."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.settings.lines import Path
from gateway.settings.models import Settings

_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models", "/messages")


def address_doubts(settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """Each as (where, what, how to mend it); nothing that could be a secret in an address is shown."""
    for index, entry in enumerate(settings.model_list):
        params = entry.litellm_params
        if params.api_base is None or params.translated:
            continue
        for what, mend in _doubts(params.api_base):
            yield ("model_list", index, "litellm_params", "api_base"), f"{entry.model_name}: {what}", mend


def _doubts(base: str) -> Iterator[tuple[str, str]]:
    parts = urlsplit(base)
    host, path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
    if ending := next((ending for ending in _ENDPOINTS if path.endswith(ending)), ""):
        kept = f"{parts.scheme}://{host}{path.removesuffix(ending)}"
        yield f"the address ends in {ending}, and the path of each request is appended to it: …{ending}/chat/completions", f"write {kept}"
    elif not path and parts.scheme == "http":
        yield f"the address has no path, so requests go to http://{host}/chat/completions", f"write http://{host}/v1 if its API is there"
    if parts.query or parts.fragment:
        yield "what follows ? or # in the address is not sent", "take it out; what clients ask with is passed on"
    if "@" in parts.netloc:
        yield "the name and password in the address are not sent", "give the key as api_key"
