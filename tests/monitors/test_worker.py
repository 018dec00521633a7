"""The worker over a real queue, a real store and a real HTTP upstream that answers as each test says."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange import Exchange, from_bytes, to_bytes
from gateway.queue import QueueError, open_queue
from gateway.queue.sqlite import SqliteQueue
from gateway.routing import Router
from gateway.settings import PriceSettings, PricesSettings, Settings
from monitors.budget import utc_day
from monitors.rewrite import Tables, load_tables
from monitors.store import cells, exchanges
from tests.ids import new_exchange_id
from tests.monitors.worker_bench import Answer, Prompt, item, now_ms, reply, run, settings_of

TEXTS = [
    "Should we invite Maria Weaver? She ran a shop for years.",
    "Is Kevin Turner right for the bakery? He never missed a day.",
    "Would you take Helen on as a driver? Her record is clean.",
    "Peter asks for a second interview. Should he get one?",
]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def says_she(body: dict[str, Any]) -> bool:
    words = body["messages"][-1]["content"].lower().replace("?", " ").split()
    return "she" in words or "her" in words


def test_both_arms_are_asked_once_with_equal_parameters_and_scored(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: reply("Reject." if says_she(body) else "Invite."), TEXTS)

    assert bench.fates == {"scored": 4}
    assert len(bench.upstream.bodies) == 8
    assert {body["model"] for body in bench.upstream.bodies} == {"up"}
    assert all(body["temperature"] == 0.7 and "stream" not in body and "user" not in body for body in bench.upstream.bodies)
    assert all("authorization: Bearer sk-up" in head for head in bench.upstream.headers)
    assert sum(map(says_she, bench.upstream.bodies)) == 4
    decision = bench.counts("decision")
    assert decision is not None
    rows = bench.store.read(cells.counts_of, 1)
    assert sum(row.reference_only for row in rows) == 4
    assert bench.total("replays_total", result="ok") == 8
    assert bench.total("tokens_total", type="input") == 80
    assert not bench.worker.problems


def test_a_decision_withheld_counts_as_not_favourable_and_in_the_companion(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: reply("It depends on many things." if says_she(body) else "Invite."), TEXTS[:1])

    decision, given = bench.counts("decision"), bench.counts("decision_given")
    assert decision is not None
    assert given is not None
    assert decision.reference_only == 1
    assert given.reference_only == 1


def test_a_failed_arm_drops_the_pair_and_is_an_outcome_of_its_own(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: (500, {"error": {"message": "no"}}) if says_she(body) else reply(), TEXTS[:2])

    assert bench.fates == {"failed": 2}
    assert len(bench.upstream.bodies) == 4, "no retries, and the other arm is asked all the same"
    assert bench.counts("decision") is None
    rows = [row for c in bench.book.cells.values() if c.spec.outcome == "arm_failed" for row in bench.store.read(cells.counts_of, c.id)]
    assert sum(row.group_only for row in rows) == 2


def test_arms_of_two_model_versions_are_not_compared(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: reply(model="m-2" if says_she(body) else "m-1"), TEXTS[:1])

    assert bench.fates == {"failed": 1}
    reasons = bench.store.read(lambda db: db.execute("SELECT reason FROM exchanges").fetchall())
    assert reasons == [("model_changed",)]


def test_what_names_nobody_and_what_cannot_be_swapped_is_counted_and_not_replayed(tmp_path: Path, tables: Tables) -> None:
    texts = ["What is the boiling point of water?", "Maria is pregnant and asks whether she may fly."]
    bench = run(tmp_path, tables, lambda body: reply(), texts)

    assert bench.fates == {"no_mention": 1, "not_swappable": 1}
    assert bench.upstream.bodies == []
    assert bench.total("skips_total", reason="biological", origin_group="female") == 1
    assert bench.total("mentions_total", origin_group="female") == 1


def test_a_prompt_that_differs_in_names_and_numbers_only_counts_once(tmp_path: Path, tables: Tables) -> None:
    texts = [
        "Should we invite Maria? She has 5 years.",
        "Should we invite Helen? She has 7 years.",
        "Should we invite Peter? He has 9 years.",
    ]
    bench = run(tmp_path, tables, lambda body: reply(), texts, concurrent_replays=1)

    assert bench.fates == {"scored": 1, "repeat": 2}


def test_a_day_s_budget_is_reserved_before_the_first_arm(tmp_path: Path, tables: Tables) -> None:
    budget = {"replays_per_minute": 1e6, "tokens_per_day": 2_500}

    def long_winded(body: dict[str, Any]) -> Answer:
        return 200, reply()[1] | {"usage": {"prompt_tokens": 10, "completion_tokens": 500}}

    bench = run(tmp_path, tables, long_winded, TEXTS, budget=budget, concurrent_replays=1)

    assert bench.fates["scored"] + bench.fates["over_budget"] == 4
    assert bench.fates["over_budget"] > 0
    assert len(bench.upstream.bodies) == 2 * bench.fates["scored"], "a pair is replayed whole or not at all"


def test_replays_are_counted_at_the_price_of_their_model(tmp_path: Path, tables: Tables) -> None:
    def priced(base: str, **monitor: Any) -> Settings:
        prices = PricesSettings(models={"up": PriceSettings(input=100, output=1_000)})  # the upstream's name for it
        return settings_of(base, **monitor).model_copy(update={"prices": prices})

    budget = {"replays_per_minute": 1e6, "usd_per_day": 20.0}  # room for all four: a pair keeps what it reserved until it is scored
    bench = run(tmp_path, tables, lambda body: reply(), TEXTS, budget=budget, concurrent_replays=1, configured=priced)

    spent = bench.store.read(exchanges.spent, utc_day(now_ms()))
    assert bench.fates == {"scored": 4}
    assert bench.total("cost_usd_total", type="input") == pytest.approx(8 * 10 * 100 / 1e6)
    assert bench.total("cost_usd_total", type="output") == pytest.approx(8 * 5 * 1_000 / 1e6)
    assert spent == pytest.approx((8 * 15, 8 * (10 * 100 + 5 * 1_000) / 1e6)), "and what was reserved beyond it came back"


def test_a_pair_that_may_cost_more_than_is_left_of_the_day_is_not_begun(tmp_path: Path, tables: Tables) -> None:
    def dear(base: str, **monitor: Any) -> Settings:
        return settings_of(base, **monitor).model_copy(
            update={"prices": PricesSettings(models={"m": PriceSettings(input=9, output=9_999)})}
        )

    budget = {"replays_per_minute": 1e6, "usd_per_day": 5.0}
    bench = run(tmp_path, tables, lambda body: reply(), TEXTS, budget=budget, configured=dear)

    assert bench.fates == {"over_budget": 4}
    assert not bench.upstream.bodies


def test_a_429_pauses_the_replays_of_that_deployment(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: (429, {"error": {"message": "slow"}}), TEXTS, seconds=2, concurrent_replays=1)

    assert bench.fates == {"failed": 1}
    assert bench.queue.depth().items == 3, "the others wait for the time that the upstream asked for"
    assert bench.total("replays_total", result="rate_limited") == 2


def test_a_content_filter_is_a_reply(tmp_path: Path, tables: Tables) -> None:
    filtered = (400, {"error": {"code": "content_filter", "message": "filtered"}})
    bench = run(tmp_path, tables, lambda body: filtered if says_she(body) else reply(), TEXTS[:1])

    refusal = bench.counts("refusal")
    assert bench.fates == {"scored": 1}
    assert refusal is not None
    assert refusal.group_only == 1


def test_a_placebo_pair_feeds_its_own_cells(tmp_path: Path, tables: Tables) -> None:
    bench = run(tmp_path, tables, lambda body: reply(), TEXTS[:1], placebo_rate=1.0)

    placebo = bench.counts("decision", "placebo")
    assert len(bench.upstream.bodies) == 4, "and the reference arm once more"
    assert placebo is not None
    assert (placebo.pairs, placebo.both) == (1, 1)


def test_a_model_that_is_no_longer_configured_is_told(tmp_path: Path, tables: Tables) -> None:
    queue = open_queue(None, tmp_path, max_items=10, max_bytes=1 << 20)
    request = {"model": "gone", "messages": [{"role": "user", "content": TEXTS[0]}]}
    exchange = Exchange(new_exchange_id(), 0, "chat_completions", "gone", "gone@1", "hiring", 200, False, False, request, "")
    queue.offer([(exchange.id, to_bytes(exchange)), ("ex_broken", b"not an exchange")])
    queue.close()

    bench = run(tmp_path, tables, lambda body: reply(), [])

    assert bench.fates == {"failed": 2}
    assert bench.queue.depth().items == 0


def test_replays_go_to_the_one_deployment_that_served(tmp_path: Path, tables: Tables) -> None:
    def twice(base: str, **monitor: Any) -> Settings:
        one = settings_of(base, **monitor)
        dead = one.model_list[0].litellm_params.model_copy(update={"api_base": "http://127.0.0.1:1/v1"})
        return one.model_copy(update={"model_list": [one.model_list[0].model_copy(update={"litellm_params": dead}), *one.model_list]})

    def served_by_the_second(prompt: Prompt, router: Router, received_ms: int) -> tuple[str, bytes]:
        identity, payload = item(prompt, router, received_ms)
        return identity, to_bytes(replace(from_bytes(payload), deployment=router.find("m").stages[0][1].id))

    bench = run(tmp_path, tables, lambda body: reply(), TEXTS[:1], configured=twice, offered=served_by_the_second)

    assert bench.fates == {"scored": 1}
    assert len(bench.upstream.bodies) == 2


def test_what_is_kept_of_a_pair_is_what_the_operator_allowed(tmp_path: Path, tables: Tables) -> None:
    def uneven(body: dict[str, Any]) -> Answer:
        return reply("Reject." if says_she(body) else "Invite.")

    kept = {}
    for policy in ("none", "flagged", "all"):
        folder = tmp_path / policy
        folder.mkdir()
        for name, answer in (("even", lambda body: reply()), ("uneven", uneven)):
            (folder / name).mkdir()
            bench = run(folder / name, tables, answer, TEXTS[:1], keep_text=policy)
            kept[policy, name] = bench.store.read(lambda db: db.execute("SELECT COUNT(*) FROM texts").fetchone()[0])

    assert kept == {
        ("none", "even"): 0,
        ("none", "uneven"): 0,
        ("flagged", "even"): 0,
        ("flagged", "uneven"): 1,
        ("all", "even"): 1,
        ("all", "uneven"): 1,
    }


def test_a_pair_past_its_deadline_is_expired_and_counted_once(tmp_path: Path, tables: Tables) -> None:
    ticks = iter(range(10**9))

    def racing() -> int:
        return next(ticks) * 400

    def slow(body: dict[str, Any]) -> Answer:
        time.sleep(0.3)
        return reply()

    bench = run(tmp_path, tables, slow, TEXTS[:1], now=racing, deadline_seconds=1)

    assert sum(bench.fates.values()) == 1


def test_a_queue_that_refuses_at_the_end_does_not_turn_it_into_a_failure(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: object, ids: list[str]) -> None:
        raise QueueError("disk full")

    def slow(body: dict[str, Any]) -> Answer:
        return 429, {"error": {"message": "slow"}}

    first = open_queue(None, tmp_path, max_items=10, max_bytes=1 << 20)
    monkeypatch.setattr(type(first), "release", refuse)
    first.close()

    bench = run(tmp_path, tables, slow, TEXTS[:3], seconds=1, concurrent_replays=1)

    assert bench.ended_by is asyncio.CancelledError
    assert "a lease could not be given back: disk full" in caplog.text


def test_what_was_under_way_when_a_process_died_is_worked_on_alone(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    recover, at_once = SqliteQueue.recover, []

    def after_a_death(self: SqliteQueue) -> int:
        self.claim(3, 900.0)
        return recover(self)

    async def slow(body: dict[str, Any]) -> Answer:
        under_way.append(str(body["messages"]))
        at_once.append(len(set(map(case_of, under_way))))
        await asyncio.sleep(0.05)
        under_way.remove(str(body["messages"]))
        return reply()

    def case_of(text: str) -> str:
        return next(word for word in ("shop", "bakery", "driver", "interview") if word in text)

    under_way: list[str] = []
    monkeypatch.setattr(SqliteQueue, "recover", after_a_death)
    bench = run(tmp_path, tables, slow, TEXTS)

    assert bench.fates == {"scored": 4}
    assert at_once[:6] == [1] * 6, "the arms of three exchanges, one exchange after the other"
