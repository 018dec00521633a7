"""The model a request body names, and the same body asking for another: no byte changes beside that one value."""

import re
from collections.abc import Iterator

import orjson

_STRING_PATTERN = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING = re.compile(_STRING_PATTERN, re.DOTALL)
_TOKEN = re.compile(_STRING_PATTERN + rb"|[{}\[\]]", re.DOTALL)
_COLON = re.compile(rb"\s*:\s*")
_BOUNDARY = re.compile(rb'boundary="?([^";,]+)"?', re.IGNORECASE)
_MODEL_FIELD = re.compile(rb'^content-disposition:[^\r\n]*;\s*name="?model"?\s*(?:;|$)', re.IGNORECASE | re.MULTILINE)


class InvalidBodyError(ValueError):
    """The body claims to be JSON and is not, or its ``model`` is not a string."""


def requested_model(body: bytes, content_type: bytes) -> str | None:
    """The model that a JSON or multipart body names; None where it names none. Raises ``InvalidBodyError``."""
    kind = content_type.lower()  # but a boundary is as it is written
    if kind.startswith(b"multipart/"):
        span = next(_multipart_models(body, content_type), None)
        return body[slice(*span)].decode("utf-8", "replace") if span else None
    is_json = kind.startswith(b"application/json")
    if not body or not (is_json or body[:1] == b"{"):
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if is_json:
            raise InvalidBodyError(str(error)) from error
        return None
    model = document.get("model") if isinstance(document, dict) else None
    if model is not None and not isinstance(model, str):
        raise InvalidBodyError("model must be a string")
    return model


def replace_model(body: bytes, name: str) -> bytes:
    """A JSON object's bytes with the value of its top-level ``model`` replaced; every other byte stays as it is.

    Where the key stands twice both values are replaced, so that upstream and gateway cannot read different ones.
    """
    return _spliced(body, _json_models(body), orjson.dumps(name))


def replace_multipart_model(body: bytes, content_type: bytes, name: str) -> bytes:
    """A multipart body with the value of its ``model`` field replaced."""
    return _spliced(body, _multipart_models(body, content_type), name.encode())


def asks_for_stream(body: bytes) -> bool:
    """Whether a JSON request asks for its reply as a stream."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(document, dict) and document.get("stream") is True


def ask_for_usage(body: bytes) -> bytes:
    """A JSON request for a stream that says nothing of ``stream_options``, asking for usage; any other body as it is."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(document, dict) or document.get("stream") is not True or "stream_options" in document:
        return body
    start = body.index(b"{") + 1
    return body[:start] + b'"stream_options":{"include_usage":true},' + body[start:]


def _spliced(body: bytes, spans: Iterator[tuple[int, int]], value: bytes) -> bytes:
    parts, end = [], 0
    for start, stop in spans:
        parts += [body[end:start], value]
        end = stop
    return b"".join([*parts, body[end:]]) if parts else body


def _json_models(body: bytes) -> Iterator[tuple[int, int]]:
    """Where the string values of the top-level key ``model`` begin and end."""
    depth = position = 0
    while token := _TOKEN.search(body, position):
        position = token.end()
        text = token.group()
        if text in b"{[":
            depth += 1
        elif text in b"}]":
            depth -= 1
        elif depth == 1 and (colon := _COLON.match(body, position)):
            position = colon.end()
            if orjson.loads(text) == "model" and (value := _STRING.match(body, position)):
                position = value.end()
                yield value.span()


def _multipart_models(body: bytes, content_type: bytes) -> Iterator[tuple[int, int]]:
    """Where the values of the form fields named ``model`` begin and end."""
    if (found := _BOUNDARY.search(content_type)) is None:
        return
    delimiter = b"--" + found.group(1).strip()
    start = body.find(delimiter)
    while start >= 0:
        head = start + len(delimiter)
        blank = body.find(b"\r\n\r\n", head)
        start = body.find(b"\r\n" + delimiter, head)
        if 0 <= blank < start and _MODEL_FIELD.search(body[head + 2 : blank].replace(b"\r\n", b"\n")):
            yield blank + 4, start
        if start >= 0:
            start += 2


def renamed(body: bytes, content_type: bytes, name: str) -> bytes:
    """The body with another model's name, whichever of the two kinds it is."""
    if content_type.lower().startswith(b"multipart/"):
        return replace_multipart_model(body, content_type, name)
    return replace_model(body, name)
