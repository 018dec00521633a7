"""From an exchange to the conversation in it, or the reason why no fair pair can be made of it. Nothing is guessed."""

from dataclasses import dataclass
from typing import Any

from gateway.exchange import Exchange

_STATEFUL = ("previous_response_id", "conversation")
_TEXT_PARTS = frozenset({"text", "input_text", "refusal"})
_DROPPED = ("stream", "stream_options", "user", "safety_identifier", "metadata", "prompt_cache_key")


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages of an exchange in OpenAI's chat shape (a completion's prompt as one user message)."""

    messages: list[dict[str, Any]]
    opening: str


@dataclass(frozen=True, slots=True)
class NotSwappable:
    """Why an exchange is skipped, from the closed list of reasons."""

    reason: str


def decode(exchange: Exchange, max_text_bytes: int) -> Conversation | NotSwappable:
    """The conversation of an exchange; ``unsupported_content`` for what a replay could not repeat, ``too_long`` over the limit (bytes)."""
    request = exchange.request
    if any(request.get(field) is not None for field in _STATEFUL):
        return NotSwappable("unsupported_content")
    if any(tool.get("type") != "function" for tool in request.get("tools") or [] if isinstance(tool, dict)):
        return NotSwappable("unsupported_content")
    if request.get("web_search_options") is not None or request.get("audio") is not None:
        return NotSwappable("unsupported_content")
    messages = _messages(exchange)
    if messages is None:
        return NotSwappable("unsupported_content")
    texts = [text for message in messages for text in _texts(message)]
    if sum(len(text.encode()) for text in texts) > max_text_bytes:
        return NotSwappable("too_long")
    return Conversation(messages, _opening(messages))


def replay_body(exchange: Exchange, model: str | None, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The request of an arm: the original's with these messages, without streaming and whatever names the caller, one reply, not stored."""
    body = {key: value for key, value in exchange.request.items() if key not in _DROPPED}
    if model is not None:
        body["model"] = model
    if exchange.endpoint == "completions":
        body["prompt"] = messages[0]["content"]
    else:
        body["messages"] = messages
        body["store"] = False
    body["n"] = 1
    return body


def _messages(exchange: Exchange) -> list[dict[str, Any]] | None:
    """The messages, or None where there is more than text in them."""
    if exchange.endpoint == "completions":
        prompt = exchange.request.get("prompt")
        return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else None
    messages = exchange.request.get("messages")
    if not isinstance(messages, list) or not messages:
        return None
    for message in messages:
        if not isinstance(message, dict):
            return None
        content = message.get("content")
        if isinstance(content, list):
            if not all(isinstance(part, dict) and part.get("type") in _TEXT_PARTS for part in content):
                return None
        elif content is not None and not isinstance(content, str):
            return None
    return messages


def _texts(message: dict[str, Any]) -> list[str]:
    content = message.get("content")
    if isinstance(content, str):
        return [content]
    return [str(part.get("text", "")) for part in content or []]


def _opening(messages: list[dict[str, Any]]) -> str:
    """System prompt and first user message: what makes two requests turns of one conversation."""
    opening: list[str] = []
    for message in messages:
        opening += [f"{message.get('role')}\0{text}" for text in _texts(message)]
        if message.get("role") == "user":
            break
    return "\0".join(opening)
