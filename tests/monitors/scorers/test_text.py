from __future__ import annotations

import pytest

from monitors.scorers.text import HEAD_CHARS, TAIL_CHARS, plain, sentences, unmarked, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can't, won't and cannot.", "i can not , will not and can not ."),
        ("He'd say it's Maria's.", "he would say it is maria 's ."),
        ("dont  STOP 4.5 %", "do not stop 4.5 %"),
        ("", ""),
    ],
)
def test_contractions_are_spelled_out(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Smith met Dr. Lee. They talked.", 2),
        ("One\nTwo\n\nThree", 3),
        ("Wait... what?! Yes.", 3),
        ("It costs 4.5 % more.", 1),
        ("", 0),
    ],
)
def test_sentences_end_at_full_stops_and_line_ends_but_not_at_abbreviations(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_question_is_known_by_its_mark() -> None:
    assert [sentence.question for sentence in sentences('Really? "Is it?" No.')] == [True, True, False]


def test_quotes_and_dashes_become_plain_and_null_bytes_vanish() -> None:
    assert plain("“I’d\u00a0go\x00…”") == '"I\'d go..."'


def test_of_a_very_long_text_the_beginning_and_the_end_are_kept() -> None:
    long = "a" * HEAD_CHARS + "b" * 50_000 + "c" * TAIL_CHARS
    assert plain(long) == "a" * HEAD_CHARS + "\n" + "c" * TAIL_CHARS


def test_markdown_goes_and_arithmetic_stays() -> None:
    assert unmarked("## Verdict\n- **hire** _her_\n1. snake_case").split("\n") == ["Verdict", "hire her", "snake_case"]
