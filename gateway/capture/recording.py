"""What was seen of one sampled exchange, still raw, and how an ``Exchange`` is made of it."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from gateway.capture.codings import UndecodableError, decoded
from gateway.exchange import Exchange
from gateway.redact import Redactor, TooDeepError

Headers = Sequence[tuple[bytes, bytes]]


class UnusableError(ValueError):
    """The request is not one that could be asked again: its body is not a JSON object."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request's side of a recording, known before the upstream answers."""

    id: str
    received_ms: int
    endpoint: str
    model: str
    deployment: str
    route: str
    body: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply's side: its body as it came, in pieces, and whether some of it is missing."""

    status: int
    headers: Headers
    chunks: list[bytes]
    truncated: bool


def exchange_of(asked: Asked, answered: Answered, redactor: Redactor, max_reply_bytes: int) -> Exchange:
    """The exchange, decoded, cut and redacted. Raises ``UnusableError``.

    A reply that cannot be decoded is empty and ``truncated``: the request is what the monitor needs.
    """
    try:
        body = orjson.loads(asked.body)
    except orjson.JSONDecodeError as error:
        raise UnusableError(f"the request is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise UnusableError("the request is JSON but not an object")
    try:
        request, end_user = redactor.request(body)
    except TooDeepError as error:
        raise UnusableError(f"the request is {error}") from error
    text, cut = _text(answered, max_reply_bytes)
    streamed = _header(answered.headers, b"content-type").lower().startswith("text/event-stream")
    return Exchange(
        id=asked.id,
        received_ms=asked.received_ms,
        endpoint=asked.endpoint,
        model=asked.model,
        deployment=asked.deployment,
        route=asked.route,
        status=answered.status,
        streamed=streamed,
        truncated=answered.truncated or cut,
        request=request,
        response=redactor.reply(text, streamed=streamed),
        headers=redactor.headers(asked.headers),
        end_user=end_user,
    )


def _text(answered: Answered, limit: int) -> tuple[str, bool]:
    """The reply as text, at most ``limit`` bytes of it, and whether it was cut; JSON and event streams are UTF-8 by their standards."""
    try:
        body = decoded(b"".join(answered.chunks), _header(answered.headers, b"content-encoding"), limit + 1)
    except UndecodableError:
        return "", True
    cut = len(body) > limit
    whole = not (cut or answered.truncated)  # else a character may have been cut in two
    return codecs.getincrementaldecoder("utf-8")("replace").decode(body[:limit], final=whole), cut


def _header(headers: Headers, wanted: bytes) -> str:
    return ", ".join(value.decode("latin-1") for name, value in headers if name.lower() == wanted)
