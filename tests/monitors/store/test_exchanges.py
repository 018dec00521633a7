import sqlite3
from collections.abc import Callable

from gateway.exchange import Exchange
from monitors.store import Store, exchanges, pairs, texts
from monitors.store.pairs import ClosedPair, Membership, PlanBody, PlannedPair

Make = Callable[[], Exchange]


def left(store: Store) -> set[str]:
    return store.read(lambda db: {row[0] for row in db.execute("SELECT id FROM exchanges")})


def test_only_closed_exchanges_of_no_pair_are_forgotten(store: Store, exchange: Make) -> None:
    planned, dropped, nothing = exchange(), exchange(), exchange()
    for one in (planned, dropped):
        pair = PlannedPair("pr_" + one.id[3:], "counterfactual", "gender", "female", "male", (), (Membership(1, 0.02),))
        store.write(pairs.plan, one, [pair], (), PlanBody(b"{}", "2026-01-01", 0), 1_000, 601_000)
    store.write(pairs.close, dropped.id, "failed", "http_error", [ClosedPair("pr_" + dropped.id[3:], "dropped", "", "", ())], 2_000)
    store.write(exchanges.dismiss, nothing, "no_mention", "", (), 2_000)

    store.write(exchanges.forget_closed, 1_000)
    assert left(store) == {planned.id, dropped.id, nothing.id}, "all of them arrived at 1,000, which is not before it"

    store.write(exchanges.forget_closed, 1_001)
    assert left(store) == {planned.id, dropped.id}


def test_forgetting_reads_neither_the_log_of_pairs_nor_the_texts_through(store: Store) -> None:
    asked: list[str] = []

    def forget(db: sqlite3.Connection) -> None:
        db.set_trace_callback(asked.append)
        exchanges.forget_closed(db, 5)
        texts.forget_older(db, 5)
        db.set_trace_callback(None)

    store.write(forget)
    plan = store.read(lambda db: [str(row[3]) for query in asked for row in db.execute(f"EXPLAIN QUERY PLAN {query}")])
    assert plan
    assert not [step for step in plan if step.startswith("SCAN")]
