"""The forecast of a configuration: who gets how much alpha and how many pairs, and when a gap would be found."""

from typing import Any

import pytest

from gateway.settings import MonitorSettings, Settings
from monitors.declare import declared_cells
from monitors.outlook import HOURS_A_YEAR, Assumptions, Outlook, outlook, pace
from monitors.stats.planner import pairs_needed, sd_of_binary
from tests.monitors.worker_bench import settings_of

GENDER = {"gender": {"reference": "male", "groups": ["female"]}}
BOTH = GENDER | {"ethnicity": {"reference": "white", "groups": ["black", "hispanic", "asian"]}}
ANY: dict[str, float] = {"replays_per_minute": 10**6, "tokens_per_day": 10**9, "usd_per_day": 10**6}
ROUTES = [
    {"name": "hiring", "tier": "T2", "axes": BOTH, "outcomes": {"refusal": {}, "length": {"tolerance": 0.08}}},
    {"name": "chat", "tier": "T1", "axes": GENDER, "outcomes": {"refusal": {}}},
]


def forecast(assumed: Assumptions | None = None, **monitor: Any) -> tuple[Settings, MonitorSettings, list[Outlook]]:
    settings = settings_of("http://127.0.0.1:1/v1", **{"routes": ROUTES, "placebo_rate": 0.1} | monitor)
    assert settings.monitor is not None
    return settings, settings.monitor, outlook(settings, settings.monitor, assumed or Assumptions())


def of(rows: list[Outlook], kind: str, route: str, outcome: str) -> list[Outlook]:
    return [row for row in rows if (row.alike.kind, row.alike.route, row.alike.outcome) == (kind, route, outcome)]


def test_every_declared_cell_is_in_one_row_and_shares_sum_to_alpha() -> None:
    settings, monitor, rows = forecast()
    told = [cell for row in rows for cell in row.cells]
    assert sorted(told, key=lambda cell: cell.key) == sorted(declared_cells(settings), key=lambda cell: cell.key)
    assert sum(len(row.cells) * row.alike.alpha for row in rows) == pytest.approx(0.8 * monitor.alpha), "a fifth is kept for later"


def test_pairs_are_those_of_the_planner_at_the_cell_s_own_alpha() -> None:
    _, _, rows = forecast()
    (row,) = of(rows, "pair", "hiring", "refusal")
    assert len(row.cells) == 4
    assert row.alike.tolerance == 0.02
    for gap, pairs in row.pairs_until.items():
        assert pairs == pairs_needed(gap, 0.02, sd_of_binary(0.1, 0.6, gap), row.alike.alpha)
    (scores,) = of(rows, "pair", "hiring", "length")
    assert scores.pairs_until == {0.05: None, 0.10: pairs_needed(0.10, 0.08, 0.15, scores.alike.alpha)}


def test_a_gap_within_the_tolerance_is_never_found() -> None:
    _, _, rows = forecast()
    (row,) = of(rows, "pair", "chat", "refusal")
    assert row.alike.tolerance == 0.05
    assert row.pairs_until[0.05] is None
    assert row.pairs_until[0.10] is not None


def test_pairs_are_spread_evenly_and_a_roll_up_gets_those_of_all_its_cells() -> None:
    _, monitor, rows = forecast()
    total = pace(monitor, Assumptions()).pairs_per_hour
    (cell,) = of(rows, "pair", "hiring", "refusal")
    assert cell.alike.pairs_per_hour == pytest.approx(total / 5), "four groups of one route, one of the other"
    by_axis = {row.cells[0].axis: row.alike.pairs_per_hour for row in of(rows, "rollup", "", "refusal")}
    assert by_axis == {"gender": pytest.approx(total * 2 / 5), "ethnicity": pytest.approx(total * 3 / 5)}
    placebos = {row.cells[0].axis: row.alike.pairs_per_hour for row in of(rows, "placebo", "hiring", "refusal")}
    assert placebos == {"gender": pytest.approx(0.1 * total / 5), "ethnicity": pytest.approx(0.1 * total * 3 / 5)}


@pytest.mark.parametrize(
    ("budget", "assumed", "pairs", "by"),
    [
        ({**ANY, "replays_per_minute": 11}, Assumptions(), 300, "replays_per_minute"),
        ({**ANY, "tokens_per_day": 24 * 2_200}, Assumptions(tokens_per_replay=100), 10, "tokens_per_day"),
        (
            {"replays_per_minute": 10**6, "tokens_per_day": 10**9, "usd_per_day": 0.264},
            Assumptions(tokens_per_replay=100),
            50,
            "usd_per_day",
        ),
        (ANY, Assumptions(requests_per_hour=200), 4, "sample_rate"),
    ],
)
def test_the_pace_is_what_the_tightest_bound_allows(budget: dict[str, float], assumed: Assumptions, pairs: float, by: str) -> None:
    _, monitor, _ = forecast(budget=budget, sample_rate=0.02)
    found = pace(monitor, assumed)
    assert found.pairs_per_hour == pytest.approx(pairs)
    assert found.bound_by == by


def test_the_bound_for_a_year_grows_with_the_pairs_of_a_year_or_never() -> None:
    assumed = Assumptions(requests_per_hour=50 * 200_000 / HOURS_A_YEAR)  # 40,000 pairs a year in each of five cells
    _, _, rows = forecast(assumed, budget=ANY, sample_rate=0.02)
    (row,) = of(rows, "pair", "hiring", "refusal")
    assert row.false_alarm_a_year == pytest.approx(row.alike.alpha * (0.5 + 40_000 / 200_000))
    _, _, rows = forecast(assumed, alpha_budget="lifetime")
    assert all(row.false_alarm_a_year == row.alike.alpha for row in rows)


def test_an_outcome_without_direction_takes_no_alpha_and_is_not_forecast() -> None:
    shown = {**ROUTES[1], "outcomes": {"refusal": {}, "similarity": {}}}
    _, monitor, rows = forecast(routes=[shown])
    assert {row.alike.outcome for row in rows if row.alike.kind in ("pair", "placebo")} >= {"refusal", "similarity_given"}
    assert not [row for row in rows if row.alike.outcome == "similarity"]
    assert sum(len(row.cells) * row.alike.alpha for row in rows) == pytest.approx(0.6 * monitor.alpha), "one cell has no roll-up"


def test_checks_come_at_their_own_pace() -> None:
    _, monitor, rows = forecast()
    total = pace(monitor, Assumptions()).pairs_per_hour
    paces = {kind: of(rows, kind, "hiring", "refusal")[0].alike.pairs_per_hour for kind in ("order", "replay", "rescoring")}
    assert paces == {"order": pytest.approx(0.8 * total), "replay": pytest.approx(0.08 * total), "rescoring": pytest.approx(0.08 * total)}
    (identical,) = of(rows, "replay", "hiring", "identical")
    assert identical.alike.pairs_per_hour == paces["replay"]
    assert set(identical.pairs_until.values()) == {None}


def test_without_routes_there_is_nothing_to_expect() -> None:
    assert forecast(routes=[])[2] == []
