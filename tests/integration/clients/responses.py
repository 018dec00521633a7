"""OpenAI's Responses API: whole answers, and streams whose events carry their names."""

from collections.abc import Iterator
from typing import Any

from tests.integration.clients.material import CREATED, USAGE, Body, as_json, instance, pieces, spoken

_ECHOED: dict[str, Any] = {
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
}


def response(body: Body) -> Body:
    """A whole answer."""
    return {**_envelope(body, "completed"), "output": _output(body), "usage": _usage()}


def events(body: Body) -> Iterator[Body]:
    """A streamed answer, event for event; the last one holds the whole."""
    steps = _steps(body)
    for number, event in enumerate(steps):
        yield {**event, "sequence_number": number}


def _steps(body: Body) -> Iterator[Body]:
    opened = {**_envelope(body, "in_progress"), "output": [], "usage": None}
    yield {"type": "response.created", "response": opened}
    yield {"type": "response.in_progress", "response": opened}
    for index, item in enumerate(_output(body)):
        place = {"output_index": index, "item_id": item["id"]}
        yield from _call(item, place) if item["type"] == "function_call" else _message(item, place)
    yield {"type": "response.completed", "response": response(body)}


def _message(item: Body, place: Body) -> Iterator[Body]:
    (part,) = item["content"]
    inside = {**place, "content_index": 0}
    yield {"type": "response.output_item.added", "output_index": place["output_index"], "item": {**_begun(item), "content": []}}
    yield {"type": "response.content_part.added", **inside, "part": {**part, "text": ""}}
    for piece in pieces(part["text"]):
        yield {"type": "response.output_text.delta", **inside, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **inside, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **inside, "part": part}
    yield {"type": "response.output_item.done", "output_index": place["output_index"], "item": item}


def _call(item: Body, place: Body) -> Iterator[Body]:
    yield {"type": "response.output_item.added", "output_index": place["output_index"], "item": {**_begun(item), "arguments": ""}}
    for piece in pieces(item["arguments"], 5):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    yield {"type": "response.function_call_arguments.done", **place, "name": item["name"], "arguments": item["arguments"]}
    yield {"type": "response.output_item.done", "output_index": place["output_index"], "item": item}


def _begun(item: Body) -> Body:
    return {**item, "status": "in_progress"}


def _output(body: Body) -> list[Body]:
    """A call of each function that was offered, or the answer once their results are there."""
    given = body["input"]
    answered = not isinstance(given, str) and given[-1].get("type") == "function_call_output"
    functions = [] if answered else [tool for tool in body.get("tools") or [] if tool["type"] == "function"]
    if functions:
        return [
            {
                "type": "function_call",
                "id": f"fc_{index}",
                "call_id": f"call_{index}",
                "name": function["name"],
                "arguments": as_json(instance(function["parameters"])),
                "status": "completed",
            }
            for index, function in enumerate(functions)
        ]
    part = {"type": "output_text", "text": _text(body), "annotations": [], "logprobs": []}
    return [{"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [part]}]


def _text(body: Body) -> str:
    form = (body.get("text") or {}).get("format") or {}
    return as_json(instance(form["schema"])) if form.get("type") == "json_schema" else spoken(_question(body))


def _question(body: Body) -> str:
    given = body["input"]
    if isinstance(given, str):
        return given
    content = given[-1].get("content", given[-1].get("output"))
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _usage() -> Body:
    taken, given = USAGE
    return {
        "input_tokens": taken,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": given,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": taken + given,
    }


def _envelope(body: Body, status: str) -> Body:
    fixed = {"id": "resp_1", "object": "response", "created_at": CREATED, "status": status, "model": body["model"]}
    return {**fixed, "error": None, "incomplete_details": None, **_ECHOED}
