"""litellm's answers in exactly OpenAI's shape: its empty fillers gone, what OpenAI always sends put back, the provider's extras kept."""

import base64
import struct
from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]
_OUR_SUMS = frozenset({"cost"})  # litellm's own estimate, not the provider's word


def chat(answer: Mapping[str, Any], model: str) -> Document:
    """A chat completion. ``model`` is what was asked for, in case the provider does not say."""
    document: Document = _clean(answer)
    choices = []
    for choice in document.get("choices", ()):
        said = choice.get("message") or {}
        message = {"role": "assistant", "content": None, **said}
        if "tool_calls" in message:
            message["tool_calls"] = [{name: value for name, value in call.items() if name != "index"} for call in message["tool_calls"]]
        choices.append(choice | {"index": choice.get("index", 0), "message": message, "finish_reason": choice.get("finish_reason")})
    return document | {"object": "chat.completion", "model": _model(document, model), "choices": choices} | _usage(document)


def chunk(answer: Mapping[str, Any], first: Mapping[str, Any], model: str) -> Document:
    """One chunk of a stream; id, time and model are those of the ``first`` throughout, as clients join chunks by them."""
    document: Document = _clean(answer)
    choices = []
    for choice in document.get("choices", ()):
        delta = choice.get("delta") or {}
        if "tool_calls" in delta and delta.get("content") == "":
            del delta["content"]
        choices.append({"index": 0, **choice, "delta": delta, "finish_reason": choice.get("finish_reason")})
    kept = {name: first[name] for name in ("id", "created") if name in first}
    shaped = document | kept | {"object": "chat.completion.chunk", "model": _model(first, model), "choices": choices}
    return shaped | _usage(document)


def completion(answer: Document) -> Document:
    """A chat completion, or a chunk of one, as an answer of the older completions endpoint."""
    choices = [
        {
            "index": choice["index"],
            "text": (choice.get("message") or choice.get("delta") or {}).get("content") or "",
            "logprobs": None,
            "finish_reason": choice["finish_reason"],
        }
        for choice in answer["choices"]
    ]
    return answer | {"object": "text_completion", "choices": choices}


def embeddings(answer: Mapping[str, Any], model: str, *, packed: bool) -> Document:
    """A list of embeddings; ``packed`` ones are little-endian 32-bit floats in base64."""
    return {
        "object": "list",
        "model": _model(answer, model),
        "data": [
            {"object": "embedding", "index": number, "embedding": _packed(item["embedding"]) if packed else item["embedding"]}
            for number, item in enumerate(answer.get("data") or ())
        ],
    } | _usage(_clean({"usage": answer.get("usage")}), names=("prompt_tokens", "total_tokens"))


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _model(answer: Mapping[str, Any], asked: str) -> str:
    """The provider's name for the model; streams have it without litellm's prefix and whole replies with it, pairs need one of them."""
    provider, _, name = asked.partition("/")
    said = answer.get("model")
    return said.removeprefix(f"{provider}/") if isinstance(said, str) and said else name


def _usage(document: Mapping[str, Any], names: tuple[str, ...] | None = None) -> Document:
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return {}
    return {"usage": {name: value for name, value in usage.items() if name not in _OUR_SUMS and (names is None or name in names)}}


def _clean(value: Any) -> Any:
    """Without nulls and without what is empty because litellm fills every field that any provider has."""
    if isinstance(value, Mapping):
        cleaned = {name: _clean(content) for name, content in value.items()}
        return {name: content for name, content in cleaned.items() if content is not None and content not in ({}, [])}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
