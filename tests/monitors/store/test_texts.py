from collections.abc import Callable

import orjson

from gateway.exchange import Exchange
from monitors.store import Store, pairs, texts
from monitors.store.pairs import CellValue, ClosedPair, Membership, PlanBody, PlannedPair

BODY = orjson.dumps({"reference_text": "", "group_text": "", "reference_reply": "", "group_reply": "", "edits": []})


def keep(store: Store, exchange: Exchange, difference: float) -> str:
    """A scored pair of this difference whose text is kept; its id."""
    identity = "pr_" + exchange.id[3:]
    planned = PlannedPair(identity, "counterfactual", "gender", "female", "male", (("Jan", "Ana"),), (Membership(1, 0.02),))
    store.write(pairs.plan, exchange, [planned], (), PlanBody(b"{}", "2026-01-01", 0), 1_000, 601_000)
    closed = ClosedPair(identity, "scored", "", "m:1", (CellValue(1, 0.0, 0.0, difference, "one"),))
    store.write(pairs.close, exchange.id, "scored", "", [closed], 2_000)
    store.write(texts.keep, closed, BODY, "all", 2_000)
    return identity


def test_first_come_two_pairs_of_each_direction_and_one_at_random(store: Store, exchange: Callable[[], Exchange]) -> None:
    sizes = [0.9, 0.8, 0.7, 0.6, -0.5, -0.4, -0.3, *[0.0] * 10]
    ids = {keep(store, exchange(), size): size for size in sizes}

    shown = store.read(texts.pair_views, 1, 20)

    assert [view.difference for view in shown[:4]] == [-0.5, 0.9, -0.4, 0.8]
    others = {identity for identity, size in ids.items() if size in (0.7, 0.6, -0.3, 0.0)}
    assert shown[4].pair_id == min(others), "ids are hashes: the least is one at random"
    assert {view.pair_id for view in shown} == set(ids)
    assert [view.pair_id for view in store.read(texts.pair_views, 1, 5)] == [view.pair_id for view in shown[:5]]


def test_a_cell_with_one_direction_shows_it_and_then_the_others(store: Store, exchange: Callable[[], Exchange]) -> None:
    for size in (0.2, 0.9, 0.0):
        keep(store, exchange(), size)

    assert [view.difference for view in store.read(texts.pair_views, 1, 5)] == [0.9, 0.2, 0.0]
    assert store.read(texts.pair_views, 2, 5) == []
