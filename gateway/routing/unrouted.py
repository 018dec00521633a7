"""What a request is told that names no model where the configuration has none for such: which mistake it is, and what to do."""

import orjson

from gateway.errors import GatewayError, invalid_request, no_such_model, not_found, wrong_method
from gateway.routing.paths import OTHER, TEMPLATES, place

SERVED = (
    "OpenAI's API under /v1/ (chat/completions, completions, responses, embeddings, models, …; also without /v1), /v1/messages, "
    "/openai/deployments/…; and of the gateway itself /livez, /readyz, /healthz, /metrics"
)
_ALSO_READ = frozenset({"chat_completions"})  # GET lists stored ones
_FORMS = frozenset({"audio", "images"})  # some of them are sent as multipart


def unrouted(method: str, raw_path: bytes, body: bytes) -> GatewayError:
    """The error for a request that leads nowhere because it names no model."""
    path = raw_path.decode("latin-1")[:256]
    where = place(raw_path)
    if where is None or where.suffix in (b"/v1", b"/") or (where.endpoint == OTHER and not raw_path.startswith((b"/v1/", b"/openai/"))):
        return not_found(f"{path} is no path of the API. Served here: {SERVED}.")
    if where.suffix in TEMPLATES:
        allowed = _methods(where.endpoint)
        if method not in allowed:
            return wrong_method(method, path, allowed)
        if method == "POST" and (fault := _body_fault(body, may_be_form=where.endpoint in _FORMS)) is not None:
            return fault
    message = (
        f"{method} {path} names no model, and none is configured for such requests. "
        "Name one, or set general_settings.default_model, or add a model_list entry named *."
    )
    return no_such_model(message)


def _methods(endpoint: str) -> tuple[str, ...]:
    if endpoint == "models":
        return ("GET",)
    return ("GET", "POST") if endpoint in _ALSO_READ else ("POST",)


def _body_fault(body: bytes, *, may_be_form: bool) -> GatewayError | None:
    if not body:
        return invalid_request("The body of the request is empty. Send a JSON object that names a model.", code="empty_body")
    if may_be_form and body.startswith(b"--"):
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return not_json(str(error))
    return None if isinstance(document, dict) else not_json(f"it is {_KINDS.get(type(document), 'a number')}")


def not_json(reason: str) -> GatewayError:
    """400: the body is no JSON object."""
    message = f"We could not parse the JSON body of your request: {reason}. The gateway expected a JSON object."
    return invalid_request(message, code="invalid_json")


_KINDS = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
