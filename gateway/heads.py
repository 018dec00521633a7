"""Heads of messages as they pass: what is dropped, what is added, and what has to be known of them. Pure functions over header pairs."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway import sse
from gateway.auth import CREDENTIALS
from gateway.routing import Deployment, Place
from gateway.upstream import Origin

Headers = Sequence[tuple[bytes, bytes]]
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_NOT_SENT = HOP_BY_HOP | {b"host", b"expect", b"content-length", b"x-evenhand-sample"}
_NOT_RETURNED = HOP_BY_HOP | {b"x-evenhand-exchange-id", b"x-evenhand-error-origin"}
NOTED = _NOT_SENT | CREDENTIALS | {b"content-type", b"x-request-id"}
"""Request headers that are more than passed on; all others need no look."""
_NOTED_IN_REPLIES = _NOT_RETURNED | {b"content-length", b"content-type", b"content-encoding", b"x-request-id"}


class ReplyHead(NamedTuple):
    """What of a reply's headers goes to the client, and what they say.

    ``encoding`` is the content coding, empty for none; ``length`` None where only the end of the body will tell.
    """

    passed: list[tuple[bytes, bytes]]
    stream: bool
    encoding: bytes
    length: int | None
    identified: bool


def request_head(
    method: bytes,
    target: tuple[Origin, Place, bytes],
    headers: Headers,
    noted: Headers,
    deployment: Deployment,
    *,
    withheld: Sequence[bytes],
    request_id: bytes,
    length: int,
) -> bytes:
    """The request line and headers for the upstream, with the blank line.

    ``target`` is origin, place and query; ``noted`` those of the headers whose names are in ``NOTED``; ``withheld`` names credentials that
    were meant for the gateway. Other credentials of the client pass only where the deployment says so, and its own key goes where the
    client sent none. ``request_id`` is added where the client gave none.
    """
    to, where, query = target
    passing = deployment.pass_through_auth
    parts = [method, b" ", to.path, where.suffix]
    if query:
        parts += (b"?", query)
    parts += (b" HTTP/1.1\r\nhost: ", to.authority, b"\r\n")
    named: list[bytes] = []
    own_key, identified, framed = False, False, length > 0
    for name, value in noted:
        if name == b"connection":
            named += _tokens(value)
        elif name == b"content-length" or name == b"transfer-encoding":
            framed = True
        elif name == b"x-request-id":
            identified = True
        elif name in CREDENTIALS and passing and name not in withheld:
            own_key = True
    for name, value in headers:
        if name in NOTED and (name in _NOT_SENT or (name in CREDENTIALS and (not passing or name in withheld))):
            continue
        if named and name in named:
            continue
        parts += (name, b": ", value, b"\r\n")
    if not identified:
        parts += (b"x-request-id: ", request_id, b"\r\n")
    if deployment.api_key is not None and not own_key:
        parts.append(_credential(where, deployment.api_key))
    parts.append(b"content-length: %d\r\n\r\n" % length if framed else b"\r\n")
    return b"".join(parts)


def reply_head(status: int, headers: Headers) -> ReplyHead:
    """Go through the headers of an upstream's reply."""
    passed: list[tuple[bytes, bytes]] = []
    named: list[bytes] = []
    stream, encoding, identified = False, b"", False
    length: int | None = None
    for header in headers:
        name = header[0].lower()
        if name not in _NOTED_IN_REPLIES:
            passed.append(header)
            continue
        value = header[1]
        if name in _NOT_RETURNED:
            if name == b"connection":
                named += _tokens(value)
            continue
        if name == b"content-length":
            if status in (204, 304):
                continue  # such a reply has no body, whatever the header says of another
            length = int(value)
        elif name == b"content-type":
            stream = value.lower().startswith(sse.CONTENT_TYPE)
        elif name == b"content-encoding":
            encoding = b"" if value.lower() == b"identity" else value.lower()
        else:
            identified = True
        passed.append(header)
    if len(named) > 1 or (named and named[0] not in (b"keep-alive", b"close")):
        passed = [header for header in passed if header[0].lower() not in named]
    return ReplyHead(passed, stream, encoding, length, identified)


def _tokens(value: bytes) -> list[bytes]:
    return [token.strip().lower() for token in value.split(b",")]


def _credential(where: Place, key: str) -> bytes:
    """The upstream's key in the header that the path's dialect asks for."""
    if where.azure:
        return b"api-key: " + key.encode() + b"\r\n"
    if where.endpoint == "messages":
        return b"x-api-key: " + key.encode() + b"\r\n"
    return b"authorization: Bearer " + key.encode() + b"\r\n"
