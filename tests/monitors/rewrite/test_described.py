"""Descriptors of persons, and of things."""

import pytest

from monitors.rewrite import load_tables
from monitors.rewrite.described import describes_person
from monitors.rewrite.tokens import Tokens

ENGLISH = load_tables().english


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("a Black woman", "black", True),
        ("two Black software engineers", "black", True),
        ("she is Black.", "black", True),
        ("described as a Black male", "black", True),
        ("a Nigerian asked", "nigerian", True),
        ("he is a devout Christian.", "christian", True),
        ("black coffee", "black", False),
        ("the car is black.", "black", False),
        ("French press users", "french", False),
        ("Christian Dior", "christian", False),
        ("the Indian Ocean", "indian", False),
        ("a blind date", "blind", False),
    ],
)
def test_what_is_described(text: str, word: str, expected: bool) -> None:
    tokens = Tokens(text)
    at = tokens.lows.index(word)
    assert describes_person(tokens, at, at + 1, ENGLISH) is expected
