"""Chat completions and embeddings as OpenAI's API gives them."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

from tests.integration.clients.material import CREATED, USAGE, Body, as_json, instance, pieces, spoken, vector


def question(body: Body) -> str:
    """The text of the last message, whether it is a string or a list of parts."""
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content if part["type"] == "text")


def completion(body: Body) -> Body:
    """A whole answer."""
    calls = tool_calls(body)
    message: Body = {"role": "assistant", "content": None if calls else _text(body), "refusal": None, "annotations": []}
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if calls else "stop"}
    return {**_envelope(body, "chat.completion"), "choices": [choice], "usage": usage()}


def chunks(body: Body) -> Iterator[Body]:
    """A streamed answer; the last chunk holds the usage, where the client asked for it."""
    envelope = _envelope(body, "chat.completion.chunk")
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))

    def chunk(delta: Body, finish: str | None = None) -> Body:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**envelope, "choices": [choice], **({"usage": None} if wants_usage else {})}

    calls = tool_calls(body)
    yield chunk({"role": "assistant", "content": None if calls else "", "refusal": None})
    for index, call in enumerate(calls):
        function = call["function"]
        yield chunk({"tool_calls": [{"index": index, **call, "function": {"name": function["name"], "arguments": ""}}]})
        for piece in pieces(function["arguments"], 5):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    if not calls:
        for piece in pieces(_text(body)):
            yield chunk({"content": piece})
    yield chunk({}, "tool_calls" if calls else "stop")
    if wants_usage:
        yield {**envelope, "choices": [], "usage": usage()}


def tool_calls(body: Body) -> list[Body]:
    """One call of each tool that was offered; none once their results are there."""
    if body["messages"][-1]["role"] == "tool":
        return []
    return [
        {
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": tool["function"]["name"], "arguments": as_json(instance(tool["function"]["parameters"]))},
        }
        for index, tool in enumerate(body.get("tools") or [])
    ]


def embeddings(body: Body) -> Body:
    """One vector an input, as floats or in base64 as asked."""
    given: Any = body["input"]
    texts = [given] if isinstance(given, str) else given
    packed = body.get("encoding_format") == "base64"
    data = []
    for index, text in enumerate(texts):
        values = vector(text)
        encoded = base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode() if packed else values
        data.append({"object": "embedding", "index": index, "embedding": encoded})
    return {"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": USAGE[0], "total_tokens": USAGE[0]}}


def usage() -> Body:
    """What a chat answer used."""
    taken, given = USAGE
    return {
        "prompt_tokens": taken,
        "completion_tokens": given,
        "total_tokens": taken + given,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _text(body: Body) -> str:
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        return as_json(instance(form["json_schema"]["schema"]))
    return spoken(question(body))


def _envelope(body: Body, kind: str) -> Body:
    fixed = {"id": "chatcmpl-1", "object": kind, "created": CREATED, "model": body["model"]}
    return {**fixed, "service_tier": "default", "system_fingerprint": "fp_1"}
