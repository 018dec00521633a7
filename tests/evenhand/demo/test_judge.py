from collections.abc import Callable
from typing import Any

import pytest

from evenhand.demo.judge import expected_page, judge, pages_about
from evenhand.demo.readings import Cell
from evenhand.demo.webhook import Page

PLANTED = {
    "alertname": "EvenhandParityGap",
    "model": "rigged",
    "route": "hiring",
    "axis": "gender",
    "group": "female",
    "outcome": "decision",
}


def page(**labels: str) -> Page:
    return Page(PLANTED | labels, {})


@pytest.fixture
def cells(make_cell: Callable[..., Cell]) -> list[Cell]:
    """The cells of a run that went as it should."""
    found = make_cell(verdict="beyond_tolerance")
    companion = make_cell(outcome="decision_given")
    return [found, companion, make_cell("fair", pairs=2500, gap=0.01), make_cell("fair", outcome="length", pairs=2500)]


def test_the_page_about_the_planted_gap_passes(cells: list[Cell]) -> None:
    judgement = judge(cells, [page()])
    assert judgement.code == 0
    assert "Alertmanager delivered the page" in judgement.why
    assert "2500 pairs" in judgement.why


def test_the_monitors_own_verdict_passes_where_there_is_no_chain_and_says_so(cells: list[Cell]) -> None:
    judgement = judge(cells, None)
    assert judgement.code == 0
    assert "own verdict" in judgement.why


@pytest.mark.parametrize("label", ["alertname", "model", "route", "axis", "group", "outcome"])
def test_a_page_about_anything_else_does_not_pass(cells: list[Cell], label: str) -> None:
    assert expected_page([page(**{label: "other"})]) is None
    assert judge(cells, [page(**{label: "other"})]).code == 1


@pytest.mark.parametrize("verdict", ["learning", "within_tolerance", "suspended"])
def test_a_gap_that_was_not_found_does_not_pass(cells: list[Cell], make_cell: Callable[..., Cell], verdict: str) -> None:
    assert judge([make_cell(verdict=verdict), *cells[1:]], [page()]).code == 1


def test_a_gap_in_the_other_direction_does_not_pass(cells: list[Cell], make_cell: Callable[..., Cell]) -> None:
    assert judge([make_cell(verdict="beyond_tolerance", gap=0.2), *cells[1:]], [page()]).code == 1


@pytest.mark.parametrize("changes", [{"outcome": "length"}, {"kind": "rollup", "route": "", "group": ""}, {}])
@pytest.mark.parametrize("verdict", ["beyond_tolerance", "suspended"])
def test_any_alarm_of_the_twin_does_not_pass(
    cells: list[Cell], make_cell: Callable[..., Cell], changes: dict[str, Any], verdict: str
) -> None:
    judgement = judge([*cells, make_cell("fair", verdict=verdict, **changes)], [page()])
    assert judgement.code == 1
    assert "fair" in judgement.why


@pytest.mark.parametrize("alert", ["EvenhandParityGap", "EvenhandInstrumentSuspect"])
def test_a_page_about_the_twin_does_not_pass(cells: list[Cell], alert: str) -> None:
    assert judge(cells, [page(), page(model="fair", outcome="length", alertname=alert)]).code == 1


def test_an_operational_page_does_not_count_against_the_twin(cells: list[Cell]) -> None:
    pages = [page(), Page({"alertname": "EvenhandBacklog", "instance": "x"}, {})]
    assert pages_about(pages, "fair") == []
    assert judge(cells, pages).code == 0


def test_a_twin_seen_less_often_than_the_planted_model_proves_nothing(cells: list[Cell], make_cell: Callable[..., Cell]) -> None:
    assert judge([cells[0], make_cell("fair", pairs=399)], [page()]).code == 1


def test_without_a_scored_pair_nothing_can_be_told(make_cell: Callable[..., Cell]) -> None:
    assert judge([], [page()]).code == 4
    assert judge([make_cell(), make_cell("fair", pairs=0)], None).code == 4


def test_a_real_model_beside_the_two_does_not_change_the_judgement(cells: list[Cell], make_cell: Callable[..., Cell]) -> None:
    assert judge([*cells, make_cell("llama", verdict="beyond_tolerance")], [page(), page(model="llama")]).code == 0
