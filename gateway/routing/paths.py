"""What a request's path means: the endpoint it belongs to, what is appended to ``api_base``, and a model that it may name."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

OTHER = "_other"
_MODELS = re.compile(rb"^/models/([^/]+)$")
_AZURE = re.compile(rb"^/openai/deployments/([^/]+)(/.*)?$")
_BETWEEN = rb"(?:/|%2f|\\|%5c)"  # what some server or other takes for a slash
_DOTS = re.compile(_BETWEEN + rb"(?:\.|%2e){1,2}(?:" + _BETWEEN + rb"|$)", re.IGNORECASE)
TEMPLATES = {
    b"/chat/completions": "chat_completions",
    b"/completions": "completions",
    b"/responses": "responses",
    b"/embeddings": "embeddings",
    b"/moderations": "moderations",
    b"/images/generations": "images",
    b"/images/edits": "images",
    b"/images/variations": "images",
    b"/audio/speech": "audio",
    b"/audio/transcriptions": "audio",
    b"/audio/translations": "audio",
    b"/messages": "messages",
    b"/models": "models",
}
_FAMILIES = frozenset({b"responses", b"images", b"audio", b"files", b"batches", b"models", b"messages", b"fine_tuning", b"uploads"})


@dataclass(frozen=True, slots=True)
class Place:
    """``endpoint`` is a label from a closed list, ``suffix`` goes after ``api_base``, ``model`` is what the path itself names.

    ``azure`` says that the path is Azure's: its key goes into ``api-key``, and no replay is made of it.
    """

    endpoint: str
    suffix: bytes
    model: str | None = None
    azure: bool = False


def place(raw_path: bytes) -> Place | None:
    """Where a raw path leads; None for one that could climb out of ``api_base``: with dot segments, or not beginning with a slash."""
    if found := _COMMON.get(raw_path):
        return found
    if not raw_path.startswith(b"/") or _DOTS.search(raw_path):
        return None
    if raw_path.startswith(b"/openai/"):
        azure = _AZURE.match(raw_path)
        suffix = (azure.group(2) or b"") if azure else raw_path
        return Place(_endpoint(suffix), raw_path, unquote(azure.group(1)) if azure else None, azure=True)
    suffix = raw_path[3:] if raw_path.startswith(b"/v1/") else raw_path
    model = _MODELS.match(suffix)
    return Place(_endpoint(suffix), suffix, unquote(model.group(1)) if model else None)


def _endpoint(suffix: bytes) -> str:
    if known := TEMPLATES.get(suffix):
        return known
    family = suffix[1:].partition(b"/")[0]
    return family.decode() if family in _FAMILIES else OTHER


_COMMON = {prefix + suffix: Place(endpoint, suffix) for suffix, endpoint in TEMPLATES.items() for prefix in (b"/v1", b"")}
