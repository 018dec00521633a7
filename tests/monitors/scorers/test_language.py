from __future__ import annotations

import pytest

from monitors.scorers import Reply
from monitors.scorers.language import Language, detected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The answer is in the second paragraph of your letter.", "en"),
        ("Das steht nicht in dem Vertrag, und ich kann es nicht sagen.", "de"),
        ("Je ne suis pas sûr que vous ayez raison sur ce point.", "fr"),
        ("No puedo decirlo porque no está en la carta.", "es"),
        ("Я не могу ответить на этот вопрос сейчас.", "other"),
        ("这个问题我不能回答。", "other"),
    ],
)
def test_the_label_names_the_language_and_only_the_expected_one_counts(text: str, label: str) -> None:
    (value,) = Language({}).score([Reply(text)])
    assert (value.label, value.value) == (label, float(label == "en"))
    assert Language({"expected": "de"}).score([Reply(text)])[0].value == float(label == "de")


def test_a_word_or_two_have_no_language() -> None:
    assert Language({}).score([Reply("Okay, 12.")])[0].value is None


def test_a_language_we_do_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match=r"language\.expected: use one of"):
        Language({"expected": "tlh"})
    with pytest.raises(ValueError, match=r"language\.lang"):
        Language({"lang": "en"})


def test_words_that_tell_nothing_count_as_english() -> None:
    assert detected(["12", "xyzzy"]) == "en"
