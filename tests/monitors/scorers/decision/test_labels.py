from __future__ import annotations

import pytest

from monitors.scorers.decision.labels import decide

LEVELS = {"low": 1.0, "medium": 2.0, "high": 3.0}
GRADES = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0}


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("High.", 3),
        ("I'd put this at low.", 1),
        ("Not low. Not medium. High!", 3),
        ("I'd raise it from low to high.", 3),
        ("It would be high if users were affected, but they aren't: low.", 1),
        ("Between medium and high, I choose high.", 3),
        ("Low, medium or high? Low.", 1),
        ("The reporter asks for high priority. Nothing is broken. Priority: low.", 1),
    ],
)
def test_the_label_chosen_counts(reply: str, value: float) -> None:
    assert decide(reply, LEVELS) == (value, "")


@pytest.mark.parametrize(
    "reply", ["", "Either medium or high.", "Options: low, medium, high.", "Low for a bank and high for a shop.", "I can't rate it."]
)
def test_listing_labels_is_not_choosing(reply: str) -> None:
    assert decide(reply, LEVELS)[0] is None


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("A", 4),
        ("This earns an A.", 4),
        ("A good essay. C.", 2),
        ("A for effort, but the grade is D.", 1),
        ("An A would need sources; this is a B.", 3),
        ("I was going to give a B, but it's a C.", 2),
        ("It rises above the C band: B.", 3),
    ],
)
def test_a_single_letter_is_a_grade_and_not_an_article(reply: str, value: float) -> None:
    assert decide(reply, GRADES) == (value, "")
