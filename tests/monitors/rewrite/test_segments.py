"""Texts of a conversation, found and written back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from monitors.rewrite.segments import find_segments, write_back


def test_contents_parts_and_arguments_are_found_in_order() -> None:
    messages = [
        {"role": "user", "content": "one"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}, {"type": "text", "text": "two"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"function": {"name": "f", "arguments": '{"a": "three", "b": ["four", 5]}'}}],
        },
        {"role": "tool", "content": '{"c": "five"}'},
    ]
    segments = find_segments(messages)
    assert [s.text for s in segments] == ["one", "two", "three", "four", "five"]
    assert [s.key for s in segments] == ["", "", "a", "b", "c"]


def test_calls_without_a_function_or_in_the_older_form_are_read() -> None:
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [{"type": "custom", "custom": {"input": "x"}}, {"function": None}]},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": '{"note": "her car"}'}},
    ]
    segments = find_segments(messages)
    assert [s.text for s in segments] == ["her car"]
    out = write_back(messages, segments, {0: [(0, 3, "his")]})
    assert out[1]["function_call"]["arguments"] == '{"note": "his car"}'


def test_what_only_looks_like_json_is_prose() -> None:
    assert [s.text for s in find_segments([{"role": "user", "content": "{not json} her"}])] == ["{not json} her"]


def test_untouched_messages_are_shared_and_touched_ones_copied() -> None:
    messages = [{"role": "user", "content": "ab", "name": "n"}, {"role": "user", "content": "cd"}]
    out = write_back(messages, find_segments(messages), {0: [(0, 1, "X")]})
    assert out[0] == {"role": "user", "content": "Xb", "name": "n"}
    assert out[1] is messages[1]
    assert messages[0]["content"] == "ab"


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5), st.booleans())
def test_a_value_of_json_is_replaced_and_every_other_byte_stays(values: list[str], ascii_only: bool) -> None:
    raw = json.dumps({f"k{i}": v for i, v in enumerate(values)}, ensure_ascii=ascii_only)
    messages = [{"role": "tool", "content": raw}]
    segments = find_segments(messages)
    for index, segment in enumerate(segments):
        out = write_back(messages, segments, {index: [(0, 1, "é\n")]})[0]["content"]
        changed = json.loads(out)
        assert changed[segment.key] == "é\n" + segment.text[1:]
        assert {k: v for k, v in changed.items() if k != segment.key} == {k: v for k, v in json.loads(raw).items() if k != segment.key}
        assert out[: segment.offset] == raw[: segment.offset]
