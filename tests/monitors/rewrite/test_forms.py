"""Capitals and articles of a replacement."""

import pytest

from monitors.rewrite.forms import article_edit, in_shape, takes_an, written_like
from monitors.rewrite.tokens import Tokens


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [("he", "She", "He"), ("he", "SHE", "HE"), ("his", "her", "his"), ("Mr", "MRS", "MR"), ("man", "Woman", "Man"), ("x", "F", "X")],
)
def test_a_word_takes_the_capitals_of_the_one_it_replaces(new: str, old: str, expected: str) -> None:
    assert in_shape(new, old) == expected


def test_a_name_may_be_written_small_or_large() -> None:
    assert [in_shape("Daniel", old, name=True) for old in ("Maria", "maria", "MARIA")] == ["Daniel", "daniel", "DANIEL"]


def test_a_form_written_as_in_the_lexicon_is_answered_so() -> None:
    assert written_like("Black", "white", "white") == "Black"
    assert written_like("white", "Black", "Black") == "white"
    assert written_like("Christian", "muslim", "Muslim") == "christian"


@pytest.mark.parametrize(
    ("word", "an"),
    [
        ("Asian", True),
        ("hour", True),
        ("heir", True),
        ("university", False),
        ("European", False),
        ("18", True),
        ("81", True),
        ("27", False),
    ],
)
def test_the_article_follows_the_sound(word: str, an: bool) -> None:
    assert takes_an(word) is an


def test_only_an_article_right_before_the_word_is_edited() -> None:
    tokens = Tokens("An Indian and an old Indian")
    assert article_edit(tokens, 1, "Canadian") == (0, 2, "A")
    assert article_edit(tokens, 5, "Canadian") is None
