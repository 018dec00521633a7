"""The exchange: one forwarded request and its reply, as captured, and how it is written into the queue."""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import orjson

Endpoint = Literal["chat_completions", "completions"]
FORMAT = 1


def exchange_ids(draw: Callable[[int], bytes] = os.urandom, at_once: int = 256) -> Iterator[str]:
    """``ex_`` and 32 hex digits without end, always minted here and never taken from a client.

    For one thread. Randomness is drawn for many of them at once, which spares a request a system call.
    """
    while True:
        drawn = draw(16 * at_once).hex()
        for start in range(0, len(drawn), 32):
            yield "ex_" + drawn[start : start + 32]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the monitor gets to know of a request; credentials are never part of it.

    ``request`` is the body as the client sent it, redacted; ``response`` the reply's body, decoded from its content coding, as text
    (a stream as its SSE text), cut at the configured size (then ``truncated``). ``headers`` are those on the allow-list, lower-case.
    ``end_user`` is an HMAC of the request's ``user`` or ``safety_identifier``, so that one person's data can be erased later.
    """

    id: str
    received_ms: int
    endpoint: str
    model: str
    deployment: str
    route: str
    status: int
    streamed: bool
    truncated: bool
    request: dict[str, Any]
    response: str
    headers: dict[str, str] = field(default_factory=dict)
    end_user: str | None = None


_FIELDS = tuple(each.name for each in fields(Exchange))


class UnreadableExchangeError(ValueError):
    """A queue item that this version cannot read."""


def to_bytes(exchange: Exchange) -> bytes:
    """The exchange as one JSON document with a format number."""
    return orjson.dumps({"format": FORMAT, **{name: getattr(exchange, name) for name in _FIELDS}})


def from_bytes(payload: bytes) -> Exchange:
    """The exchange of a queue item; raises ``UnreadableExchangeError`` with what was wrong."""
    try:
        document = orjson.loads(payload)
        if document.pop("format") != FORMAT:
            raise UnreadableExchangeError("a queue item of another format")
        return Exchange(**document)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise UnreadableExchangeError(f"not an exchange: {error}") from error


def chance(secret: bytes, purpose: str, exchange_id: str) -> float:
    """A number in [0, 1) that ``purpose`` draws for an exchange: HMAC-SHA-256 keyed by the installation's secret.

    Each choice (sample, axis, group, names, order, placebo, histogram) has its own purpose, so that no two depend on each other and
    every process, also after a restart, draws the same.
    """
    digest = hmac.digest(secret, f"{purpose}\0{exchange_id}".encode(), "sha256")
    return int.from_bytes(digest[:7], "big") / (1 << 56)


class Draw:
    """``chance`` for one secret and one purpose, whose share of the hashing is done once: a fifth of the time for each exchange."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: bytes, purpose: str) -> None:
        block = hashlib.sha256().block_size
        key = (secret if len(secret) <= block else hashlib.sha256(secret).digest()).ljust(block, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + f"{purpose}\0".encode())  # as RFC 2104 has it
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def __call__(self, exchange_id: str) -> float:
        """A number in [0, 1)."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(exchange_id.encode())
        outer.update(inner.digest())
        return int.from_bytes(outer.digest()[:7], "big") / (1 << 56)
