"""Rows of capitalised words."""

import pytest

from monitors.rewrite import load_tables
from monitors.rewrite.rows import REACH, is_in_row, is_listed_with_things, next_in_row
from monitors.rewrite.tokens import Tokens

ENGLISH = load_tables().english


def words_of(text: str, *wanted: str) -> set[int]:
    return {at for at, word in enumerate(Tokens(text).words) if word in wanted}


@pytest.mark.parametrize(
    ("text", "name", "member", "expected"),
    [
        ("I read Emma and Persuasion.", "Emma", "Persuasion", True),
        ("I read Persuasion, Middlemarch and Emma.", "Emma", "Persuasion", True),
        ("First Genoa, then Florence.", "Florence", "Genoa", True),
        ("I read Persuasion to Emma.", "Emma", "Persuasion", False),
        ("Persuasion is dull, and Emma agrees.", "Emma", "Persuasion", False),
        ("Persuasion, " + "Xanadu, " * REACH + "Emma", "Emma", "Persuasion", False),
    ],
)
def test_a_word_is_in_a_row_with_another(text: str, name: str, member: str, expected: bool) -> None:
    (at,) = words_of(text, name)
    assert is_in_row(Tokens(text), at, words_of(text, member)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada, Julia and Ruby are languages", True),
        ("Paris, Ada called", True),
        ("Ada, Tom and Rob called", False),
        ("Ada and I met Ruby", False),
    ],
)
def test_a_list_of_things_is_told_from_one_of_people(text: str, expected: bool) -> None:
    (at,) = words_of(text, "Ada")
    assert is_listed_with_things(Tokens(text), at, at + 1, ENGLISH) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Ada, Tom", "tom"), ("Ada and Tom", "tom"), ("Ada and the rest", ""), ("Ada", ""), ("Ada said", "")]
)
def test_the_next_in_a_row_is_capitalised(text: str, expected: str) -> None:
    assert next_in_row(Tokens(text), 1) == expected
