"""Spans that no rewrite touches."""

from itertools import pairwise

import pytest

from monitors.rewrite.protect import is_protected, protected_spans


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Run `she.py` now", "she"),
        ("```\nher = 1\n```\nok", "her"),
        ("~~~\nher\n", "her"),
        ("see https://a.example/her/x for it", "her"),
        ("mail her.name@corp.example please", "her"),
        ("ask @her_codes again", "her_codes"),
        ("open notes/her.txt and read", "her"),
        ("C:\\Users\\her\\x.doc is it", "her"),
        ('<p class="her">x</p>', "her"),
        ('{"her": 1}', "her"),
        ("fill in {{her}} there", "her"),
        ("set her_key to 1", "her_key"),
        ("--author=her is wrong", "her"),
        ("<!-- her -->x", "her"),
        ("visit www.her.com today", "her"),
    ],
)
def test_spans_that_stay(text: str, inside: str) -> None:
    assert is_protected(protected_spans(text), text.index(inside))


@pytest.mark.parametrize(
    "text",
    [
        "he/him or she/her",
        "and/or her",
        "5 < 6 and her",
        "#1 her",
        "50% of her",
        "Ms. Berg's file: her",
        "a=b" and "her = mine",
        "`unclosed her",
    ],
)
def test_prose_is_not_protected(text: str) -> None:
    assert not is_protected(protected_spans(text), text.rindex("her"))


def test_emphasis_is_no_identifier() -> None:
    assert protected_spans("2. _Her_ backup and _her other one_") == []
    assert [kind for *_, kind in protected_spans("_her_name_ = her_name")] == ["code", "code"]


def test_a_regular_expression_is_code() -> None:
    text = r"Does /\b(she|her)\b/i match her and/or him?"
    assert [text[start:end] for start, end, _ in protected_spans(text)] == [r"/\b(she|her)\b/i"]


def test_spans_are_in_order_and_apart() -> None:
    spans = protected_spans("`a@b.co` and <x@y.example> in /tmp/a_b.txt with {c_d} #tag_e")
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "piece",
    ["`", "```\n", "<!--", "<a ", "a@", "a.", "a/", "\\", "a_", "{{", "a=", '"', "her ", "-", "http://", "~", "a-", "/\\", " _a_", "_a "],
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    protected_spans(piece * (300_000 // len(piece)))
