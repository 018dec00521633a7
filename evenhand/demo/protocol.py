"""OpenAI's HTTP as the demo models speak it: requests read and checked, replies and errors written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_TOKEN = re.compile(r"\w+|[^\w\s]")
Endpoint = Literal["chat_completions", "completions"]


class BadRequestError(Exception):
    """A request that OpenAI's API would refuse, with what its error object says."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, status


@dataclass(frozen=True)
class Message:
    role: str
    text: str


@dataclass(frozen=True)
class Ask:
    """One request for `n` replies to each of `conversations`; `max_tokens` None means unlimited."""

    endpoint: Endpoint
    model: str
    conversations: tuple[tuple[Message, ...], ...]
    temperature: float
    seed: int | None
    max_tokens: int | None
    stop: tuple[str, ...]
    n: int
    stream: bool
    include_usage: bool
    json_reply: bool


@dataclass(frozen=True)
class Reply:
    """One choice: its text, why it ended (`stop` or `length`) and how many tokens it has."""

    text: str
    finish_reason: str
    tokens: int


def read_ask(endpoint: Endpoint, body: bytes) -> Ask:
    """Return the request in `body`. Raises BadRequestError with OpenAI's `param` and `code`."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"The body of this request is not valid JSON: {error}.") from None
    if not isinstance(data, dict):
        raise BadRequestError("The body of this request must be a JSON object.")
    model = data.get("model")
    if not isinstance(model, str) or not model:
        raise BadRequestError("A `model` must be given.", "model", "missing_required_parameter" if model is None else "invalid_type")
    options = _optional(data, "stream_options", dict, {})
    form = _optional(data, "response_format", dict, {})
    return Ask(
        endpoint=endpoint,
        model=model,
        conversations=_chat(data) if endpoint == "chat_completions" else _prompts(data),
        temperature=_number(data, "temperature", 0.0, 2.0, 1.0),
        seed=_optional(data, "seed", int, None),
        max_tokens=_max_tokens(data, endpoint),
        stop=_stop(data),
        n=_whole_number(data, "n", 1, 128, 1),
        stream=_optional(data, "stream", bool, False),
        include_usage=bool(options.get("include_usage")),
        json_reply=form.get("type") in {"json_object", "json_schema"},
    )


def _chat(data: dict[str, Any]) -> tuple[tuple[Message, ...], ...]:
    messages = data.get("messages")
    if messages is None:
        raise BadRequestError("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    if not isinstance(messages, list):
        raise BadRequestError("Invalid type for 'messages': an array of objects is needed.", "messages", "invalid_type")
    if not messages:
        raise BadRequestError("Invalid 'messages': at least one message is needed.", "messages", "empty_array")
    return (tuple(_message(message, f"messages[{index}]") for index, message in enumerate(messages)),)


def _message(message: object, where: str) -> Message:
    if not isinstance(message, dict):
        raise BadRequestError(f"Invalid type for '{where}': an object is needed.", where, "invalid_type")
    role = message.get("role")
    if role is None:
        raise BadRequestError(f"Missing required parameter: '{where}.role'.", f"{where}.role", "missing_required_parameter")
    if role not in ROLES:
        raise BadRequestError(
            f"Invalid value for '{where}.role': one of {', '.join(sorted(ROLES))} is needed.", f"{where}.role", "invalid_value"
        )
    content = message.get("content")
    if content is None and role == "assistant":
        return Message(role, "")
    if isinstance(content, str):
        return Message(role, content)
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return Message(role, "\n".join(str(part.get("text") or "") for part in content if part.get("type") == "text"))
    raise BadRequestError(
        f"Invalid type for '{where}.content': a string or an array of objects is needed.", f"{where}.content", "invalid_type"
    )


def _prompts(data: dict[str, Any]) -> tuple[tuple[Message, ...], ...]:
    prompt = data.get("prompt")
    if prompt is None:
        raise BadRequestError("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter")
    prompts = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(prompts, list) or not prompts or not all(isinstance(each, str) for each in prompts):
        raise BadRequestError("Invalid type for 'prompt': a string or an array of strings is needed.", "prompt", "invalid_type")
    return tuple((Message("user", each),) for each in prompts)


def _max_tokens(data: dict[str, Any], endpoint: Endpoint) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = _optional(data, name, int, None)
        if value is not None and value < 1:
            raise BadRequestError(f"Invalid '{name}': a whole number of at least 1 is needed.", name, "integer_below_min_value")
        if value is not None:
            return int(value)
    return 16 if endpoint == "completions" else None


def _stop(data: dict[str, Any]) -> tuple[str, ...]:
    value = data.get("stop") or []
    strings = [value] if isinstance(value, str) else value
    if not isinstance(strings, list) or not all(isinstance(each, str) for each in strings):
        raise BadRequestError("Invalid type for 'stop': a string or an array of strings is needed.", "stop", "invalid_type")
    return tuple(strings)


def _optional(data: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = data.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadRequestError(f"Invalid type for '{name}': {kind.__name__} is needed.", name, "invalid_type")
    return value


def _number(data: dict[str, Any], name: str, low: float, high: float, default: float) -> float:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequestError(f"Invalid type for '{name}': a number is needed.", name, "invalid_type")
    if not low <= value <= high:
        side = "below_min" if value < low else "above_max"
        raise BadRequestError(
            f"Invalid '{name}': a number from {low:g} to {high:g} is needed, not {value:g}.", name, f"decimal_{side}_value"
        )
    return value


def _whole_number(data: dict[str, Any], name: str, low: int, high: int, default: int) -> int:
    return int(_number({name: _optional(data, name, int, None)}, name, low, high, default))


def cut(text: str, max_tokens: int | None, stop: Sequence[str]) -> Reply:
    """Return `text` up to the first of the `stop` strings and at most `max_tokens` long."""
    end = min((at for each in stop if each and (at := text.find(each)) >= 0), default=len(text))
    spans = [match.end() for match in _TOKEN.finditer(text[:end])]
    if max_tokens is not None and len(spans) > max_tokens:
        return Reply(text[: spans[max_tokens - 1]], "length", max_tokens)
    return Reply(text[:end], "stop", len(spans))


def usage(ask: Ask, replies: Sequence[Reply]) -> dict[str, int]:
    """Return the `usage` object; a token is a word or a punctuation mark."""
    prompt = sum(len(_TOKEN.findall(message.text)) + 4 for messages in ask.conversations for message in messages)
    completion = sum(reply.tokens for reply in replies)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def whole(ask: Ask, reply_id: str, created: int, replies: Sequence[Reply]) -> bytes:
    """Return the JSON body of a reply that is not streamed."""
    chat = ask.endpoint == "chat_completions"
    choices = [
        {
            "index": index,
            **({"message": {"role": "assistant", "content": reply.text, "refusal": None}} if chat else {"text": reply.text}),
            "logprobs": None,
            "finish_reason": reply.finish_reason,
        }
        for index, reply in enumerate(replies)
    ]
    kind = "chat.completion" if chat else "text_completion"
    return orjson.dumps(
        {"id": reply_id, "object": kind, "created": created, "model": ask.model, "choices": choices, "usage": usage(ask, replies)}
    )


def pieces(text: str) -> list[str]:
    """Return `text` cut into the pieces in which it is streamed: single words with the white space before them."""
    return re.findall(r"\s*\S+|\s+\Z", text)


def event(ask: Ask, reply_id: str, created: int, choices: list[dict[str, Any]], total: dict[str, int] | None = None) -> bytes:
    """Return one server-sent event; `usage` is in it, null but for the last, when the request asked for it."""
    kind = "chat.completion.chunk" if ask.endpoint == "chat_completions" else "text_completion"
    chunk: dict[str, Any] = {"id": reply_id, "object": kind, "created": created, "model": ask.model, "choices": choices}
    if ask.include_usage:
        chunk["usage"] = total
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


def choice(ask: Ask, index: int, text: str | None, finish_reason: str | None = None, first: bool = False) -> dict[str, Any]:
    """Return one streamed choice: a piece of text, the opening (`first`), or the end with its `finish_reason`."""
    if ask.endpoint == "completions":
        return {"index": index, "text": text or "", "logprobs": None, "finish_reason": finish_reason}
    delta: dict[str, Any] = {"role": "assistant", "content": "", "refusal": None} if first else {} if text is None else {"content": text}
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def error_body(error: BadRequestError) -> bytes:
    """Return OpenAI's error object."""
    fault = {"message": error.message, "type": "invalid_request_error", "param": error.param, "code": error.code}
    return orjson.dumps({"error": fault})
