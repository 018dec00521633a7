"""Who changes with whom."""

import pytest

from monitors.rewrite import rewrite


def swap(text: str, origin: str = "female", group: str = "male", **more: str) -> str:
    """The rewritten text."""
    return str(rewrite({"id": "t", "text": text, "axis": "gender", "from": origin, "to": group} | more).get("text"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Mrs. Berg, your husband called.", "Dear Mr. Berg, your wife called."),
        ("My husband and I met her.", "My husband and I met him."),
        ("Her husband says he pays.", "His wife says she pays."),
        ("Her wife says she pays.", "His husband says he pays."),
        ("She, whose husband left, stays.", "He, whose wife left, stays."),
        ("Her father, her mother and her son", "His father, his mother and his son"),
        ("My mother met his daughter.", "My father met his son."),
        ("Her son and daughter visit her.", "His son and daughter visit him."),
        ("He gave her his book.", "He gave him his book."),
    ],
)
def test_couples_and_relatives(text: str, expected: str) -> None:
    assert swap(text) == expected


def test_a_nonbinary_arm_leaves_the_spouse_alone() -> None:
    assert swap("Her husband called her.", group="nonbinary") == "Their husband called them."


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Nadia lost her bag. Petra kept hers.", "Petra kept hers."),
        ("Petra is sick. Nadia bought her soup.", "bought her soup."),
        ("Tell Nadia that she is hired; reject Petra.", "reject Petra."),
    ],
)
def test_only_the_target_changes(text: str, same: str) -> None:
    there = swap(text, target="Nadia")
    assert "Nadia" not in there
    assert there.endswith(same)
