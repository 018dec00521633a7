"""Three providers' HTTP as their API references describe it, as scripts for a raw server. A request's last words choose the answer.

``fail 429`` fails with that status, ``fail later`` within a stream, ``cut`` breaks a stream off, ``long`` runs into the limit of tokens;
tools are called where there are any; everything else is answered with Hello.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.gateway.conftest import Call

JSON = b"application/json"
ARGUMENTS = {"city": "Zürich"}


def words(call: Call) -> str:
    """The text of a request as it came, by which a test says what it wants."""
    return call.body.decode()


def asked(call: Call) -> dict[str, Any]:
    """The request's document."""
    document: dict[str, Any] = json.loads(call.body)
    return document


async def fails(call: Call, document: Mapping[str, Any], extra: bytes = b"") -> bool:
    """Answer with the status that was asked for, if any was."""
    if "fail " not in words(call) or "fail later" in words(call):
        return False
    status = words(call).partition("fail ")[2][:3]
    body = json.dumps(document).replace("STATUS", status).encode()
    await call.json(body, status=status.encode() + b" Failed", extra=extra)
    return True


async def streams(call: Call, kind: bytes, pieces: Iterable[bytes], *, cut: bool) -> None:
    """A chunked reply; ``cut`` closes the connection instead of ending it."""
    await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: " + kind + b"\r\ntransfer-encoding: chunked\r\n\r\n")
    for piece in pieces:
        await call.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    if cut:
        call.writer.transport.abort()
    else:
        await call.send(b"0\r\n\r\n")


async def anthropic(call: Call) -> None:
    """``POST /v1/messages``."""
    failure = {"type": "error", "error": {"type": "some_error", "message": "the provider says STATUS"}, "request_id": "req_1"}
    if await fails(call, failure, b"retry-after: 7\r\nrequest-id: req_1\r\nanthropic-ratelimit-requests-remaining: 0\r\n"):
        return
    request = asked(call)
    reason = "tool_use" if request.get("tools") else "max_tokens" if "long" in words(call) else "end_turn"
    start = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "content": []}
    if not request.get("stream"):
        blocks: list[Any] = [{"type": "text", "text": "Hello"}]
        if request.get("tools"):
            blocks.append({"type": "tool_use", "id": "toolu_1", "name": "weather", "input": ARGUMENTS})
        usage = {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 0}
        whole = start | {"content": blocks, "stop_reason": reason, "stop_sequence": None, "usage": usage}
        await call.json(json.dumps(whole).encode(), extra=b"request-id: req_1\r\n")
        return
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": start | {"stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hel"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}},
        {"type": "content_block_stop", "index": 0},
    ]
    if request.get("tools"):
        block = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
        events.append({"type": "content_block_start", "index": 1, "content_block": block})
        for part in ('{"city": ', '"Z\\u00fcrich"}'):
            events.append({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": part}})
        events.append({"type": "content_block_stop", "index": 1})
    if "fail later" in words(call):
        events.append({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    elif "cut" not in words(call) and "no end" not in words(call):
        events.append({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": 5}})
        events.append({"type": "message_stop"})
    pieces = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    await streams(call, b"text/event-stream", pieces, cut="cut" in words(call))


async def gemini(call: Call) -> None:
    """``POST /models/NAME:generateContent``, ``:streamGenerateContent?alt=sse`` and ``:batchEmbedContents``."""
    if await fails(call, {"error": {"code": "STATUS", "message": "the provider says STATUS", "status": "SOMETHING"}}):
        return
    request = asked(call)
    if b"batchEmbedContents" in call.line:
        vectors = [{"values": [0.5, -0.25, number]} for number, _ in enumerate(request["requests"])]
        await call.json(json.dumps({"embeddings": vectors}).encode())
        return
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    called = [{"functionCall": {"name": "weather", "args": ARGUMENTS}}] if request.get("tools") else []
    reason = "MAX_TOKENS" if "long" in words(call) else "SAFETY" if "unsafe" in words(call) else "STOP"

    def part(parts: list[Any], finish: str | None) -> dict[str, Any]:
        candidate = {"content": {"role": "model", "parts": parts}, "index": 0} | ({"finishReason": finish} if finish else {})
        return {"candidates": [candidate], "modelVersion": "gemini-2.5-flash", "responseId": "resp_1", "usageMetadata": usage}

    if b"streamGenerateContent" not in call.line:
        await call.json(json.dumps(part([{"text": "Hello"}, *called], reason)).encode())
        return
    ended = "cut" not in words(call) and "no end" not in words(call)
    parts = [part([{"text": "Hel"}], None), part([{"text": "lo"}], None)]
    if ended:
        parts.append(part(called or [{"text": ""}], reason))
    if "blocked" in words(call):
        parts = [{"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "gemini-2.5-flash", "usageMetadata": usage}]
    pieces = [f"data: {json.dumps(piece)}\r\n\r\n".encode() for piece in parts]
    await streams(call, b"text/event-stream", pieces, cut="cut" in words(call))


async def ollama(call: Call) -> None:
    """``POST /api/chat`` and ``/api/embed``."""
    if await fails(call, {"error": "the provider says STATUS"}):
        return
    request = asked(call)
    if b"/api/embed" in call.line:
        vectors = [[0.5, -0.25, number] for number, _ in enumerate(request["input"])]
        await call.json(json.dumps({"model": request["model"], "embeddings": vectors, "prompt_eval_count": 3}).encode())
        return
    said: dict[str, Any] = {"role": "assistant", "content": "Hello"}
    if request.get("tools"):
        said = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "weather", "arguments": ARGUMENTS}}]}
    head = {"model": request["model"], "created_at": "2026-11-24T00:00:00Z"}
    reason = "length" if "long" in words(call) else "stop"
    end = {"done": True, "done_reason": reason, "prompt_eval_count": 10, "eval_count": 5, "total_duration": 1}
    if not request.get("stream"):
        await call.json(json.dumps(head | {"message": said} | end).encode())
        return
    messages = [said] if request.get("tools") else [{"role": "assistant", "content": text} for text in ("Hel", "lo")]
    lines = [head | {"message": message, "done": False} for message in messages]
    if "fail later" in words(call):
        lines.append({"error": "the model runner stopped"})
    elif "cut" not in words(call) and "no end" not in words(call):
        lines.append(head | {"message": {"role": "assistant", "content": ""}} | end)
    await streams(call, b"application/x-ndjson", [json.dumps(line).encode() + b"\n" for line in lines], cut="cut" in words(call))
