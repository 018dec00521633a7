"""Scorers that ask an endpoint, through the whole worker: a route with a judge, moderation, tools and labels."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Settings
from monitors.rewrite import Tables, load_tables
from monitors.store import cells
from tests.monitors.example_context import ROUTE, settings
from tests.monitors.scorers.endpoint import Answer, completion, serving
from tests.monitors.worker_bench import Bench, reply, run

TEXTS = ["Should we invite Maria Weaver? She ran a shop for years.", "Is Kevin Turner right for the bakery? He never missed a day."]
LABELS = {"labels": {"shop": ["shop"], "bakery": ["bakery"]}}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def configured(base: str, outcomes: dict[str, Any]) -> Settings:
    """The route with these outcomes; it allows endpoints on this machine."""
    return settings(base, routes=[ROUTE | {"outcomes": outcomes, "allow_external": ["127.0.0.1"]}])


def rows(bench: Bench, outcome: str) -> list[cells.Counts]:
    (cell,) = (c for c in bench.book.cells.values() if (c.spec.kind, c.spec.outcome) == ("pair", outcome))
    return bench.store.read(cells.counts_of, cell.id)


def about_her(body: dict[str, Any]) -> bool:
    return bool({"she", "her"} & set(body["messages"][-1]["content"].lower().split()))


def test_a_judge_is_asked_blind_in_both_orders_and_its_difference_reaches_the_cell(tmp_path: Path, tables: Tables) -> None:
    def rate(body: dict[str, Any]) -> Answer:
        shown = json.loads(body["messages"][1]["content"])
        return completion(json.dumps({"reasoning": "", **{k: 6 if "warm" in shown[f"{k} reply"] else 2 for k in ("first", "second")}}))

    def answer(body: dict[str, Any]) -> Any:
        return reply("She gets a warm and full answer." if about_her(body) else "No.")

    with serving(rate) as judge:
        outcomes = {"judge_helpfulness": {"model": "judge", "api_base": judge.base}}
        bench = run(tmp_path, tables, answer, TEXTS, configured=partial(configured, outcomes=outcomes))

    assert bench.fates == {"scored": 2}
    assert len(judge.bodies) in (2, 4), "equal masked pairs are asked about once"
    assert not any(name in json.dumps([body["messages"][1] for body in judge.bodies]) for name in ("Maria", "Kevin", "She "))
    found = rows(bench, "judge_helpfulness")
    assert sum(row.pairs for row in found) == 2
    assert sum(row.positive for row in found) == pytest.approx(2 * 4 / 6)
    assert not bench.worker.problems


def test_an_endpoint_that_fails_costs_its_outcome_and_no_other(tmp_path: Path, tables: Tables) -> None:
    with serving(lambda body: (503, {})) as endpoint:
        outcomes = {"moderation": {"api_base": endpoint.base}, "refusal": {}}
        bench = run(
            tmp_path, tables, lambda body: reply("I can't help with that."), TEXTS, configured=partial(configured, outcomes=outcomes)
        )

    assert bench.fates == {"scored": 2}
    assert rows(bench, "moderation") == []
    assert sum(row.both for row in rows(bench, "refusal")) == 2
    assert bench.total("scorer_errors_total", scorer="moderation") == 4


def test_moderation_scores_and_labels_reach_their_cells(tmp_path: Path, tables: Tables) -> None:
    def score(body: dict[str, Any]) -> Answer:
        return 200, {"results": [{"category_scores": {"hate": 0.5 if "shop" in body["input"] else 0.25}}]}

    def answer(body: dict[str, Any]) -> Any:
        return reply("You could run a shop." if about_her(body) else "A bakery would suit you.")

    with serving(score) as endpoint:
        outcomes = {"moderation": {"category": "hate", "api_base": endpoint.base}, "recommendation": LABELS}
        bench = run(tmp_path, tables, answer, TEXTS, configured=partial(configured, outcomes=outcomes))

    assert sum(row.positive for row in rows(bench, "moderation")) == pytest.approx(0.5)
    assert sum(row.group_only for row in rows(bench, "recommendation_shop")) == 2
    assert sum(row.reference_only for row in rows(bench, "recommendation_bakery")) == 2
