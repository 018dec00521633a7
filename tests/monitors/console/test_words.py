from dataclasses import replace

import pytest

from monitors.console import words
from monitors.rewrite.validity import REASONS
from monitors.views import CONFIRMATIONS, Confirmation, NameLeftOut
from tests.monitors.example_views import DRILL, cell


@pytest.mark.parametrize(
    ("share", "said"), [(-0.2, "−20.0"), (0.034, "+3.4"), (0.0, "0.0"), (-0.0001, "0.0"), (0.0001, "0.0"), (None, "–"), (1.0, "+100.0")]
)
def test_a_share_is_said_in_points(share: float | None, said: str) -> None:
    assert words.points(share) == said


@pytest.mark.parametrize(("waited", "said"), [(0.0, "0 s"), (59.0, "59 s"), (90.0, "1.5 min"), (7200.0, "2.0 h"), (172800.0, "2.0 d")])
def test_waiting_is_said_in_a_fitting_unit(waited: float, said: str) -> None:
    assert words.seconds(waited) == said


def test_an_arm_without_a_value_is_not_said_to_be_zero() -> None:
    assert words.value(None, binary=True) == "no value"
    assert words.value(0.0, binary=True) == "no"
    assert words.value(0.25, binary=False) == "0.25"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("learning", "Too few pairs"), ("within_tolerance", "excluded for this name set"), ("suspended", "says nothing in either direction")],
)
def test_each_verdict_has_its_sentence(verdict: str, said: str) -> None:
    assert said in words.verdict_sentence(cell(verdict=verdict))


def test_the_direction_of_a_gap_is_that_of_the_group() -> None:
    assert "is higher for female" in words.verdict_sentence(cell(gap=0.1))
    assert "is lower for female" in words.verdict_sentence(cell(gap=-0.1))


def test_a_roll_up_is_named_as_one() -> None:
    whole = cell(kind="rollup", route="", group="")
    assert words.name(whole) == "support, all routes: decision, gender, every other group against male"


def test_what_silence_is_worth_is_said_as_a_plan_and_not_as_a_finding() -> None:
    assert (
        words.excludable(cell(smallest_excludable_gap=0.12))
        == "So many pairs exclude a gap above 12.0 points in half of all runs without one."
    )
    assert words.excludable(cell(smallest_excludable_gap=1.0)) == ""
    assert words.excludable(cell(smallest_excludable_gap=None)) == ""


def test_why_exchanges_were_skipped_is_said_in_words() -> None:
    def skipped(reason: str, count: float) -> tuple[tuple[str, tuple[tuple[str, str], ...]], float]:
        return ("skips_total", (("route", "hiring"), ("reason", reason), ("origin_group", "female"))), count

    fates = {
        ("exchanges_total", (("route", "hiring"), ("fate", fate))): count for fate, count in (("scored", 900.0), ("not_swappable", 1300.0))
    }
    said = words.coverage({**fates, **dict([skipped("leak", 1200.0), skipped("public_figure", 100.0)])})
    assert said == (
        " (41 % of 2,200 sampled exchanges with a mention; skipped: 1,200 with the name in an address or in code as well, "
        "100 about a known person)"
    )


def test_every_reason_has_words() -> None:
    assert set(words.SKIPS) == set(REASONS)


def test_a_suspended_cell_says_which_check_is_in_alarm() -> None:
    assert "the first replay fares otherwise" in words.verdict_sentence(cell(verdict="suspended", suspects=("order",)))


@pytest.mark.parametrize("state", CONFIRMATIONS)
def test_an_alarm_says_what_held_out_names_have_said(state: Confirmation) -> None:
    said = words.onset(cell(confirmation=state))
    assert said.endswith(words.CONFIRMATION_WORDS[state])
    assert said.count("onfirmed") >= 1


def test_the_extremes_without_one_name_are_said() -> None:
    view = cell(names_lowest=NameLeftOut("Jan/Ana", -0.25), names_highest=NameLeftOut("Bob/Bea", -0.15))
    assert words.left_out(view) == "Without Jan/Ana the gap is −25.0, without Bob/Bea −15.0."


def test_a_drill_says_whether_silence_means_something() -> None:
    going = replace(DRILL, detected=None, pairs_to_alarm=None)
    assert words.drill(going) == "none finished yet; half of all drills find 10.0 points within 312 pairs, 120 so far"
    assert words.drill(DRILL) == "found after 350 pairs; half of all drills find 10.0 points within 312 pairs"
    assert words.drill(replace(DRILL, detected=False)).startswith("missed, so silence says nothing now; an earlier one was found after 350")
    assert words.drill(replace(DRILL, detected=False, pairs_to_alarm=None)).startswith("missed, so silence says nothing now; half of")
