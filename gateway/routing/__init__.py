"""From the model a request names to the deployment that serves it, and the bytes that have to change for that."""

from gateway.routing.body import InvalidBodyError, ask_for_usage, replace_model, replace_multipart_model, requested_model
from gateway.routing.paths import Place, place
from gateway.routing.router import OPENAI_BASE, Deployment, Router
from gateway.routing.translator import TRANSLATE_FILE, Translator, open_translator

__all__ = [
    "OPENAI_BASE",
    "TRANSLATE_FILE",
    "Deployment",
    "InvalidBodyError",
    "Place",
    "Router",
    "Translator",
    "ask_for_usage",
    "open_translator",
    "place",
    "replace_model",
    "replace_multipart_model",
    "requested_model",
]
