"""Replies: JSON and streams keep their letters unless a secret has to go, also one that a stream has cut into pieces."""

from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.redact.credentials import MARK, without_credentials
from gateway.redact.replies import redacted_reply

SECRET = "sk-" + "a1b2c3d4e5f6g7h8i9"


def chunk(content: str, index: int = 0, **more: Any) -> str:
    return "data: " + orjson.dumps({"id": "c", "choices": [{"index": index, "delta": {"content": content}}], **more}).decode() + "\n\n"


def spoken(stream: str, index: int = 0) -> str:
    """What one choice of a stream says in all."""
    events = [orjson.loads(line[5:]) for line in stream.split("\n") if line.startswith("data:") and "[DONE]" not in line]
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"] if choice["index"] == index)


def reply(text: str, *, streamed: bool = False) -> str:
    return redacted_reply(text, without_credentials, streamed=streamed)


@pytest.mark.parametrize(
    "text",
    [
        '{ "choices" : [ {"message": {"content": "Dear Maria,\\u2028 she may come."}} ] }',
        "<html>Bad gateway</html>",
        "",
        "[1, 2]",
        "null",
        '{"cut": "in the mid',
    ],
)
def test_a_reply_without_secrets_stays_to_the_letter(text: str) -> None:
    assert reply(text) == text


def test_a_secret_in_a_json_reply_goes_and_the_rest_stays() -> None:
    body = {
        "model": "m",
        "choices": [{"message": {"content": f'He said: "{SECRET}"\n', "tool_calls": [{"function": {"arguments": SECRET}}]}}],
    }
    clean = orjson.loads(reply(orjson.dumps(body).decode()))
    assert clean["model"] == "m"
    assert clean["choices"][0]["message"]["content"] == f'He said: "{MARK}"\n'
    assert clean["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == MARK


def test_a_secret_spelled_with_escapes_is_found() -> None:
    assert SECRET[6:] not in reply('{"a": "' + SECRET.replace("-", "\\u002d") + '"}')


def test_a_secret_in_a_reply_that_was_cut_goes_too() -> None:
    assert reply('{"a": "one\\n' + SECRET + " tw") == '{"a": "one\\n' + MARK + " tw"


def test_what_a_reply_repeats_of_the_end_user_goes() -> None:
    body = '{"id": "c", "user": "ann@example.org", "safety_identifier": "ann", "metadata": {"case": "7"}}'
    assert orjson.loads(reply(body)) == {"id": "c"}


@pytest.mark.parametrize(
    "stream",
    [
        "data: {}\r\n\r\ndata: [DONE]\r\n\r\n",
        ': comment\n\nevent: x\ndata:  {"a": 1}\nid: 7\n\n',
        'data: {"choices":[{"index":0,"delta":{"content":"a\u2028b\x85c"}}]}\n\ndata: [DONE]',
        "data: {broken\n\n",
        "",
    ],
)
def test_a_stream_without_secrets_stays_to_the_letter(stream: str) -> None:
    assert reply(stream, streamed=True) == stream


@given(st.lists(st.integers(1, len(SECRET) - 1), max_size=6, unique=True), st.text(max_size=5), st.text(max_size=5))
def test_a_secret_goes_wherever_the_stream_has_cut_it(cuts: list[int], before: str, after: str) -> None:
    text = f"{before} {SECRET} {after}"
    edges = [0, *sorted(cut + len(before) + 1 for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    stream = "".join(map(chunk, pieces)) + "data: [DONE]\n\n"
    clean = reply(stream, streamed=True)
    assert spoken(clean) == without_credentials(text)
    assert SECRET not in spoken(clean)
    assert clean.count("\n\n") == stream.count("\n\n")


def test_the_choices_of_a_stream_are_told_apart() -> None:
    stream = chunk("say sk-a1b2c3", 0) + chunk("he and she", 1) + chunk("d4e5f6g7h8i9 bye", 0) + chunk(" and they", 1)
    clean = reply(stream, streamed=True)
    assert (spoken(clean, 0), spoken(clean, 1)) == (f"say {MARK} bye", "he and she and they")


def test_pieces_of_different_choices_are_not_taken_for_one_secret() -> None:
    stream = chunk("sk-a1b2c3", 0) + chunk("d4e5f6g7h8i9", 1)
    assert reply(stream, streamed=True) == stream


def test_a_secret_in_the_streamed_arguments_of_a_tool_call_goes() -> None:
    def call(arguments: str) -> str:
        return (
            "data: "
            + orjson.dumps(
                {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}}]}
            ).decode()
        )

    clean = reply(call('{"key":"sk-a1b2') + "\n\n" + call('c3d4e5f6g7h8"}') + "\n\n", streamed=True)
    assert "c3d4" not in clean
    assert MARK in clean


def test_an_event_that_is_nested_absurdly_is_read_as_plain_text() -> None:
    deep = "data: " + '{"a":' * 900 + f'"{SECRET}"' + "}" * 900 + "\n\n"
    assert reply(deep, streamed=True) == deep.replace(SECRET, MARK)
