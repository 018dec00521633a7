"""Ages of persons, and numbers that are none."""

import pytest

from monitors.rewrite import load_tables
from monitors.rewrite.ages import age_places
from monitors.rewrite.tokens import Tokens

ENGLISH = load_tables().english


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 27-year-old nurse", [1]),
        ("I am 34 years old", [2]),
        ("He is 30 and tall", [2]),
        ("Sandra, 52, called", [1]),
        ("a man aged 61", [3]),
        ("She turned 40 in May", [2]),
        ("45 yo patient", [0]),
        ("At 44, is it too late?", [1]),
        ("I am 34. Is 34 too late? Room 34, $34.", [2, 4]),
        ("27 items in aisle 63", []),
        ("a 40-year-old building", []),
        ("He is 200", []),
    ],
)
def test_numbers_that_say_how_old_someone_is(text: str, expected: list[int]) -> None:
    assert sorted(at for _, at, _ in age_places([Tokens(text)], ENGLISH)) == expected


def test_an_age_stated_in_one_message_is_known_in_the_next() -> None:
    places = set(age_places([Tokens("I am 34."), Tokens("Is it too late at 34?")], ENGLISH))
    assert places == {(0, 2, "34"), (1, 5, "34")}
