"""One function over all strings of a JSON value."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
DEEPEST = 200  # orjson writes 254 levels; what Evenhand adds around a value needs a few
_SHORTEST_KEY = 16  # shorter keys are field names, no credential fits


class TooDeepError(ValueError):
    """A JSON value nested deeper than anything that can be written again."""


def redacted(value: T, text: Callable[[str], str]) -> T:
    """A copy of a JSON value with ``text`` applied to its strings, also to long keys. Raises ``TooDeepError``."""
    return cast(T, _redacted(value, text, 0))


def _redacted(value: Any, text: Callable[[str], str], depth: int) -> Any:
    if isinstance(value, str):
        return text(value)
    if depth > DEEPEST:
        raise TooDeepError(f"nested more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        return {(text(key) if len(key) >= _SHORTEST_KEY else key): _redacted(inner, text, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(inner, text, depth + 1) for inner in value]
    return value
