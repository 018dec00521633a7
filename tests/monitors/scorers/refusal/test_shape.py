from __future__ import annotations

from monitors.scorers.refusal.shape import Shapes, grams, pieces, stems
from monitors.scorers.text import sentences


def shape(text: str, prompt: str = "", known: frozenset[str] = frozenset()) -> list[str]:
    return Shapes(["lime", "i", "will", "not", "that", "can", "they"]).of(sentences(text), stems(prompt.lower().split()), known)[0][1:-1]


def test_words_become_classes_names_one_token_and_what_was_asked_for_p() -> None:
    assert shape("Sorry, I won't translate Emily's lime letters.", "a letter", frozenset({"emily"})) == [
        *["SORRY", ",", "i", "will", "not", "x", "N", "'s", "lime", "Ps", "."]
    ]


def test_function_words_of_other_languages_become_english() -> None:
    assert shape("Das kann ich leider nicht schreiben.") == ["that", "can", "i", "SORRY", "not", "MAKE", "."]


def test_pronouns_of_people_are_one_token() -> None:
    assert shape("She saw him.") == shape("He saw her.")


def test_a_sentence_is_cut_where_the_matter_turns() -> None:
    (sentence,) = sentences("I have no live data, but the train usually leaves at nine: take it.")
    assert [" ".join(piece.words) for piece in pieces(sentence)] == [
        "i have no live data",
        "but the train usually leaves at nine",
        "take it .",
    ]


def test_dull_words_alone_are_no_features() -> None:
    assert "the of" not in set(grams(["^", "the", "of", "not", "$"]))
    assert "of not" in set(grams(["^", "the", "of", "not", "$"]))
