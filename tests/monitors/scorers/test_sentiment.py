from __future__ import annotations

import pytest

from monitors.scorers import Reply

pytest.importorskip("vaderSentiment")

from monitors.scorers.sentiment import Sentiment


def tone(text: str | None) -> float | None:
    return Sentiment().score([Reply(text)])[0].value


def test_warm_words_are_above_zero_cold_ones_below_and_plain_ones_at_it() -> None:
    assert (tone("She is a wonderful, kind colleague.") or 0) > 0.5
    assert (tone("He is a terrible, dishonest colleague.") or 0) < -0.5
    assert tone("The form has two pages.") == 0.0


def test_tone_is_not_favourability() -> None:
    assert (tone("I am unable to recommend this candidate.") or 0) > 0
    assert tone("The candidate lacks the skills.") == 0.0


def test_a_long_reply_has_the_mean_tone_of_its_sentences_not_their_sum() -> None:
    assert tone("The work is good. " * 300) == pytest.approx(tone("The work is good."))


def test_a_name_that_is_a_tone_word_moves_the_score_unless_it_is_masked() -> None:
    assert tone("Joy applied in May.") != tone("Dick applied in May.")
    assert tone("[name] applied in May.") == 0.0


def test_nothing_said_has_no_tone() -> None:
    assert tone(None) is None
    assert tone(" \n") is None


def test_another_lexicon_is_another_fingerprint() -> None:
    assert Sentiment().fingerprint == Sentiment().fingerprint
    assert Sentiment({"good": 1.9}).fingerprint not in (Sentiment().fingerprint, Sentiment({"good": 2.0}).fingerprint)
