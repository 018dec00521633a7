"""The little that the gateway itself needs to know of server-sent events; streams are passed on as bytes, never parsed and rebuilt."""

import re

from gateway.errors import GatewayError

CONTENT_TYPE = b"text/event-stream"
PEEK_BYTES = 512
_ERROR_FIRST = re.compile(rb'(?:\s|:[^\r\n]*[\r\n]|(?:event|id|retry):[^\r\n]*[\r\n])*data:\s*\{\s*"error"\s*:\s*[^\sn]')
_ERROR_NAMED = re.compile(rb"\s*event:\s*error\s")
_BORDERS = (b"\n\n", b"\r\r", b"\r\n\r\n")


def opens_with_error(head: bytes) -> bool:
    """Whether the first event of a stream is an error, as some upstreams answer with status 200."""
    return bool(_ERROR_FIRST.match(head) or _ERROR_NAMED.match(head))


def holds_event(head: bytes) -> bool:
    """Whether enough has come to judge the first event."""
    return len(head) >= PEEK_BYTES or any(border in head for border in _BORDERS)


def error_event(error: GatewayError, last: bytes) -> bytes:
    """The one event that tells a client of a failure within a stream; ``last`` is what went out before it, perhaps half an event."""
    border = b"" if not last or last.endswith(_BORDERS) else b"\n\n"
    return border + b"data: " + error.body() + b"\n\n"
