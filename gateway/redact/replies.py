"""Redaction of replies: JSON, and streams whose pieces may cut a credential in two."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from gateway.redact.strings import DEEPEST, TooDeepError, redacted

_ECHOED = ("user", "safety_identifier", "metadata", "prompt_cache_key")
_PIECES = frozenset({"content", "text", "refusal", "arguments", "reasoning", "reasoning_content"})
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # not splitlines: JSON may hold U+2028 and the like
_Text = Callable[[str], str]
_Place = tuple[tuple[str | int, ...], str]


def redacted_reply(reply: str, text: _Text, *, streamed: bool) -> str:
    """The reply with ``text`` applied to its strings; to the letter as it was where nothing had to go."""
    return _redacted_stream(reply, text) if streamed else _redacted_document(reply, text)


def _redacted_document(reply: str, text: _Text) -> str:
    if (document := _parsed(reply)) is None:
        return text(reply)
    kept = {name: value for name, value in document.items() if name not in _ECHOED}
    clean = redacted(kept, text)
    return reply if clean == document else orjson.dumps(clean).decode()


def _redacted_stream(reply: str, text: _Text) -> str:
    lines = _LINE.findall(reply)
    events = [_parsed(line[5:]) if line.startswith("data:") else None for line in lines]
    joined_changed = _redact_joined((event for event in events if event is not None), text)
    if not joined_changed and text(reply) == reply:
        return reply
    return "".join(
        text(line) if event is None else f"data: {orjson.dumps(redacted(event, text)).decode()}{line[len(line.rstrip()) :]}"
        for line, event in zip(lines, events, strict=True)
    )


def _redact_joined(events: Iterable[dict[str, Any]], text: _Text) -> bool:
    """Redact what the pieces of a stream say together, in place: the first piece then carries it all. Says whether anything changed."""
    runs: dict[_Place, list[dict[str, Any]]] = {}
    for event in events:
        for place, holder in _pieces(event, ()):
            runs.setdefault(place, []).append(holder)
    changed = False
    for (_, key), holders in runs.items():
        joined = "".join(holder[key] for holder in holders)
        if (clean := text(joined)) != joined:
            changed = True
            for holder, piece in zip(holders, [clean] + [""] * (len(holders) - 1), strict=True):
                holder[key] = piece
    return changed


def _pieces(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[_Place, dict[str, Any]]]:
    """Each piece of text of an event: where it belongs, the same in every event, and the object that holds it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in _PIECES:
                    yield (place, key), value
            elif inner:
                yield from _pieces(inner, (*place, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            index = inner.get("index", position) if isinstance(inner, dict) else position
            yield from _pieces(inner, (*place, index if isinstance(index, int) else position))


def _parsed(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; None for anything else, or when it is nested too deeply to be written again."""
    try:
        document = orjson.loads(text)
        if text.count("{") + text.count("[") > DEEPEST:
            redacted(document, str)
    except (orjson.JSONDecodeError, TooDeepError):
        return None
    return document if isinstance(document, dict) else None
