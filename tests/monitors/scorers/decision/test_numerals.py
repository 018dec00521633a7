from __future__ import annotations

import pytest

from monitors.scorers.decision.numerals import numbers, spelled


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("eighty-five thousand", 85_000),
        ("two hundred and six", 206),
        ("seven and a half", 7.5),
        ("three point five", 3.5),
        ("a million", 1e6),
        ("cats", None),
    ],
)
def test_numbers_in_words_have_a_value(text: str, value: float | None) -> None:
    assert spelled(text) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("80-90k", [(85_000.0, "")]),
        ("1,250.50", [(1250.5, "")]),
        ("3 and 4", [(3.0, ""), (4.0, "")]),
        ("9 to 3", [(9.0, ""), (3.0, "")]),
        ("2 years, 3 months", [(27.0, "month")]),
        ("b2b and x9", []),
    ],
)
def test_ranges_and_units_belong_to_their_number(text: str, found: list[tuple[float, str]]) -> None:
    assert [(number.value, number.unit) for number in numbers(text)] == found
