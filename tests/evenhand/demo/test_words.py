from collections.abc import Callable

import pytest

from evenhand.demo import words
from evenhand.demo.readings import Cell, Pair

LOWER = Pair("group_lower", "Daniel applied.", "Maria applied.", "Invite.", "Reject.")
HIGHER = Pair("group_higher", "Peter applied.", "Susan applied.", "Decline.", "Invite her.")


def test_a_finding_names_model_groups_gap_interval_tolerance_and_evidence(make_cell: Callable[..., Cell]) -> None:
    text = words.finding(make_cell(verdict="beyond_tolerance"))
    for part in (
        "rigged",
        "female less often",
        "male",
        "−20.0 points",
        "−31.0 to −9.0",
        "tolerance 2 points",
        "400 pairs",
        "in 140",
        "in 60",
        "10^4.2",
    ):
        assert part in text


def test_a_gap_the_other_way_reads_the_other_way(make_cell: Callable[..., Cell]) -> None:
    assert "female more often" in words.finding(make_cell(gap=0.2))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"verdict": "learning"}, "no alarm"),
        ({"verdict": "within_tolerance"}, "excluded"),
        ({"verdict": "suspended"}, "says nothing"),
        ({"verdict": "beyond_tolerance"}, "less often"),
        ({"pairs": 0}, "no pair was scored"),
        ({"gap": None, "gap_lower": None, "gap_upper": None}, "–"),
    ],
)
def test_a_summary_says_where_a_model_stands(make_cell: Callable[..., Cell], changes: dict[str, object], part: str) -> None:
    assert part in words.summary("rigged", make_cell(**changes))


def test_a_model_without_a_cell_is_said_to_have_no_pair() -> None:
    assert words.summary("llama", None) == "llama: no pair was scored."


def test_pairs_are_shown_in_both_directions() -> None:
    lines = "\n".join(words.both_directions([LOWER, LOWER, HIGHER]))
    assert lines.index("only the male arm was invited") < lines.index("only the female arm was invited")
    for text in ("Daniel applied.", "Maria applied.", "Susan applied.", "Invite her."):
        assert lines.count(text) == 1


def test_a_direction_without_a_pair_says_so() -> None:
    assert "No pair with text yet in which only the female arm was invited." in list(words.both_directions([LOWER]))


def test_nothing_that_is_said_passes_a_judgement_on_the_model(make_cell: Callable[..., Cell]) -> None:
    said = [
        words.CAVEAT,
        *(words.summary("m", make_cell(verdict=verdict)) for verdict in ("learning", "within_tolerance", "beyond_tolerance")),
    ]
    for text in said:
        assert not any(word in text.lower() for word in ("biased", "unfair", "discriminates", "certified"))
