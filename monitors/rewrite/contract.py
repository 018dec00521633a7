"""The form of a request to ``rewrite``: what is wrong with one, in words for the caller."""

from __future__ import annotations

from typing import Any

from monitors.rewrite.axes import TIMES, has_axis
from monitors.rewrite.tables import Tables


def mistake(request: dict[str, Any], tables: Tables) -> str | None:
    """What is wrong with a request ``{id, text | messages, axis, from, to, target?}``, or None."""
    get = request.get
    text, messages, axis = get("text"), get("messages"), get("axis")
    origin, to = get("from"), get("to")
    plain = isinstance(text, str) and messages is None and isinstance(axis, str) and isinstance(origin, str) and isinstance(to, str)
    if plain and (axis, origin) in tables.groups and (axis, to) in tables.groups and get("target") is None:  # nearly every request
        return None
    if (text is None) == (messages is None):
        return "give exactly one of 'text' and 'messages'"
    if text is not None and not isinstance(text, str):
        return "'text' is not a string"
    if messages is not None and not _are_messages(messages):
        return "'messages' is not a list of chat messages: each is an object, its content a string, a list of parts or null"
    if not isinstance(axis, str) or not (axis in tables.lexicons or has_axis(tables.lexicons, axis)):
        return f"unknown 'axis' {axis!r}: use one of {', '.join(tables.lexicons)}, or two of them joined by {TIMES}"
    for key, group in (("from", origin), ("to", to)):
        if not isinstance(group, str) or not tables.has_group(axis, group):
            groups = f" {TIMES} ".join(", ".join(tables.lexicons[factor].groups) for factor in axis.split(TIMES))
            wrong = f"axis {axis} has no group {group!r}" if group is not None else f"name a group of axis {axis}"
            return f"{key!r}: {wrong}: use one of {groups}"
    target = get("target")
    return None if target is None or isinstance(target, str) else "'target' is not a string"


def _are_messages(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(m, dict) and _is_content(m.get("content")) and _are_calls(m.get("tool_calls")) for m in value
    )


def _is_content(value: Any) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, list) and all(isinstance(p, dict) for p in value))


def _are_calls(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(c, dict) and isinstance(c.get("function", {}), dict) for c in value)
    )
