"""From the model a request names to the deployment that serves it, and the bytes that have to change for that."""

from gateway.routing.balance import Balancer
from gateway.routing.body import InvalidBodyError, ask_for_usage, asks_for_stream, renamed, requested_model
from gateway.routing.course import Course, Failure, Next, Retries
from gateway.routing.deployment import OPENAI_BASE, Deployment, Destination, identity
from gateway.routing.paths import Place, place
from gateway.routing.router import Router
from gateway.routing.translator import TRANSLATE_FILE, Translator, open_translator
from gateway.routing.unrouted import SERVED, not_json, unrouted

__all__ = [
    "OPENAI_BASE",
    "SERVED",
    "TRANSLATE_FILE",
    "Balancer",
    "Course",
    "Deployment",
    "Destination",
    "Failure",
    "InvalidBodyError",
    "Next",
    "Place",
    "Retries",
    "Router",
    "Translator",
    "ask_for_usage",
    "asks_for_stream",
    "identity",
    "not_json",
    "open_translator",
    "place",
    "renamed",
    "requested_model",
    "unrouted",
]
