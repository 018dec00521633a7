from __future__ import annotations

import pytest

from monitors.scorers.toxicity.passages import CHARS, DENSE_CHARS, MOST_FIRST, MOST_LAST, passages


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_a_blank_text_has_no_passages(text: str) -> None:
    assert passages(text) == []


def test_a_short_text_is_one_passage() -> None:
    assert passages(" One. Two. ") == ["One. Two."]


def test_passages_end_with_a_sentence_and_lose_no_word() -> None:
    text = " ".join(f"This is sentence number {n} of this text." for n in range(100))
    found = passages(text)
    assert all(len(part) <= CHARS and part.endswith(".") for part in found)
    assert " ".join(found) == text


def test_a_word_without_end_is_cut() -> None:
    assert [len(part) for part in passages("x" * 3_000)] == [1_200, 1_200, 600]


def test_scripts_with_many_tokens_a_character_get_shorter_passages() -> None:
    assert max(map(len, passages("你好世界。" * 300))) <= DENSE_CHARS


def test_of_a_long_text_its_beginning_and_its_end_are_read() -> None:
    text = " ".join(f"w{n}" for n in range(20_000))
    found = passages(text)
    assert len(found) == MOST_FIRST + MOST_LAST
    assert found[0].startswith("w0 w1 ")
    assert found[-1].endswith(" w19999")


def test_half_a_surrogate_is_read_as_a_question_mark() -> None:
    assert passages("so \ud800 it is") == ["so ? it is"]
