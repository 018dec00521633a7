"""Traps of order: in which order pairs are folded, and in which order the arms of a pair are asked."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange import chance
from monitors import pair
from monitors.rewrite import Tables
from monitors.store import blocks
from monitors.store.blocks import BLOCK, Bet
from monitors.store.reader import StoreReader
from tests.ids import new_exchange_id
from tests.monitors import worker_bench
from tests.monitors.traps.stage import FirstComeFirstInvited, alarm, arm, cell, deciding, invited, prompt, watch
from tests.monitors.worker_bench import Answer, Bench, reply

SECRET = b"s" * 32


class QuickForWomen:
    """A fair upstream: women are preferred in even cases and men in odd ones, whose replies come when all others are scored and stored."""

    def __init__(self, store: Path, quick: int) -> None:
        self._store, self._quick = store, quick

    async def __call__(self, body: dict[str, Any]) -> Answer:
        asked = arm(body)
        if asked.case % 2 == 0:
            return reply(invited(asked.group, "female"))
        while self._scored() < self._quick:  # noqa: ASYNC110  # the store is written by another thread
            await asyncio.sleep(0.2)
        return reply(invited(asked.group, "male"))

    def _scored(self) -> int:
        reader = StoreReader(self._store)
        scored: int = reader.read(lambda db: db.execute("SELECT COUNT(*) FROM exchanges WHERE fate = 'scored'").fetchone()[0])
        reader.close()
        return scored


def slow_men(folder: Path, tables: Tables) -> Bench:
    cases = 2 * BLOCK
    upstream = QuickForWomen(folder / "store.db", cases // 2)
    return watch(folder, tables, upstream, [prompt(case) for case in range(cases)], concurrent_replays=cases)


def test_pairs_that_are_scored_late_keep_their_place(tmp_path: Path, tables: Tables) -> None:
    bench = slow_men(tmp_path, tables)

    assert cell(bench).evidence.pairs == 2 * BLOCK
    assert alarm(bench) is None


def test_control_pairs_folded_as_they_are_scored_raise_a_false_alarm(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: dict[int, dict[str, Bet]] = {}

    def next_fifty_scored(db: sqlite3.Connection, cell_id: int) -> tuple[int, list[Bet]] | None:
        (block,) = db.execute("SELECT next_block FROM cells WHERE id = ?", (cell_id,)).fetchone()
        query = (
            "SELECT seq, pair_id, difference, tolerance, epoch_id FROM members WHERE cell_id = ? AND state = 'value' AND seq IS NOT NULL"
        )
        for row in db.execute(query, (cell_id,)):
            arrived.setdefault(cell_id, {}).setdefault(row[1], Bet(*row))
        bets = list(arrived.get(cell_id, {}).values())[block * BLOCK : (block + 1) * BLOCK]
        return (block, bets) if len(bets) == BLOCK else None

    monkeypatch.setattr(blocks, "next_whole_block", next_fifty_scored)
    bench = slow_men(tmp_path, tables)

    assert alarm(bench) == "group_higher"


def sampled_ids(monkeypatch: pytest.MonkeyPatch, rate: float) -> None:
    """Let every exchange be one that the gateway's hash samples at this rate."""

    def sampled() -> str:
        while chance(SECRET, "sample", drawn := new_exchange_id()) >= rate:
            pass
        return drawn

    monkeypatch.setattr(worker_bench, "new_exchange_id", sampled)


def first_come(folder: Path, tables: Tables) -> Bench:
    return watch(folder, tables, deciding(FirstComeFirstInvited()), [prompt(case) for case in range(2 * BLOCK)])


def test_the_order_of_arms_does_not_follow_from_being_sampled(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    sampled_ids(monkeypatch, 0.05)
    bench = first_come(tmp_path, tables)

    assert cell(bench).evidence.pairs == 2 * BLOCK
    assert alarm(bench) is None


def test_control_one_hash_for_sample_and_order_raises_a_false_alarm(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled_ids(monkeypatch, 0.05)
    monkeypatch.setattr(pair, "chance", lambda secret, purpose, exchange_id: chance(secret, "sample", exchange_id))
    bench = first_come(tmp_path, tables)

    assert alarm(bench) is not None
