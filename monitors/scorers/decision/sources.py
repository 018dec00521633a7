"""Where in a reply the value of a decision stands: a JSON path, a pattern, an argument of a tool call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitors.scorers.contract import Reply
from monitors.scorers.decision.field import value_reader
from monitors.scorers.decision.mend import found
from monitors.scorers.decision.spec import Spec
from monitors.scorers.text import plain

Read = tuple[float | None, str]
NO_FIELD = "no such field in the reply"
NO_MATCH = "the pattern matches nothing in the reply"
NO_CALL = "no such tool call in the reply"
FOREIGN = {
    "json": "the field holds something else",
    "regex": "the pattern finds something else",
    "tool_call": "the argument holds something else",
}


def source_reader(spec: Spec) -> Callable[[Reply], Read]:
    """The reader of a decision that stands in one place of a reply; what is there but outside the lists or the range is no value."""
    of_value = value_reader(spec)
    find = {"json": _in_json, "regex": _by_pattern, "tool_call": _in_call}[spec.kind](spec)

    def read(reply: Reply) -> Read:
        try:
            value = find(reply)
        except LookupError as error:
            return None, str(error.args[0])
        mark = of_value(value[0] if isinstance(value, list) and len(value) == 1 else value)
        return (mark, "") if mark is not None else (None, FOREIGN[spec.kind])

    return read


def _in_json(spec: Spec) -> Callable[[Reply], Any]:
    """The text, or where there is none the arguments of the tool call in its place."""

    def find(reply: Reply) -> Any:
        texts: Sequence[str | None] = [reply.text] if (reply.text or "").strip() else [arguments for _, arguments in _calls(reply)]
        return _at(texts, spec.path or "", NO_FIELD)

    return find


def _in_call(spec: Spec) -> Callable[[Reply], Any]:
    def find(reply: Reply) -> Any:
        texts = [arguments for name, arguments in _calls(reply) if spec.tool in (None, name)]
        if not texts:
            raise LookupError(NO_CALL)
        return _at(texts, spec.path or "", "no such argument in the tool call")

    return find


def _by_pattern(spec: Spec) -> Callable[[Reply], Any]:
    """The last match: its group `value`, else its first group, else all of it."""
    pattern = re.compile(spec.pattern or "", re.I | re.M)
    group: str | int = "value" if "value" in pattern.groupindex else 1 if pattern.groups else 0

    def find(reply: Reply) -> Any:
        matches = [match.group(group) for match in pattern.finditer(plain(reply.text or ""))]
        said = [match for match in matches if match]
        if not said:
            raise LookupError(NO_MATCH)
        return said[-1]

    return find


def _at(texts: Sequence[str | None], path: str, otherwise: str) -> Any:
    for text in reversed(texts):
        try:
            return found(plain(text or ""), path)
        except KeyError:
            continue
    raise LookupError(otherwise)


def _calls(reply: Reply) -> list[tuple[str, str]]:
    """Name and arguments of each call, in order; of a call that is none of a function, nothing."""
    functions = [call.get("function") for call in reply.tool_calls]
    return [(str(x.get("name", "")), str(x.get("arguments") or "")) for x in functions if isinstance(x, Mapping)]
