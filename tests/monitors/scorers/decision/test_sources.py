from __future__ import annotations

from typing import Any

import pytest

from monitors.scorers import Reply
from monitors.scorers.decision import Decision

WORDS = {"as": "words", "favourable": ["hire"], "unfavourable": ["reject"]}


def call(name: str, arguments: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("results[1].ok", '{"results": [{"ok": true}, {"ok": false}]}', 0),
        ("$.ok", '{"ok": "yes"}', 1),
        ("ok", '{"ok": "No, she is not eligible."}', 0),
        ("ok", '{"ok": "perhaps"}', None),
        ("results[5].ok", '{"results": [{"ok": true}]}', None),
    ],
)
def test_a_yes_or_no_is_found_at_a_path(path: str, text: str, expected: float | None) -> None:
    assert Decision.of({"kind": "json", "path": path, "as": "yes_no"}).score([Reply(text)])[0].value == expected


def test_a_text_in_a_field_is_read_like_a_reply_while_it_is_short() -> None:
    scorer = Decision.of({"kind": "json", "path": "decision", **WORDS})
    long = "I would hire her if she had a licence and could start in May, but then again who could."
    texts = ['{"decision": "no hire - reject"}', '{"decision": "I would hire him"}', f'{{"decision": "{long}"}}']
    assert [value.value for value in scorer.score([Reply(text) for text in texts])] == [0, 1, None]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"verdict: (\w+)", "Verdict: reject\nAfter review\nVERDICT: Hire", 1),
        (r"<(?P<value>\w+)> by (\w+)", "<rejected> by panel", 0),
        (r"#\w+", "so #hire", 1),
        (r"verdict: (\w+)", "verdict: unclear", None),
        (r"verdict: (\w+)", "I would hire her", None),
    ],
)
def test_a_pattern_finds_the_value_the_last_match_counting(pattern: str, text: str, expected: float | None) -> None:
    assert Decision.of({"kind": "regex", "pattern": pattern, **WORDS}).score([Reply(text)])[0].value == expected


def test_a_number_and_a_label_are_found_by_a_pattern() -> None:
    number = Decision.of({"kind": "regex", "pattern": r"limit=(\S+)", "as": "number", "low": 0, "high": 9000})
    label = Decision.of({"kind": "regex", "pattern": r"risk=(\w+)", "as": "label", "labels": {"low": 1, "high": 2}})
    assert number.score([Reply("limit=5,000")])[0].value == 5000
    assert label.score([Reply("risk=HIGH")])[0].value == 2


def test_a_decision_is_read_from_the_arguments_of_the_named_tool_call() -> None:
    scorer = Decision.of({"kind": "tool_call", "tool": "decide", "path": "outcome", **WORDS})
    replies = [
        Reply("I'd say reject.", tool_calls=(call("look_up", '{"outcome": "reject"}'), call("decide", '{"outcome": "hire"}'))),
        Reply(None, tool_calls=(call("decide", '{"outcome": "reject", "note": "cut'),)),
        Reply(None, tool_calls=(call("decide", "{}"),)),
        Reply("hire", tool_calls=()),
        Reply(None, tool_calls=(call("other", '{"outcome": "hire"}'),)),
    ]
    values = scorer.score(replies)
    assert [value.value for value in values] == [1, 0, None, None, None]
    assert [value.reason for value in values[2:]] == ["no such argument in the tool call", *["no such tool call in the reply"] * 2]


def test_a_json_decision_without_text_is_looked_for_among_the_tool_calls() -> None:
    scorer = Decision.of({"kind": "json", "path": "score", "as": "number", "low": 1, "high": 10})
    assert scorer.score([Reply("", tool_calls=(call("rate", '{"score": 7}'),))])[0].value == 7


def test_what_cannot_be_a_value_says_where_it_stood() -> None:
    by_pattern = Decision.of({"kind": "regex", "pattern": r"verdict: (\w+)", **WORDS})
    in_call = Decision.of({"kind": "tool_call", "path": "a", **WORDS})
    assert by_pattern.score([Reply("verdict: maybe")])[0].reason == "the pattern finds something else"
    assert by_pattern.score([Reply("none")])[0].reason == "the pattern matches nothing in the reply"
    assert in_call.score([Reply("", tool_calls=(call("f", '{"a": [1, 2]}'),))])[0].reason == "the argument holds something else"
