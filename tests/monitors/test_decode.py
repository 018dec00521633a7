from typing import Any

import pytest

from gateway.exchange import Exchange
from monitors.decode import Conversation, NotSwappable, decode, replay_body


def exchange(request: dict[str, Any], endpoint: str = "chat_completions") -> Exchange:
    return Exchange("ex_1", 0, endpoint, "m", "m", "r", 200, False, False, request, "")


def chat(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "Hello"}]} | more


@pytest.mark.parametrize(
    "more",
    [
        {"previous_response_id": "resp_1"},
        {"tools": [{"type": "web_search"}]},
        {"web_search_options": {}},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]},
        {"messages": []},
        {"messages": "Hello"},
        {"messages": ["Hello"]},
        {"messages": [{"role": "user", "content": 5}]},
    ],
)
def test_what_a_replay_could_not_repeat_is_skipped_with_a_reason(more: dict[str, Any]) -> None:
    assert decode(exchange(chat(**more)), 1_000) == NotSwappable("unsupported_content")


def test_a_text_over_the_limit_is_too_long() -> None:
    assert decode(exchange(chat()), 4) == NotSwappable("too_long")


def test_function_tools_and_text_parts_are_kept() -> None:
    request = chat(
        tools=[{"type": "function", "function": {"name": "hire"}}],
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "assistant", "content": None, "tool_calls": []},
        ],
    )

    assert isinstance(decode(exchange(request), 1_000), Conversation)


def test_a_prompt_is_one_user_message_and_goes_back_as_a_prompt() -> None:
    one = exchange({"model": "m", "prompt": "Hello", "stream": True}, "completions")
    conversation = decode(one, 1_000)

    assert conversation == Conversation([{"role": "user", "content": "Hello"}], "user\0Hello")
    assert replay_body(one, "upstream", conversation.messages) == {"model": "upstream", "prompt": "Hello", "n": 1}


def test_several_prompts_at_once_are_skipped() -> None:
    assert decode(exchange({"prompt": ["a", "b"]}, "completions"), 1_000) == NotSwappable("unsupported_content")


def test_turns_of_one_conversation_have_one_opening() -> None:
    first = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
    longer = [*first, {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "And now?"}]
    openings = {decode(exchange(chat(messages=messages)), 1_000).opening for messages in (first, longer)}  # type: ignore[union-attr]

    assert len(openings) == 1


def test_a_replay_keeps_parameters_and_drops_streaming_and_whatever_names_the_caller() -> None:
    request = chat(
        stream=True,
        stream_options={"include_usage": True},
        user="u",
        safety_identifier="s",
        metadata={"a": "b"},
        prompt_cache_key="k",
        temperature=0.7,
        seed=5,
        n=3,
        response_format={"type": "json_object"},
        vendor_field=1,
    )
    messages = [{"role": "user", "content": "Swapped"}]

    assert replay_body(exchange(request), None, messages) == {
        "model": "m",
        "messages": messages,
        "temperature": 0.7,
        "seed": 5,
        "response_format": {"type": "json_object"},
        "vendor_field": 1,
        "n": 1,
        "store": False,
    }
    assert "stream" in request, "the exchange itself is left as it was"
