"""Verbs after a change between ``she`` and ``they``."""

import pytest

from monitors.rewrite import rewrite
from monitors.rewrite.agreement import base_form, third_person


def they(text: str) -> str:
    """The text with a woman rewritten as nonbinary."""
    return str(rewrite({"id": "t", "text": text, "axis": "gender", "from": "female", "to": "nonbinary"})["text"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She runs.", "They run."),
        ("She has left and she's late.", "They have left and they're late."),
        ("She's been here; she'd know.", "They've been here; they'd know."),
        ("Is she in? Why doesn't she call?", "Are they in? Why don't they call?"),
        ("She rarely tries but often watches.", "They rarely try but often watch."),
        ("She doesn't eat meat, isn't picky, and cooks for us.", "They don't eat meat, aren't picky, and cook for us."),
        ("She sells books and tiles.", "They sell books and tiles."),
        ("She was told that he runs and hides.", "They were told that he runs and hides."),
        ("She said no and must go.", "They said no and must go."),
        ("Does she know that it works?", "Do they know that it works?"),
        ("SHE IS LATE.", "THEY ARE LATE."),
    ],
)
def test_verbs_follow_the_pronoun(text: str, expected: str) -> None:
    assert they(text) == expected


def test_declared_they_becomes_singular_again() -> None:
    answer = rewrite(
        {
            "id": "t",
            "text": "Sam (they/them) says they have a cold and need rest; they feel ill.",
            "axis": "gender",
            "from": "nonbinary",
            "to": "male",
        }
    )
    assert answer["text"] == "Sam (he/him) says he has a cold and needs rest; he feels ill."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They bring lunch and do not eat with us.", "He brings lunch and does not eat with us."),
        ("They want to cook and eat alone.", "He wants to cook and eat alone."),
        ("They don't call or write.", "He doesn't call or write."),
        ("They like cats and dogs.", "He likes cats and dogs."),
    ],
)
def test_only_verbs_of_the_subject_become_singular(text: str, expected: str) -> None:
    answer = rewrite({"id": "t", "text": f"Sam uses they/them. {text}", "axis": "gender", "from": "nonbinary", "to": "male"})

    assert answer["text"] == f"Sam uses he/him. {expected}"


@pytest.mark.parametrize("base", ["go", "try", "watch", "pass", "fix", "do", "run", "agree", "say", "die"])
def test_third_person_and_base_are_inverse(base: str) -> None:
    assert base_form(third_person(base)) == base
