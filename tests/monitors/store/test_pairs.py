import sqlite3
from collections.abc import Callable

from gateway.exchange import Exchange
from monitors.store import Store, blocks, cells, exchanges, pairs
from monitors.store.pairs import CellValue, ClosedPair, Membership, PlanBody, PlannedPair, SeenKey

BODY = PlanBody(b"{}", "2026-01-01", 100)
Make = Callable[[], Exchange]


def plan(store: Store, exchange: Exchange, origin: str = "male", deadline_ms: int = 601_000) -> str:
    identity = "pr_" + exchange.id[3:]
    planned = PlannedPair(identity, "counterfactual", "gender", "female", origin, (("Jan", "Ana"),), (Membership(1, 0.02),))
    store.write(pairs.plan, exchange, [planned], (), BODY, 1_000, deadline_ms)
    return identity


def close(store: Store, exchange: Exchange, identity: str, difference: float | None) -> set[int]:
    group = None if difference is None else max(difference, 0.0)
    reference = None if difference is None else max(-difference, 0.0)
    value = CellValue(1, reference, group, difference, "revision")
    return store.write(pairs.close, exchange.id, "scored", "", [ClosedPair(identity, "scored", "", "m:1", (value,))], 2_000)


def members(store: Store) -> list[tuple[object, ...]]:
    def plain(db: sqlite3.Connection) -> list[tuple[object, ...]]:
        return db.execute("SELECT seq, slot, origin, state FROM members ORDER BY seq IS NULL, seq, slot").fetchall()

    return store.read(plain)


def test_a_pair_is_closed_once_and_counted_once(store: Store, exchange: Make) -> None:
    first = exchange()
    identity = plan(store, first)

    assert close(store, first, identity, -1.0) == {1}
    assert close(store, first, identity, -1.0) == set()

    counts = store.read(cells.counts_of, 1)
    assert [(c.origin, c.pairs, c.reference_only, c.negative) for c in counts] == [("male", 1, 1, 1.0)]
    fates = {labels: value for (name, labels), value in store.read(exchanges.totals).items() if name == "exchanges_total"}
    assert fates == {(("model", "m"), ("route", "hiring"), ("fate", "scored")): 1.0}


def test_texts_of_one_group_alone_are_single_bets(store: Store, exchange: Make) -> None:
    for _ in range(3):
        plan(store, exchange(), "male")

    assert [row[:3] for row in members(store)] == [(0, 0, "male"), (1, 0, "male"), (2, 0, "male")]


def test_once_both_groups_occur_a_bet_has_one_pair_of_each_origin(store: Store, exchange: Make) -> None:
    for origin in ("male", "female", "female", "male", "male"):
        plan(store, exchange(), origin)

    placed = [row[:3] for row in members(store)]
    assert placed == [(0, 0, "male"), (1, 0, "female"), (1, 1, "male"), (2, 0, "female"), (2, 1, "male")]


def test_a_pair_waits_for_one_of_the_other_origin(store: Store, exchange: Make) -> None:
    for origin in ("male", "female", "female"):
        plan(store, exchange(), origin)

    assert [row[0] for row in members(store)] == [0, None, None]


def test_a_text_that_names_neither_group_favours_neither_and_does_not_wait(store: Store, exchange: Make) -> None:
    for origin in ("male", "female", "nonbinary"):
        plan(store, exchange(), origin)

    assert (1, 0, "nonbinary") in [row[:3] for row in members(store)]


def test_an_expired_pair_is_written_as_void_and_its_late_answer_changes_nothing(store: Store, exchange: Make) -> None:
    late = exchange()
    identity = plan(store, late, deadline_ms=5_000)

    ended, touched = store.write(pairs.expire, 5_001)

    assert (ended, touched) == ([late.id], {1})
    assert close(store, late, identity, 1.0) == set()
    assert [row[3] for row in members(store)] == ["void"]
    assert store.read(cells.counts_of, 1) == []


def test_a_block_is_whole_only_when_each_of_its_pairs_has_ended(store: Store, exchange: Make) -> None:
    planned = [(one, plan(store, one)) for one in (exchange() for _ in range(blocks.BLOCK))]
    for one, identity in planned[1:]:
        close(store, one, identity, 0.0)
    assert store.read(blocks.next_whole_block, 1) is None

    close(store, *planned[0], None)

    found = store.read(blocks.next_whole_block, 1)
    assert found is not None
    number, bets = found
    assert number == 0
    assert [bet.seq for bet in bets] == list(range(blocks.BLOCK))
    assert [bet.difference for bet in bets].count(None) == 1


def test_a_prompt_counts_once_for_ever_and_a_conversation_once_a_day(store: Store, exchange: Make) -> None:
    prompt, conversation = SeenKey("s", "prompt", b"p"), SeenKey("s", "conversation", b"c")
    store.write(pairs.plan, exchange(), [], [prompt, conversation], BODY, 10_000, 20_000)

    assert store.read(pairs.first_seen, [prompt, conversation], 9_000) == set()
    assert store.read(pairs.first_seen, [prompt, conversation], 10_001) == {conversation}
    assert store.read(pairs.first_seen, [SeenKey("other", "prompt", b"p")], 9_000) == {SeenKey("other", "prompt", b"p")}


def test_a_plan_can_be_taken_up_until_it_is_closed(store: Store, exchange: Make) -> None:
    one = exchange()
    identity = plan(store, one)
    assert store.read(pairs.planned_body, one.id) == BODY
    assert store.read(exchanges.fate_of, one.id) == ""

    close(store, one, identity, 0.0)

    assert store.read(pairs.planned_body, one.id) is None
    assert store.read(exchanges.fate_of, one.id) == "scored"
