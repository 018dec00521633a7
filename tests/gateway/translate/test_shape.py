import base64
import struct
from typing import Any

from gateway.translate import shape

USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": None}}


def answer(**message: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, "images": [], **message}}
    return {
        "id": "c",
        "created": 5,
        "model": "x/m",
        "choices": [choice],
        "usage": USAGE | {"cost": 0.1},
        "vertex_things": [],
        "system_fingerprint": None,
    }


def test_fillers_go_and_zeros_stay() -> None:
    shaped = shape.chat(answer(content="hi"), "x/m")
    assert shaped == {
        "id": "c",
        "created": 5,
        "model": "m",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "prompt_tokens_details": {"cached_tokens": 0}},
    }


def test_what_openai_always_sends_is_put_back() -> None:
    call = {"index": 1, "id": "t", "type": "function", "function": {"name": "f", "arguments": ""}}
    (choice,) = shape.chat(answer(tool_calls=[call]), "x/m")["choices"]
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": ""}}],
    }


def test_a_providers_extras_are_kept() -> None:
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "s"}]
    (choice,) = shape.chat(answer(content="hi", thinking_blocks=blocks, reasoning_content="hm"), "x/m")["choices"]
    assert choice["message"]["thinking_blocks"] == blocks
    assert choice["message"]["reasoning_content"] == "hm"


def test_chunks_share_the_first_ones_id_time_and_model() -> None:
    first = {"id": "one", "created": 5, "model": "m", "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]}
    later = {"id": "two", "created": 6, "model": "other", "choices": [{"index": 0, "delta": {"content": None}, "finish_reason": "stop"}]}
    shaped = shape.chunk(later, first, "x/m")
    assert (shaped["id"], shaped["created"], shaped["model"]) == ("one", 5, "m")
    assert shaped["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    assert shape.chunk({"id": "one", "choices": [], "usage": USAGE}, first, "x/m")["choices"] == []


def test_the_model_is_the_one_asked_for_where_the_provider_is_silent() -> None:
    assert shape.chat(answer() | {"model": None}, "x/org/m")["model"] == "org/m"


def test_embeddings_are_packed_as_openais_clients_unpack_them() -> None:
    vector = [0.5, -1.25, 3.0]
    packed = shape.embeddings({"model": "m", "data": [{"embedding": vector}]}, "x/m", packed=True)["data"][0]["embedding"]
    assert list(struct.unpack("<3f", base64.b64decode(packed))) == vector
