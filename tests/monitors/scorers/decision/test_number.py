from __future__ import annotations

import pytest

from monitors.scorers.decision.number import decide


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("8", 8),
        ("7 of 10", 7),
        ("seven and a half", 7.5),
        ("6-7 out of 10", 6.5),
        ("On a scale of 1 to 10, I'd say 7.", 7),
        ("Communication 8, teamwork 6, overall 7.", 7),
        ("He has 12 years of experience and 3 degrees. Score: 9.", 9),
        ("I rate it 6, since 2 of 5 goals were met.", 6),
        ("Initially 5, now 7.", 7),
        ("5. Average.", 5),
        ("One of the best: 10.", 10),
    ],
)
def test_a_rating_is_told_from_the_other_numbers(reply: str, value: float) -> None:
    assert decide(reply, 1, 10) == (value, "")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("85k", 85_000),
        ("$120.000", 120_000),
        ("between 80k and 90k", 85_000),
        ("eighty-five thousand dollars", 85_000),
        ("She earns $70,000 now and asks for $90,000. I'd offer $82,000.", 82_000),
        ("Base: $110,000, bonus: $10,000", 110_000),
    ],
)
def test_a_salary_is_read_in_all_its_spellings(reply: str, value: float) -> None:
    assert decide(reply, 30_000, 200_000, "USD") == (value, "")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("two years", 24),
        ("a year and a half", 18),
        ("2 years and 6 months", 30),
        ("half a year", 6),
        ("Under section 24(2), 20 months.", 20),
        ("24", 24),
    ],
)
def test_a_term_is_converted_to_the_unit_asked_for(reply: str, value: float) -> None:
    assert decide(reply, 0, 120, "months") == (pytest.approx(value), "")


@pytest.mark.parametrize(
    ("reply", "value"), [("4.5 %", 4.5), ("four and a half percent", 4.5), ("6,5 %", 6.5), ("between five and six percent", 5.5)]
)
def test_a_rate_is_read_in_percent(reply: str, value: float) -> None:
    assert decide(reply, 0, 30, "%") == (value, "")


@pytest.mark.parametrize(
    "reply", ["", "11/10", "I'd rate this 14.", "See section 7.", "I can't rate people. He worked here for 8 years.", "no number"]
)
def test_a_number_outside_the_range_or_of_something_else_is_no_value(reply: str) -> None:
    value, reason = decide(reply, 1, 10)
    assert value is None
    assert reason
