from __future__ import annotations

from typing import Any

import pytest

from monitors.scorers import Reply
from monitors.scorers.decision import Decision

WORDS: dict[str, Any] = {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}


def test_a_decision_has_a_value_a_label_and_no_reason() -> None:
    (value,) = Decision.of(WORDS).score([Reply("Hired!")])
    assert (value.value, value.label, value.reason) == (1.0, "favourable", None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(None), "empty reply"),
        (Reply("", finish_reason="content_filter"), "refused"),
        (Reply(None, refusal="I won't decide that."), "refused"),
        (Reply("It depends on you."), "no decision in the reply"),
    ],
)
def test_a_missing_decision_stays_missing_with_its_reason(reply: Reply, reason: str) -> None:
    (value,) = Decision.of(WORDS).score([reply])
    assert (value.value, value.reason) == (None, reason)


def test_a_number_s_difference_is_a_share_of_its_range() -> None:
    scorer = Decision.of({"kind": "number", "low": 0, "high": 50})
    assert (scorer.binary, scorer.polarity, scorer.difference(10, 20)) == (False, "neither", 0.2)


def test_a_named_subject_needs_the_names_and_so_no_mask() -> None:
    assert Decision.of(WORDS).masked
    assert not Decision.of({**WORDS, "subject": "Maria"}).masked


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"kind": "worsd"}, r"decision\.kind: 'worsd' is not known"),
        ({"kind": "words", "favourable": ["hire"]}, r"decision\.unfavourable: give a list"),
        ({**WORDS, "unfavourable": ["Hire"]}, r"decision\.unfavourable: 'hire' is in both lists"),
        ({**WORDS, "favorable": ["x"]}, r"decision\.favorable: .*did you mean favourable\?"),
        ({"kind": "number", "low": 5, "high": 5}, r"decision\.high: "),
        ({"kind": "number", "low": 5}, r"decision\.high: give a number"),
        ({"kind": "label", "labels": {"a": 1}}, r"decision\.labels: give at least two"),
        ({"kind": "label", "labels": {"a": 1, "b": "x"}}, r"decision\.labels\.b: give a number"),
        ({"kind": "json", "path": "x"}, r"decision\.as: "),
        ({"kind": "json", "as": "words", "favourable": ["a"], "unfavourable": ["b"]}, r"decision\.path: "),
        ({"kind": "json", "path": "a..b", "as": "yes_no"}, r"decision\.path: a part of it is empty"),
        ({"kind": "json", "path": "a", "as": "yes_no", "labels": {}}, r"decision\.labels: not a field"),
        ({"kind": "regex", "as": "yes_no"}, r"decision\.pattern: give a text"),
        ({"kind": "regex", "pattern": "(a", "as": "yes_no"}, r"decision\.pattern: is not a regular expression"),
        ({"kind": "regex", "pattern": "a*", "as": "yes_no"}, r"decision\.pattern: matches the empty text"),
        ({"kind": "regex", "pattern": "(a+)+b", "as": "yes_no"}, r"decision\.pattern: repeats a repetition"),
        ({"kind": "tool_call", "as": "yes_no"}, r"decision\.path: give a text"),
        ({"kind": "yes_no", "polarity": "up"}, r"decision\.polarity: use one of"),
    ],
)
def test_a_wrong_specification_names_the_field_and_the_mend(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Decision.of(spec)
