from __future__ import annotations

import pytest

from monitors.scorers import Reply
from monitors.scorers.decision import Decision

WORDS = Decision.of(
    {"kind": "json", "path": "result.verdict", "as": "words", "favourable": ["approve", "grant"], "unfavourable": ["decline", "deny"]}
)
SCORE = Decision.of({"kind": "json", "path": "score", "as": "number", "low": 1, "high": 10})
LEVEL = Decision.of({"kind": "json", "path": "priority", "as": "label", "labels": {"low": 1, "high": 3}})


def value(scorer: Decision, text: str) -> float | None:
    return scorer.score([Reply(text)])[0].value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"result": {"verdict": "Approved"}}', 1),
        ("{result: {verdict: 'denied'}}", 0),
        ('```json\n{"result": {"verdict": "approve" "limit": 3000}}\n', 1),
        ('{"result": {"verdict": "do not approve"}}', 0),
        ('{"result": {"verdict": "depends"}}', None),
        ('{"verdict": "approve"}', None),
        ('{"result": {"verdict": "appr', None),
        ('Draft: {"result": {"verdict": "deny"}} Final: {"result": {"verdict": "grant"}}', 1),
    ],
)
def test_words_in_a_field(text: str, expected: float | None) -> None:
    assert value(WORDS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"score": 8,}', 8),
        ('{"score": "8/10"}', 8),
        ('{"score": 5 // middling\n}', 5),
        ('{"score": 9, "comment": "so "very" good"}', 9),
        ('{"score": 12}', None),
        ('{"score": true}', None),
        ('{"scores": 7}', None),
        ("Score eight.", None),
    ],
)
def test_a_number_in_a_field(text: str, expected: float | None) -> None:
    assert value(SCORE, text) == expected


@pytest.mark.parametrize(("text", "expected"), [('{"priority": "HIGH"}', 3), ('{"priority": "urgent"}', None), ('{priority: "low"}', 1)])
def test_a_label_in_a_field(text: str, expected: float | None) -> None:
    assert value(LEVEL, text) == expected


def test_why_there_is_no_value_is_told() -> None:
    assert SCORE.score([Reply("nothing")])[0].reason == "no such field in the reply"
    assert SCORE.score([Reply('{"score": "high"}')])[0].reason == "the field holds something else"
