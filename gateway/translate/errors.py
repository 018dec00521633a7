"""A provider's failure in OpenAI's shape, with the provider's own status, words and waiting time, dug out of what litellm made of it."""

import ast
import json
from collections.abc import Iterator
from typing import Any

from gateway.errors import GatewayError, upstream_failed, upstream_timeout

_CODES = {400: "invalid_request", 401: "invalid_api_key", 403: "permission_denied", 404: "model_not_found", 413: "request_too_large"}
_CODES |= {422: "invalid_request", 429: "rate_limit_exceeded", 503: "service_unavailable", 529: "overloaded"}
_BY_CLASS = {
    "ContextWindowExceededError": "context_length_exceeded",
    "ContentPolicyViolationError": "content_policy_violation",
    "UnsupportedParamsError": "unsupported_parameter",
}
_PASSED = ("retry-after", "retry-after-ms")
_PASSED_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_REQUEST_IDS = ("request-id", "x-request-id")
_MAX_WORDS = 2_000
_MAX_CAUSES = 16


def failure(error: BaseException) -> GatewayError:
    """What to tell the client. Never the provider's address, and no credentials: only its status, its words and a few headers."""
    causes = list(_causes(error))
    reply = next((found for cause in reversed(causes) if (found := _reply(cause)) is not None), None)
    if reply is None and (early := _without_reply(causes)) is not None:
        return early
    statuses = [status for cause in reversed(causes) if (status := _status(cause)) is not None]
    status = reply[0] if reply else next(iter(statuses), 500)
    code = next((_BY_CLASS[name] for cause in causes if (name := type(cause).__name__) in _BY_CLASS), _CODES.get(status, "upstream_error"))
    kind = "rate_limit_error" if status == 429 else "server_error" if status >= 500 else "invalid_request_error"
    label = "upstream_4xx" if status < 500 else "upstream_5xx"
    return GatewayError(status, kind, code, _words(causes), label, headers=tuple(provider_headers(reply[1])) if reply else ())


def provider_headers(headers: Any) -> Iterator[tuple[bytes, bytes]]:
    """The provider's headers that clients act on, and its request id as ``x-request-id``."""
    named = {str(name).lower().removeprefix("llm_provider-"): str(value) for name, value in dict(headers or {}).items()}
    for name, value in named.items():
        if name in _PASSED or name.startswith(_PASSED_PREFIXES):
            yield name.encode(), value.encode()
    if identity := next((named[name] for name in _REQUEST_IDS if name in named), None):
        yield b"x-request-id", identity.encode()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the nearest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < _MAX_CAUSES:
        seen.add(id(error))
        yield error
        original = getattr(error, "original_exception", None)
        error = original if isinstance(original, BaseException) else error.__cause__ or error.__context__


def _reply(cause: BaseException) -> tuple[int, Any] | None:
    """Status and headers of the HTTP reply behind a cause; litellm's own classes carry one that they made up."""
    response = getattr(cause, "response", None)
    if response is None or type(cause).__module__.startswith("litellm"):
        return None
    status = getattr(response, "status_code", None)
    return (status, getattr(response, "headers", None)) if isinstance(status, int) and status >= 300 else None


def _without_reply(causes: list[BaseException]) -> GatewayError | None:
    """A provider that was not reached, did not answer in time or broke off."""
    names = {base.__name__ for cause in causes for base in type(cause).__mro__}
    if names & {"TimeoutException", "APITimeoutError", "TimeoutError"}:
        return upstream_timeout("headers", "The provider did not answer in time.")
    if "ConnectError" in names:
        return upstream_failed("connect", f"The provider cannot be reached: {_clipped(str(causes[-1]))}.")
    if names & {"TransportError", "ConnectionError", "ClientPayloadError"}:
        return upstream_failed("body", "The provider closed the connection before its reply was complete.")
    return None


def _status(cause: BaseException) -> int | None:
    status = getattr(cause, "status_code", None)
    return status if isinstance(status, int) and 400 <= status < 600 else None


def _words(causes: list[BaseException]) -> str:
    """The provider's own message where one can be read, else what litellm says."""
    texts = [str(getattr(cause, "message", None) or cause) for cause in causes]
    for text in reversed(texts):
        if message := _message(text):
            return _clipped(message)
    plain = [
        text for text, cause in zip(texts, causes, strict=True) if text and not type(cause).__module__.startswith(("httpx", "aiohttp"))
    ]
    return _clipped(plain[-1] if plain else "The provider failed without saying why.")


def _message(text: str) -> str | None:
    """``error.message`` of a body, which may come as the text of a bytes literal."""
    if text[:2] in ("b'", 'b"'):
        try:
            literal = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return None
        text = literal.decode("utf-8", "replace") if isinstance(literal, bytes) else text
    try:
        document = json.loads(text)
    except ValueError:
        return None
    while isinstance(document, list) and document:
        document = document[0]
    found = document.get("error") if isinstance(document, dict) else None
    if isinstance(found, dict):
        found = found.get("message")
    return found if isinstance(found, str) else None


def _clipped(text: str) -> str:
    return text if len(text) <= _MAX_WORDS else text[:_MAX_WORDS] + "…"
