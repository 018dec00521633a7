"""Errors as the gateway's own answers: OpenAI's four keys, and who made them.

Three kinds, cut by what the caller does next: mend the request, wait and try again, or look at the gateway's configuration.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

LABELS = (
    *("caller_bad_request", "caller_closed", "caller_too_large", "caller_too_slow", "caller_unauthenticated"),
    *("caller_unknown_model", "caller_unknown_path"),
    *("policy_model_not_allowed", "policy_over_budget", "policy_rate_limited"),
    *("upstream_4xx", "upstream_5xx", "upstream_body", "upstream_connect", "upstream_connect_timeout", "upstream_forbidden"),
    *("upstream_headers", "upstream_headers_timeout", "upstream_idle_timeout", "upstream_not_found", "upstream_rate_limited"),
    *("upstream_stream_error", "upstream_total_timeout", "upstream_unauthenticated"),
    *("gateway_internal", "gateway_shutting_down"),
)
"""Every value of the ``error`` label: whose failure it was, and what."""


@dataclass(eq=False)  # not frozen: contextlib sets __traceback__ on what passes it
class GatewayError(Exception):
    """An answer of our own. ``label`` is the value of the ``error`` label of ``evenhand_errors_total`` (a closed list)."""

    status: int
    type: str
    code: str
    message: str
    label: str
    param: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    def body(self) -> bytes:
        """The JSON body in OpenAI's shape."""
        return orjson.dumps({"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}})


def invalid_request(message: str, *, code: str = "invalid_request", param: str | None = None) -> GatewayError:
    """400: the request itself is wrong."""
    return GatewayError(400, "invalid_request_error", code, message, "caller_bad_request", param)


def invalid_key(message: str) -> GatewayError:
    """401: no key or a wrong one."""
    return GatewayError(401, "invalid_request_error", "invalid_api_key", message, "caller_unauthenticated")


def no_such_model(message: str) -> GatewayError:
    """404 as OpenAI gives it for a model."""
    return GatewayError(404, "invalid_request_error", "model_not_found", message, "caller_unknown_model", "model")


def not_found(message: str) -> GatewayError:
    """404 for a path."""
    return GatewayError(404, "invalid_request_error", "not_found", message, "caller_unknown_path")


def wrong_method(method: str, path: str, allowed: Sequence[str]) -> GatewayError:
    """405: the path is right and its method is not."""
    message = f"{method} is not a method of {path}: use {' or '.join(allowed)}."
    headers = ((b"allow", ", ".join(allowed).encode()),)
    return GatewayError(405, "invalid_request_error", "method_not_allowed", message, "caller_bad_request", headers=headers)


def too_large(limit: int) -> GatewayError:
    """413: the body is over the configured size."""
    message = f"The request body is larger than {limit} bytes. Raise gateway.max_body_bytes if it should pass."
    return GatewayError(413, "invalid_request_error", "request_too_large", message, "caller_too_large")


def too_slow(seconds: float) -> GatewayError:
    """408: the client stopped sending within its request."""
    message = f"Nothing of the request came for {seconds:g} seconds."
    return GatewayError(408, "invalid_request_error", "request_timeout", message, "caller_too_slow")


def no_websocket() -> GatewayError:
    """426: the client asks for a WebSocket."""
    message = "The gateway does not serve WebSockets; use the HTTP endpoints."
    return GatewayError(426, "invalid_request_error", "websocket_not_supported", message, "caller_bad_request")


def upstream_failed(phase: str, message: str) -> GatewayError:
    """502: the upstream could not be reached or broke off in ``phase`` (connect, send, headers, body)."""
    return GatewayError(502, "api_error", f"upstream_{phase}_failed", message, f"upstream_{phase}")


def upstream_timeout(phase: str, message: str) -> GatewayError:
    """504: the upstream was silent for too long in ``phase``."""
    return GatewayError(504, "api_error", f"upstream_{phase}_timeout", message, f"upstream_{phase}_timeout")


def shutting_down() -> GatewayError:
    """503: the process ends and the time for requests under way is over."""
    message = "The gateway is being stopped and this request took longer than it may wait. Send it again."
    return GatewayError(503, "api_error", "gateway_shutting_down", message, "gateway_shutting_down")


def gateway_fault(message: str) -> GatewayError:
    """500: a mistake of ours, not of the request or the upstream."""
    return GatewayError(500, "api_error", "gateway_error", message, "gateway_internal")
