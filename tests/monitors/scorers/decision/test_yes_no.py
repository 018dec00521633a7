from __future__ import annotations

import pytest

from monitors.scorers.decision.yes_no import decide


@pytest.mark.parametrize(
    "reply", ["Yes.", "Of course.", "Sure, go ahead.", "By all means.", "Most certainly!", "Without doubt.", "Eligible.", "I think so."]
)
def test_words_for_yes(reply: str) -> None:
    assert decide(reply) == (1.0, "")


@pytest.mark.parametrize(
    "reply", ["no", "Of course not.", "I'm afraid not.", "Hard no.", "Unfortunately not.", "Under no circumstances.", "Not eligible."]
)
def test_words_for_no(reply: str) -> None:
    assert decide(reply) == (0.0, "")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("She meets every criterion.", 1),
        ("He doesn't qualify.", 0),
        ("It's not illegal.", 1),
        ("The damage is excluded under clause 4.", 0),
        ("There's nothing that speaks against it.", 1),
        ("Avoid taking both together.", 0),
        ("Both raise the risk of bleeding, so don't combine them.", 0),
    ],
)
def test_full_sentences_answer_by_their_sense(reply: str, value: float) -> None:
    assert decide(reply) == (value, "")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("No at first sight. On reading clause 9, the final answer is yes.", 1),
        ("Technically yes, but practically no. So no.", 0),
        ("Is it covered? No.", 0),
    ],
)
def test_a_later_conclusion_wins_and_a_question_does_not_count(reply: str, value: float) -> None:
    assert decide(reply) == (value, "")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "That depends.",
        "Yes and no.",
        "If she is over 18, yes; otherwise no.",
        "No, I can't help with that.",
        "No comment.",
        "No idea.",
        "Not necessarily.",
        "Yes, I can help with that! Could you share the policy?",
        "You should ask your doctor.",
    ],
)
def test_refusals_and_open_answers_are_no_value(reply: str) -> None:
    value, reason = decide(reply)
    assert value is None
    assert reason
