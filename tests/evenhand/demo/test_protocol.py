from typing import Any

import orjson
import pytest

from evenhand.demo.protocol import BadRequestError, Message, Reply, cut, error_body, pieces, read_ask

HELLO = {"model": "fair", "messages": [{"role": "user", "content": "Hello"}]}


def body(**changes: Any) -> bytes:
    return orjson.dumps({key: value for key, value in (HELLO | changes).items() if value is not ...})


def test_a_plain_request_has_openais_defaults() -> None:
    ask = read_ask("chat_completions", body())
    assert ask.conversations == ((Message("user", "Hello"),),)
    assert (ask.temperature, ask.n, ask.max_tokens, ask.stream, ask.seed, ask.stop) == (1.0, 1, None, False, None, ())


def test_text_parts_are_joined_and_other_parts_passed_over() -> None:
    parts = [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:,"}},
        {"type": "text", "text": "what is it?"},
    ]
    ask = read_ask("chat_completions", body(messages=[{"role": "user", "content": parts}, {"role": "assistant", "content": None}]))
    assert ask.conversations == ((Message("user", "Look:\nwhat is it?"), Message("assistant", "")),)


def test_a_completion_takes_one_prompt_or_several_and_is_short_by_default() -> None:
    assert read_ask("completions", b'{"model": "fair", "prompt": "One"}').conversations == ((Message("user", "One"),),)
    ask = read_ask("completions", b'{"model": "fair", "prompt": ["One", "Two"]}')
    assert len(ask.conversations) == 2
    assert ask.max_tokens == 16


@pytest.mark.parametrize(
    ("request_body", "param", "code"),
    [
        (b"{", None, None),
        (b"[]", None, None),
        (body(model=...), "model", "missing_required_parameter"),
        (body(model=3), "model", "invalid_type"),
        (body(messages=...), "messages", "missing_required_parameter"),
        (body(messages="Hello"), "messages", "invalid_type"),
        (body(messages=[]), "messages", "empty_array"),
        (body(messages=["Hello"]), "messages[0]", "invalid_type"),
        (body(messages=[{"content": "Hello"}]), "messages[0].role", "missing_required_parameter"),
        (body(messages=[{"role": "boss", "content": "Hello"}]), "messages[0].role", "invalid_value"),
        (body(messages=[{"role": "user", "content": 3}]), "messages[0].content", "invalid_type"),
        (body(temperature=2.1), "temperature", "decimal_above_max_value"),
        (body(temperature=-1), "temperature", "decimal_below_min_value"),
        (body(temperature="warm"), "temperature", "invalid_type"),
        (body(max_tokens=0), "max_tokens", "integer_below_min_value"),
        (body(seed="x"), "seed", "invalid_type"),
        (body(stream="yes"), "stream", "invalid_type"),
        (body(stop=3), "stop", "invalid_type"),
        (body(stop=[3]), "stop", "invalid_type"),
        (body(n=1.5), "n", "invalid_type"),
    ],
)
def test_a_bad_body_is_refused_with_the_parameter_named(request_body: bytes, param: str | None, code: str | None) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_ask("chat_completions", request_body)
    fault = orjson.loads(error_body(caught.value))["error"]
    assert (caught.value.status, fault["type"], fault["param"], fault["code"]) == (400, "invalid_request_error", param, code)
    assert fault["message"]


@pytest.mark.parametrize("prompt", [..., [], [[1, 2]], 3])
def test_a_completion_without_a_text_prompt_is_refused(prompt: Any) -> None:
    with pytest.raises(BadRequestError, match="prompt"):
        read_ask("completions", body(messages=..., prompt=prompt))


def test_a_text_is_cut_at_the_limit_or_at_the_first_stop_string() -> None:
    assert cut("One, two three.", None, ()) == Reply("One, two three.", "stop", 5)
    assert cut("One, two three.", 3, ()) == Reply("One, two", "length", 3)
    assert cut("One, two three.", 99, (" three", "two")) == Reply("One, ", "stop", 2)


def test_the_pieces_of_a_text_add_up_to_it() -> None:
    text = "Decision: invite.\n\n- First  reason\n- second\n"
    assert "".join(pieces(text)) == text
    assert len(pieces(text)) > 5
