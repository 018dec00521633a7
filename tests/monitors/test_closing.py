import asyncio
import threading
from pathlib import Path

from gateway.exchange import Exchange
from monitors import closing
from monitors.cells import Accumulator
from monitors.store import pairs
from monitors.store.blocks import BLOCK, Bet
from monitors.store.pairs import CellValue, ClosedPair, Membership, PlanBody, PlannedPair
from tests.ids import new_exchange_id
from tests.monitors.example_context import SECRET, context

CELL = ("pair", "m", "hiring", "gender", "female", "refusal")


def test_a_block_is_folded_onto_the_one_before_it_however_soon_it_comes(tmp_path: Path) -> None:
    clock = iter((1_000, 2_000))  # each look lets the last pair of one more block expire
    made = context(tmp_path, now_ms=lambda: next(clock))
    cell = made.book.find(CELL)
    assert cell is not None
    bets: list[Bet] = []
    for number in range(2 * BLOCK):
        last = number % BLOCK == BLOCK - 1
        exchange = Exchange(new_exchange_id(), 0, "chat_completions", "m", "m", "hiring", 200, False, False, {"model": "m"}, "")
        pair = PlannedPair("pr_" + exchange.id[3:], "counterfactual", "gender", "female", "male", (), (Membership(cell.id, 0.02),))
        deadline = 500 if number < BLOCK else 1_500
        made.store.write(pairs.plan, exchange, [pair], (), PlanBody(b"{}", "2026-01-01", 0), 0, deadline)
        value = CellValue(cell.id, 0.0, 1.0, 1.0, "one epoch")
        closed = [] if last else [ClosedPair(pair.pair_id, "scored", "", "m:1", (value,))]
        if closed:
            made.store.write(pairs.close, exchange.id, "scored", "", closed, 0)
        bets.append(Bet(number, pair.pair_id, None if last else 1.0, 0.02, 1))

    async def both_before_the_loop_looks() -> None:
        done = threading.Event()
        closes = [asyncio.create_task(closing.expire(made)) for _ in range(2)]
        await asyncio.sleep(0)  # both are with the store's thread now
        after = asyncio.create_task(made.store_thread.run(done.set))
        await asyncio.sleep(0)
        assert done.wait(10), "the loop stands still until the thread has gone through both"
        await asyncio.gather(*closes, after)

    asyncio.run(both_before_the_loop_looks())

    straight = Accumulator.begin(cell, made.book.options)
    for begin in (0, BLOCK):
        straight.fold(bets[begin : begin + BLOCK], SECRET)
    stored = made.store.read(lambda db: db.execute("SELECT state FROM snapshots WHERE cell_id = ?", (cell.id,)).fetchone()[0])
    assert stored == straight.snapshot()
    assert made.book.accumulators[cell.id].snapshot() == stored
    made.store.close()
