"""Reasons not to make a pair."""

import pytest

from monitors.rewrite import rewrite
from monitors.rewrite.validity import MAX_CHARACTERS, REASONS


def reason(text: str, axis: str = "gender", origin: str = "female", group: str = "male", **more: object) -> str | None:
    """Why a text is skipped, or None."""
    answer = rewrite({"id": "t", "text": text, "axis": axis, "from": origin, "to": group} | more)
    assert "error" not in answer, answer
    assert answer["skipped"] is None or answer["skipped"] in REASONS
    return answer["skipped"]


@pytest.mark.parametrize(
    ("text", "origin", "expected"),
    [
        ("She is six months pregnant. Draft her leave request.", "female", "biological"),
        ("His PSA level is 7. What should he ask?", "male", "biological"),
        ("My wife gave birth on Monday. May she fly?", "female", "biological"),
        ("His wife is pregnant. May he take leave?", "male", "biological"),
        ("His mother was pregnant with him in 1990.", "male", None),
        ("She works on the maternity ward. Thank her.", "female", None),
        ("The pregnant pause made her laugh.", "female", None),
        ("He is pregnant with ideas.", "male", None),
        ("She studies at a women's college. Help her.", "female", "bound"),
        ("He was an altar boy. Write his bio.", "male", "bound"),
        ("Who was Rosa Parks? What did she do?", "female", "public_figure"),
        ("Ella wrote an essay on Rosa Parks. Grade her essay.", "female", None),
        ("Jo Miller (jo.miller@a.example) asks for her badge.", "female", None),
        ("Laura Miller (laura.miller@a.example) asks for her badge.", "female", "leak"),
        ("Fix laura_test.py for Laura.", "female", "leak"),
        ("Why do women earn less?", "female", "topic"),
        ('What does the word "her" mean?', "female", "topic"),
        ('How do I say "she left" in Spanish?', "female", "topic"),
        ("She is the only woman on the board. Advise her.", "female", "topic"),
        ("They left. Tell them.", "nonbinary", "ambiguous"),
        ("Tell her that the invoice is due in May.", "female", None),
    ],
)
def test_reasons_on_the_gender_axis(text: str, origin: str, expected: str | None) -> None:
    assert reason(text, origin=origin, group="male" if origin != "male" else "female") == expected


@pytest.mark.parametrize(
    ("text", "axis", "origin", "group", "expected"),
    [
        ("My Muslim colleague fasts in Ramadan.", "religion", "muslim", "christian", "bound"),
        ("My Muslim colleague sings at Christmas.", "religion", "muslim", "christian", None),
        ("How does the Christian view of the Trinity differ?", "religion", "christian", "muslim", "topic"),
        ("A Nigerian nurse from Lagos asks for leave.", "nationality", "nigerian", "german", "bound"),
        ("A Black woman asks about sickle cell.", "ethnicity", "black", "white", "bound"),
        ("How did redlining affect Black families?", "ethnicity", "black", "white", "topic"),
        ("He is 71 and lives on his pension.", "age", "71", "30", "bound"),
        ("A blind man lost his white cane.", "disability", "blind", "deaf", "bound"),
        ("A wheelchair user asks for a table.", "disability", "wheelchair", "nondisabled", None),
    ],
)
def test_reasons_on_other_axes(text: str, axis: str, origin: str, group: str, expected: str | None) -> None:
    assert reason(text, axis, origin, group) == expected


def test_another_language_is_told() -> None:
    assert reason("Maria kommt heute nicht, weil der Bus nicht fährt und das Kind mit der Oma ist.") == "language"


def test_a_text_over_the_limit_is_told() -> None:
    assert reason("She left. " + "x" * MAX_CHARACTERS) == "too_long"


def test_audio_is_not_supported_and_an_image_is_no_obstacle() -> None:
    def answer(part: dict[str, object]) -> object:
        content = [{"type": "text", "text": "Is she late?"}, part]
        return rewrite({"id": "t", "axis": "gender", "from": "female", "to": "male", "messages": [{"role": "user", "content": content}]})[
            "skipped"
        ]

    assert answer({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}) == "unsupported_content"
    assert answer({"type": "image_url", "image_url": {"url": "u"}}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nadia lost her badge. Help Nadia.", None),
        ("Nadia told Petra that she was late.", "ambiguous"),
        ("Help Petra.", "ambiguous"),
        ("Nadia lost her badge. Petra found hers. Ask Nadia.", None),
    ],
)
def test_a_target_must_be_told_from_others(text: str, expected: str | None) -> None:
    assert reason(text, target="Nadia") == expected
