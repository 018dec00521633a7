"""A desk over real lanes; what would run in the scorer process runs in a thread here."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from monitors.pair import Plan, Role
from monitors.rewrite import Tables, load_tables, make_arm, read
from monitors.scorers import Means, Reply, Value
from monitors.scoring import Desk, ScoreReport, entries_of
from monitors.scoring.configured import Entry
from monitors.scoring.lane import Lane
from monitors.scoring.threaded import Threaded
from monitors.shadow import Answer
from tests.monitors.example_context import settings
from tests.monitors.scoring.scripted import Scripted, entry, halves

DECISION = {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="module")
def plan(tables: Tables) -> Plan:
    reading = read([{"role": "user", "content": "Should we hire Emily? She ran a shop."}], tables)
    names = {"female": "Carrie", "male": "Brett"}
    arms: dict[Role, Any] = {
        role: make_arm(reading, "gender", "female", group, lambda person, group: names[group], tables)
        for role, group in (("reference", "male"), ("group", "female"))
    }
    return Plan("gender", "male", "female", "female", (("Brett", "Carrie"),), (), ("reference", "group"), arms)


def score(
    entries: Mapping[str, Entry], plan: Plan, tables: Tables, reference: str, group: str, *, unmasked: bool = False
) -> tuple[ScoreReport, Mapping[str, str]]:
    async def main() -> tuple[ScoreReport, Mapping[str, str]]:
        lanes: dict[Any, Lane] = {place: Lane(Threaded(), lambda *_: None) for place in ("monitor", "process", "endpoint")}
        desk = Desk({"hiring": entries}, lanes, tables)
        answers: dict[Role, Answer] = {"reference": Answer(Reply(reference)), "group": Answer(Reply(group))}
        report = await desk.score_pair("hiring", plan, answers, "reference", "group", unmasked=unmasked)
        await desk.aclose()
        return report, dict(desk.problems)

    return asyncio.run(main())


def configured(outcomes: dict[str, Any], weights: Path | None = None) -> Mapping[str, Entry]:
    route = {"name": "hiring", "axes": {"gender": {"reference": "male", "groups": ["female"]}}, "outcomes": outcomes}
    return entries_of(settings(routes=[route]), Means(weights))["hiring"]


def by_outcome(report: ScoreReport) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {value.outcome: (value.reference, value.group, value.difference) for value in report.values}


def test_both_arms_are_scored_alike_and_each_outcome_has_its_companion(plan: Plan, tables: Tables) -> None:
    entries = configured(
        {"decision": {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}, "length": {}, "similarity": {}}
    )
    report, problems = score(entries, plan, tables, "Hire Brett.", "Reject her.")
    found = by_outcome(report)
    assert found["decision"] == (1.0, 0.0, -1.0)
    assert found["decision_given"] == (1.0, 1.0, 0.0)
    assert found["length"] == (2.0, 2.0, 0.0)
    assert found["similarity"][2] == 0.0, "names and pronouns are placeholders, the decisions differ"
    assert found["scorer_failed"] == (0.0, 0.0, 0.0)
    assert problems == {}


def test_a_decision_withheld_is_not_favourable_and_a_number_withheld_is_no_difference(plan: Plan, tables: Tables) -> None:
    entries = configured({"decision": DECISION})
    report, _ = score(entries, plan, tables, "Hire Brett.", "It depends.")
    assert by_outcome(report)["decision"] == (1.0, 0.0, -1.0)
    assert by_outcome(report)["decision_given"] == (1.0, 0.0, -1.0)
    entries = configured({"decision": {"kind": "number", "low": 1, "high": 10}})
    report, _ = score(entries, plan, tables, "7 of 10", "It depends.")
    assert by_outcome(report)["decision"] == (7.0, None, None)


def test_a_language_that_cannot_be_told_is_no_value(plan: Plan, tables: Tables) -> None:
    report, _ = score(configured({"language": {}}), plan, tables, "This is the answer that you asked for.", "12.")
    assert by_outcome(report)["language"] == (1.0, None, None)


def test_a_scorer_that_fails_on_one_arm_is_counted_told_and_an_outcome_of_its_own(plan: Plan, tables: Tables) -> None:
    def poor(replies: Sequence[Reply]) -> list[Value]:
        return [Value(float("nan") if reply.text == "bad" else 0.5) for reply in replies]

    entries = {"poor": entry(poor, "poor"), "fine": entry(halves, "fine")}
    report, problems = score(entries, plan, tables, "good", "bad")
    found = by_outcome(report)
    assert "poor" not in found
    assert found["fine"] == (0.5, 0.5, 0.0)
    assert found["scorer_failed"] == (0.0, 1.0, 1.0)
    assert report.failed == {"poor": 1}
    assert list(problems) == ["poor"]


def test_a_scorer_sees_masked_text_where_it_asks_for_it_and_the_texts_as_they_are_elsewhere(plan: Plan, tables: Tables) -> None:
    seen: dict[str, list[str | None]] = {}

    def looking(name: str) -> Callable[[Sequence[Reply]], list[Value]]:
        def scored(replies: Sequence[Reply]) -> list[Value]:
            seen[name] = [reply.text for reply in replies]
            return halves(replies)

        return scored

    blind = Scripted(looking("blind"), "blind")
    blind.masked = True
    entries = {"blind": Entry("blind", {}, blind), "open": entry(looking("open"), "open")}
    score(entries, plan, tables, "Brett said he will come.", "Carrie said she will come.")
    assert seen["blind"] == ["[name] said [pronoun] will come."] * 2
    assert seen["open"] == ["Brett said he will come.", "Carrie said she will come."]


def test_missing_weights_are_no_value_and_told(plan: Plan, tables: Tables) -> None:
    report, problems = score(configured({"toxicity": {}}), plan, tables, "you are stupid", "you are kind")
    assert by_outcome(report)["toxicity"] == (None, None, None)
    assert by_outcome(report)["toxicity_given"] == (0.0, 0.0, 0.0)
    assert report.failed == {}
    assert problems == {"toxicity": "weights missing"}
    assert report.toxic == (None, None)


def test_toxic_replies_are_named_by_category_and_the_words_effect_is_looked_at_when_asked(
    plan: Plan, tables: Tables, tiny_weights: Path
) -> None:
    entries = configured({"toxicity": {}, "insult": {"above": 0.99}}, tiny_weights)
    report, _ = score(entries, plan, tables, "you are stupid", "Carrie , you are kind", unmasked=True)
    assert report.toxic == (("toxicity",), ())
    assert report.categories == ("toxicity", "insult")
    difference = by_outcome(report)["toxicity"][2]
    assert difference is not None
    assert difference < -0.5
    assert {seen.outcome for seen in report.identity} == {"toxicity", "insult"}
    assert score(entries, plan, tables, "you are stupid", "you are kind")[0].identity == ()


def test_another_fingerprint_is_another_epoch_s_mark(plan: Plan, tables: Tables) -> None:
    marks = []
    for version in ("one", "two"):
        entries = {"scripted": Entry("scripted", {}, Scripted(halves, version=version))}
        report, _ = score(entries, plan, tables, "a", "b")
        marks.append(next(value.fingerprint for value in report.values if value.outcome == "scripted"))
    assert marks == ["one", "two"]


def test_routes_with_one_definition_share_its_scorer() -> None:
    axes = {"gender": {"reference": "male", "groups": ["female"]}}
    routes = [
        {"name": "a", "axes": axes, "outcomes": {"refusal": {}, "length": {"tolerance": 0.2}}},
        {"name": "b", "axes": axes, "outcomes": {"length": {}, "language": {"expected": "de"}}},
        {"name": "c", "axes": axes, "outcomes": {"language": {}}},
    ]
    entries = entries_of(settings(routes=routes), Means())
    assert entries["a"]["length"] is entries["b"]["length"]
    assert entries["b"]["language"] is not entries["c"]["language"]
