"""The texts of a conversation: found in its messages, and written back by splicing, so that every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)

COLON = re.compile(r"[ \t\r\n]*:")

CONTENT: tuple[str | int, ...] = ("content",)

Splice = tuple[int, int, str]  # start and end in the segment's text, and what comes there


class Segment(NamedTuple):
    """One text: message ``message``, reached by ``path`` inside it; ``raw`` holds it from ``offset`` to ``end``.

    ``json`` is true where ``text`` is the decoded value of a JSON string that stands in ``raw``; ``key`` is then its key.
    """

    message: int
    path: tuple[str | int, ...]
    text: str
    raw: str
    offset: int = 0
    json: bool = False
    key: str = ""
    end: int = 0


def find_segments(messages: list[dict[str, Any]]) -> list[Segment]:
    """All texts of ``messages`` in order: contents, text parts, and the string values of JSON contents and tool arguments."""
    found: list[Segment] = []
    for index, message in enumerate(messages):
        content = message.get("content")
        if isinstance(content, str):
            if content and content.lstrip()[:1] not in ("{", "["):
                found.append(Segment(index, CONTENT, content, content))
            elif content:
                found.extend(_cut(index, CONTENT, content))
        elif isinstance(content, list):
            for at, part in enumerate(content):
                if isinstance(part, dict) and isinstance(part.get("text"), str) and part["text"]:
                    found.extend(_cut(index, ("content", at, "text"), part["text"]))
        if message.get("tool_calls") or message.get("function_call"):
            found.extend(_arguments(index, message))
    return found


def _arguments(index: int, message: dict[str, Any]) -> Iterator[Segment]:
    """The texts in the arguments of a message's calls, in today's form and in the one before it."""
    calls: list[tuple[tuple[str | int, ...], Any]] = [(("function_call",), message.get("function_call"))]
    for at, call in enumerate(message.get("tool_calls") or ()):
        if isinstance(call, dict):
            calls.append((("tool_calls", at, "function"), call.get("function")))
    for path, function in calls:
        arguments = function.get("arguments") if isinstance(function, dict) else None
        if isinstance(arguments, str) and arguments:
            yield from _cut(index, (*path, "arguments"), arguments)


def _cut(message: int, path: tuple[str | int, ...], raw: str) -> Iterator[Segment]:
    head = raw.lstrip()[:1]
    if head in ("{", "[") and _is_json(raw):
        yield from _values(message, path, raw)
    else:
        yield Segment(message, path, raw, raw)


def _is_json(raw: str) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _values(message: int, path: tuple[str | int, ...], raw: str) -> Iterator[Segment]:
    key = ""
    for match in JSON_STRING.finditer(raw):
        text = json.loads(match[0]) if "\\" in match[0] else match[0][1:-1]
        if COLON.match(raw, match.end()):
            key = text
        elif text:
            yield Segment(message, path, text, raw, match.start() + 1, True, key, match.end() - 1)


def _raw_splices(segment: Segment, index: int, edits: list[Splice], escaped: Mapping[tuple[int, int], str]) -> list[Splice]:
    """Splices in terms of ``segment.raw``; ``escaped`` holds what comes there where it is known as it was written."""
    if not segment.json:
        return edits
    starts, ascii_only = raw_offsets(segment), segment.raw.isascii()
    found = []
    for start, end, new in edits:
        written = escaped.get((index, start), "") or json.dumps(new, ensure_ascii=ascii_only)[1:-1]
        if starts is None:
            found.append((segment.offset + start, segment.offset + end, written))
        else:
            found.append((segment.offset + starts[start], segment.offset + starts[end], written))
    return found


def raw_offsets(segment: Segment) -> list[int] | None:
    """Where each character of a JSON string's text begins in its raw form, and where that ends; None where both forms are one."""
    body = segment.raw[segment.offset : segment.end] if segment.json else ""
    return _decoded_offsets(body) if "\\" in body else None


def raw_form(segment: Segment, starts: list[int] | None, start: int, end: int) -> str:
    """How a span of a JSON string is written where it could be written otherwise (``Zoë``, ``Zo\\u00EB``), else an empty string."""
    if not segment.json:
        return ""
    raw = segment.text[start:end] if starts is None else segment.raw[segment.offset + starts[start] : segment.offset + starts[end]]
    return raw if "\\" in raw or not raw.isascii() else ""


def _decoded_offsets(body: str) -> list[int]:
    """For each character of the decoded string, where its raw form begins; one more entry for the end."""
    starts, at = [], 0
    while at < len(body):
        starts.append(at)
        match = ESCAPE.match(body, at)
        length = len(match[0]) if match else 1
        if match and re.match(r"\\u[dD][89abAB]", match[0]) and re.match(r"\\u[dD][c-fC-F]", body[at + 6 : at + 10]):
            length = 12
        at += length
    return [*starts, len(body)]


def write_back(
    messages: list[dict[str, Any]],
    segments: Sequence[Segment],
    splices: dict[int, list[Splice]],
    escaped: Mapping[tuple[int, int], str] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """New messages with ``splices`` (by segment index, in order) applied; untouched messages are shared, touched ones copied.

    ``escaped`` holds, by segment and start, how a new text is written inside a JSON string, where that is known.
    """
    out = list(messages)
    nested: dict[tuple[int, tuple[str | int, ...]], list[Splice]] = {}
    for index, edits in splices.items():
        segment = segments[index]
        if segment.path == CONTENT and not segment.json:
            out[segment.message] = out[segment.message] | {"content": splice_text(segment.text, edits)}
        else:
            nested.setdefault((segment.message, segment.path), []).extend(_raw_splices(segment, index, edits, escaped))
    if nested:
        for (message, path), edits in nested.items():
            out[message] = _replaced(out[message], path, edits)
    return out


def _replaced(node: Any, path: tuple[str | int, ...], edits: list[Splice]) -> Any:
    if not path:
        return splice_text(node, edits)
    copy = list(node) if isinstance(node, list) else dict(node)
    step: Any = path[0]
    copy[step] = _replaced(node[step], path[1:], edits)
    return copy


def splice_text(text: str, edits: list[Splice]) -> str:
    """``text`` with ``edits`` made, which are in order and do not overlap."""
    if len(edits) == 1:
        start, end, new = edits[0]
        return text[:start] + new + text[end:]
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += (text[at:start], new)
        at = end
    return "".join([*parts, text[at:]])
