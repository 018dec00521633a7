"""JSON out of a reply: fenced, bare or embedded, mended where it is nearly JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_FENCE = re.compile(r"```\w*")
_COMMENT = re.compile(r"(?<![:\"'\w])//[^\n]*|/\*.*?\*/|(?<=[,\s{])#[^\n]*", re.S)
_TRAILING = re.compile(r",(?=\s*[}\]])")
_BARE_KEY = re.compile(r"(?<=[{,\n])(\s*)([A-Za-z_][\w-]*)(\s*:)")
_SINGLE = re.compile(r"(?<=[{\[,:\s])'((?:[^'\\\n]|\\.|'(?=\w))*)'(?=\s*[,:}\]\n])")
_PYTHON = {"True": "true", "False": "false", "None": "null"}
_OPENS = re.compile(r"[{\[]")
MAX_OBJECTS = 20


def found(text: str, path: str) -> Any:
    """The value at a dotted path in the last object of the text that has it; `KeyError` if none has."""
    keys = path.split(".")
    if not _OPENS.search(text) and len(keys) == 1:
        value = _by_pattern(text + "\n", keys, r"(?m)^\W*")
        if value is not None:
            return value
    for block in reversed(list(_blocks(_FENCE.sub("", text)))):
        data = _loaded(block)
        if data is not None:
            try:
                return _at(data, keys)
            except KeyError:
                continue
        value = _by_pattern(block, keys)
        if value is not None:
            return value
    raise KeyError(path)


def _blocks(text: str) -> Iterator[str]:
    """Each outermost bracketed stretch; one that is cut off runs to the end."""
    depth = start = count = 0
    quoted = escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"' and depth:
            quoted = not quoted
        elif quoted and char != "\n":
            continue
        elif char in "{[":
            start = index if depth == 0 else start
            depth += 1
        elif char in "}]" and depth:
            depth -= 1
            if depth == 0:
                yield text[start : index + 1]
                count += 1
                quoted = False
        elif char == "\n":
            quoted = False
        if count == MAX_OBJECTS:
            return
    if depth:
        yield text[start:]


def _loaded(block: str) -> Any:
    for candidate in (block, _mended(block)):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return None


def _mended(block: str) -> str:
    text = _COMMENT.sub("", block)
    text = _SINGLE.sub(lambda match: json.dumps(match.group(1).replace("\\'", "'"), ensure_ascii=False), text)
    text = _BARE_KEY.sub(r'\1"\2"\3', text)
    text = re.sub(r"(?<=:)(\s*)(True|False|None)\b", lambda match: match.group(1) + _PYTHON[match.group(2)], text)
    return _TRAILING.sub("", text)


def _at(data: Any, keys: list[str]) -> Any:
    if isinstance(data, list):
        if keys and keys[0].isdigit():
            return _item(data, keys)
        for item in reversed(data):
            try:
                return _at(item, keys)
            except KeyError:
                continue
        raise KeyError(keys[0])
    if not keys:
        return data
    if not isinstance(data, dict):
        raise KeyError(keys[0])
    for key in (keys[0], *(x for x in data if isinstance(x, str) and x.lower() == keys[0].lower())):
        if key in data:
            return data[key] if len(keys) == 1 else _at(data[key], keys[1:])
    raise KeyError(keys[0])


def _item(data: list[Any], keys: list[str]) -> Any:
    place = int(keys[0])
    if place >= len(data):
        raise KeyError(keys[0])
    return data[place] if len(keys) == 1 else _at(data[place], keys[1:])


def _by_pattern(block: str, keys: list[str], ahead: str = "") -> Any:
    """The value behind the path's last key where the text cannot be mended, if the value itself is whole."""
    if len(keys) > 1 and not re.search(rf"[\"']?\b{re.escape(keys[0])}\b[\"']?\s*[:=]", block):
        return None
    key = ahead + rf"(?<![\w-])[\"']?{re.escape(keys[-1])}[\"']?\s*[:=]\s*"
    value = (
        r"(?:\"(?P<double>(?:[^\"\\\n]|\\.)*)\"|'(?P<single>(?:[^'\\\n]|\\.)*)'|"
        r"(?P<number>-?\d+(?:\.\d+)?(?:\s*/\s*\d+)?)(?=\s*[,}\]\s\n/#])|(?P<bare>[A-Za-z][\w ]*?)(?=\s*[,}\]\n]))"
    )
    matches = list(re.finditer(key + value, _COMMENT.sub("", block)))
    if not matches:
        return None
    match = matches[-1]
    return next(x for x in match.groups() if x is not None)
