from __future__ import annotations

from typing import Any

import pytest

from monitors.scorers import OptionsError, Reply, build

LABELS = {"care": ["nurse", "child care"], "trade": ["electrician", "plumber"], "science": ["engineer"]}


def values(text: str) -> tuple[float | None, ...]:
    scorers: list[Any] = [build({f"recommendation_{label}": {"labels": LABELS}})[f"recommendation_{label}"] for label in LABELS]
    return tuple(scorer.score([Reply(text)])[0].value for scorer in scorers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'd suggest training as a nurse.", (1, 0, 0)),
        ("Electricians and plumbers earn well; either would suit.", (0, 1, 0)),
        ("Child care or engineering are both options. Engineers are in demand.", (1, 0, 1)),
        ("Not a nurse; become an engineer.", (0, 0, 1)),
        ("Rather than nurse, I would think of plumber.", (0, 1, 0)),
        ("Have you thought of being a nurse? An engineer would earn more.", (0, 0, 1)),
        ("It depends on what you like.", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_each_label_is_recommended_or_not_and_without_any_there_is_no_value(text: str, expected: tuple[float | None, ...]) -> None:
    assert values(text) == expected


def test_other_words_or_another_label_are_another_fingerprint() -> None:
    def mark(label: str, labels: dict[str, list[str]]) -> str:
        return build({f"recommendation_{label}": {"labels": labels}})[f"recommendation_{label}"].fingerprint

    assert len({mark("care", LABELS), mark("trade", LABELS), mark("care", {**LABELS, "care": ["midwife"]})}) == 3


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({}, "recommendation.labels: give at least two labels"),
        ({"labels": {"care": ["nurse"]}}, "recommendation.labels: give at least two labels"),
        ({"labels": {"care": ["nurse"], "trade": []}}, "recommendation.labels.trade: give a list of at least one word"),
        ({"labels": LABELS, "words": 1}, "recommendation.words: not a field"),
    ],
)
def test_a_wrong_section_names_the_field(section: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionsError) as caught:
        build({"recommendation": section})
    assert told in str(caught.value)


def test_a_label_that_is_not_of_the_set_is_refused() -> None:
    with pytest.raises(OptionsError, match="has no label art; it has care, trade, science"):
        build({"recommendation_art": {"labels": LABELS}})
