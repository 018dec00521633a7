"""Answers to a key that may not, in the form that OpenAI gives them."""

from gateway.errors import GatewayError
from gateway.limits.spend import begins

Dimension = tuple[str, int, int, int]
"""``requests`` or ``tokens``, the limit, what is used of it, and in how many seconds all of it is free again."""


def not_allowed(model: str) -> GatewayError:
    """404 for a model that the key may not use; the same words as for one that does not exist."""
    message = f"The model `{model[:256]}` does not exist or you do not have access to it."
    return GatewayError(404, "invalid_request_error", "model_not_found", message, "policy_model_not_allowed", "model")


def rate_limited(name: str, model: str, over: Dimension, wait_seconds: int, dimensions: list[Dimension]) -> GatewayError:
    """429 that goes away by itself: the client may try again after ``wait_seconds``, as its library does."""
    kind, limit, used, _ = over
    short = {"requests": "RPM", "tokens": "TPM"}[kind]
    message = (
        f"Rate limit reached for {model} with the key {name} on {kind} per min ({short}): Limit {limit}, Used {used}. "
        f"Please try again in {wait_seconds}s."
    )
    headers = [(b"retry-after", b"%d" % wait_seconds), (b"retry-after-ms", b"%d" % (wait_seconds * 1000))]
    for what, most, taken, resets in dimensions:
        headers += [
            (f"x-ratelimit-limit-{what}".encode(), b"%d" % most),
            (f"x-ratelimit-remaining-{what}".encode(), b"%d" % max(0, most - taken)),
            (f"x-ratelimit-reset-{what}".encode(), _duration(resets)),
        ]
    return GatewayError(429, kind, "rate_limit_exceeded", message, "policy_rate_limited", headers=tuple(headers))


def out_of_money(name: str, limit_usd: float, period: str, renewed_day: int) -> GatewayError:
    """429 that trying again does not change, and that says so to the client's library."""
    message = (
        f"The key {name} has spent its budget of {limit_usd:.10g} USD for this {period} (UTC). "
        f"It can be used again from {begins(renewed_day)}."
    )
    headers = ((b"x-should-retry", b"false"),)
    return GatewayError(429, "insufficient_quota", "insufficient_quota", message, "policy_over_budget", headers=headers)


def _duration(seconds: int) -> bytes:
    """As OpenAI writes it: 6m0s."""
    minutes, rest = divmod(seconds, 60)
    return b"%dm%ds" % (minutes, rest) if minutes else b"%ds" % rest
