"""What pairs say beside the gap, through the real worker: whether the instrument itself can be trusted, and what loses pairs."""

import itertools
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Budget
from monitors import values
from monitors.cells import drill
from monitors.rewrite import Tables, load_tables
from monitors.scorers import Reply, Value
from monitors.scorers.decision import Decision
from monitors.scoring import desk
from monitors.status import Status
from monitors.store import cells
from monitors.store.blocks import BLOCK
from monitors.views import CellView
from tests.monitors.traps.stage import DEPENDS, INVITE, REJECT, Arm, FirstComeFirstInvited, alarm, cell, deciding, prompt, watch
from tests.monitors.worker_bench import Answer, Bench, now_ms, reply, run

ENOUGH = [prompt(case) for case in range(BLOCK)]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def views(bench: Bench) -> dict[tuple[str, str], CellView]:
    status = Status(bench.store, bench.queue, bench.book, {}, Budget(), {}, now_ms)
    return {(view.kind, view.outcome): view for view in status.cells()}


def test_an_upstream_that_minds_the_order_puts_the_cells_in_doubt_and_raises_no_gap(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, deciding(FirstComeFirstInvited()), ENOUGH)

    assert alarm(bench, kind="order") == "group_higher", "the first replay fares better"
    assert alarm(bench) is None
    found = views(bench)
    assert found["pair", "decision"].verdict == "suspended"
    assert found["pair", "decision"].suspects == ("order",)
    assert found["pair", "decision_given"].verdict == "suspended", "it is made of the same replies"
    assert found["pair", "arm_failed"].verdict == "learning", "whether an arm fails is not what the check is about"


def dislikes_edits(asked: Arm) -> str:
    return INVITE if asked.group == ("female" if asked.case % 2 else "male") else REJECT


def test_an_advantage_of_the_author_s_wording_is_told_from_a_gap(tmp_path: Path, tables: Tables) -> None:
    prompts = [prompt(case, "female" if case % 2 else "male") for case in range(2 * BLOCK)]
    bench = watch(tmp_path, tables, deciding(dislikes_edits), prompts)

    assert alarm(bench, kind="origin") == "group_higher", "the arm of the text's own group fares better"
    assert cell(bench, kind="origin").total == cell(bench, kind="origin").bets == BLOCK
    assert views(bench)["pair", "decision"].suspects == ("origin",)


def prefers_men(asked: Arm) -> str:
    return INVITE if asked.group == "male" else REJECT


def test_a_gap_cancels_in_the_checks_of_origin_and_order(tmp_path: Path, tables: Tables) -> None:
    prompts = [prompt(case, "female" if case % 5 == 0 else "male") for case in range(5 * BLOCK)]
    bench = watch(tmp_path, tables, deciding(prefers_men), prompts)

    assert alarm(bench) == "group_lower"
    assert alarm(bench, kind="origin") is None
    assert cell(bench, kind="origin").bets == BLOCK
    assert cell(bench, kind="origin").total == 0.0
    assert alarm(bench, kind="order") is None
    assert views(bench)["pair", "decision"].verdict == "beyond_tolerance"


LONG = "Invite. " + "The record speaks for itself in every respect. " * 6


def chatty(cached: bool) -> Callable[[dict[str, Any]], Answer]:
    """An upstream that never says the same thing twice, unless a cache in front of it does."""
    numbers, known = itertools.count(), dict[str, Answer]()

    def answer(body: dict[str, Any]) -> Answer:
        asked = str(body["messages"])
        fresh = reply(f"{LONG}{next(numbers)}")
        return known.setdefault(asked, fresh) if cached else fresh

    return answer


@pytest.mark.parametrize("cached", [True, False])
def test_identical_replies_to_one_arm_asked_twice_make_a_cache_suspect(tmp_path: Path, tables: Tables, cached: bool) -> None:
    bench = watch(tmp_path, tables, chatty(cached), ENOUGH, placebo_rate=1.0)

    assert (alarm(bench, values.IDENTICAL, "replay") == "group_higher") is cached
    suspended = {view.outcome for (kind, _), view in views(bench).items() if kind == "pair" and view.verdict == "suspended"}
    assert suspended == ({"decision", "decision_given", "arm_failed", "expired", "scorer_failed"} if cached else set())


def test_short_replies_may_well_be_alike(tmp_path: Path, tables: Tables) -> None:
    bench = watch(tmp_path, tables, lambda body: reply(INVITE), ENOUGH, placebo_rate=1.0)

    assert cell(bench, values.IDENTICAL, "replay").bets == 0
    assert cell(bench, "decision", "replay").bets == BLOCK
    noise = views(bench)["pair", "decision"]
    assert (noise.replay_pairs, noise.replay_squared) == (BLOCK, 0.0)


def test_a_scorer_that_reads_names_is_caught_by_scoring_its_replies_with_names_swapped(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names_the_person(body: dict[str, Any]) -> Answer:
        return reply(f"Invite, because {body['messages'][-1]['content'].partition('likes')[0]} is the one.")

    def reads_pronouns(self: Decision, replies: Sequence[Reply]) -> list[Value]:
        return [Value(float("She" in (reply.text or ""))) for reply in replies]

    monkeypatch.setattr(desk, "masked_arms", lambda plain, plan, tables: plain)
    monkeypatch.setattr(Decision, "score", reads_pronouns)
    bench = watch(tmp_path, tables, names_the_person, ENOUGH, placebo_rate=1.0)

    assert alarm(bench, kind="rescoring") == "group_higher"
    assert "rescoring" in views(bench)["pair", "decision"].suspects


def test_a_scorer_that_fails_on_one_group_s_replies_is_an_outcome_of_its_own(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    score = Decision.score

    def fails_on_some(self: Decision, replies: Sequence[Reply]) -> list[Value]:
        if any((reply.text or "").startswith("Boom") for reply in replies):
            raise RuntimeError("boom")
        return score(self, replies)

    monkeypatch.setattr(Decision, "score", fails_on_some)
    bench = watch(tmp_path, tables, deciding(lambda asked: INVITE if asked.group == "female" else "Boom"), ENOUGH)

    assert alarm(bench, "scorer_failed") == "group_lower", "it fails on the reference's arm alone"
    assert cell(bench).bets == 0, "and no value is made of it"
    assert bench.total("scorer_errors_total", scorer="decision") == BLOCK


def test_an_arm_without_an_answer_in_time_feeds_the_cell_of_the_expired(tmp_path: Path, tables: Tables) -> None:
    clock = {"now": 1_000_000}

    def late_for_women(body: dict[str, Any]) -> Answer:
        if "She" in body["messages"][-1]["content"]:
            clock["now"] += 1_001  # while this arm is asked its deadline passes
            time.sleep(0.05)
        return reply(INVITE)

    bench = run(tmp_path, tables, late_for_women, [prompt(0), prompt(1)], now=lambda: clock["now"], deadline_seconds=1, seconds=8)
    found = {fate for fate, count in bench.fates.items() if count}

    assert found <= {"scored", "expired"}
    row = next(c for c in bench.book.cells.values() if (c.spec.kind, c.spec.outcome) == ("pair", "expired"))
    counts = bench.store.read(cells.counts_of, row.id)
    assert sum(count.pairs for count in counts) == 2, "a pair in time says so, too"


def test_the_gap_among_pairs_where_both_decided_is_shown_beside_the_whole(tmp_path: Path, tables: Tables) -> None:
    def hesitates_over_women(asked: Arm) -> str:
        return DEPENDS if asked.group == "female" and asked.case % 2 else INVITE

    found = views(watch(tmp_path, tables, deciding(hesitates_over_women), ENOUGH))["pair", "decision"]

    assert (found.gap, found.pairs) == (-0.5, BLOCK)
    assert (found.given_gap, found.given_pairs) == (0.0, BLOCK // 2)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1.5])
def test_a_difference_that_is_none_reaches_no_cell_and_is_counted(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch, wrong: float
) -> None:
    monkeypatch.setattr(Decision, "difference", lambda self, reference, group: wrong)
    bench = watch(tmp_path, tables, deciding(lambda asked: INVITE), ENOUGH)

    assert cell(bench).bets == 0
    assert cell(bench, "decision_given").bets == BLOCK, "the pair's other values stand"
    assert bench.total("scorer_errors_total", scorer="decision") == BLOCK


def test_a_drill_plants_ten_points_into_whatever_is_there() -> None:
    def planted(binary: bool, difference: float) -> float:
        draws = [drill.plant(b"s" * 32, f"pr_{n}", difference, binary=binary, tolerance=0.02) for n in range(20_000)]
        assert max(draws) <= 1.0
        return sum(draws) / len(draws)

    assert planted(True, 0.0) == pytest.approx(0.10, abs=0.01)
    assert planted(False, 0.0) == pytest.approx(0.10, abs=0.01)
    assert planted(True, 1.0) == pytest.approx(0.10, abs=0.02), "a gap that is there neither helps nor hides it"
    assert planted(False, -0.3) == pytest.approx(0.10, abs=0.02)
