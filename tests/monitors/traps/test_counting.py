"""Traps of counting: prompts that come again, turns of one conversation, and several groups held against one reference reply."""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitors import planning
from monitors.cells import Accumulator, CellOptions
from monitors.declare import CellSpec
from monitors.rewrite import Tables
from monitors.store import pairs
from monitors.store.blocks import BLOCK, Bet
from monitors.store.cells import CellRow
from monitors.store.pairs import ClosedPair, PlannedPair, SeenKey
from tests.monitors.traps.stage import Arm, alarm, cell, deciding, invited, prompt, watch
from tests.monitors.worker_bench import Bench, Prompt


def count_everything(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Switch the guard off: every key of these kinds counts as new."""
    first_seen = pairs.first_seen

    def ignoring(db: sqlite3.Connection, keys: Sequence[SeenKey], day_ago_ms: int) -> set[SeenKey]:
        return first_seen(db, keys, day_ago_ms) | {key for key in keys if key.kind in kinds}

    monkeypatch.setattr(pairs, "first_seen", ignoring)


def even_cases_for_women(asked: Arm) -> str:
    """Temperature 0: a case gets the same replies each time; women are preferred in half of them, men in the others."""
    return invited(asked.group, "female" if asked.case % 2 == 0 else "male")


def one_prompt_again_and_again(folder: Path, tables: Tables) -> Bench:
    fresh = [prompt(case) for case in range(2 * BLOCK)]
    names = ["Maria", "Helen", "Laura", "Sarah", "Julia", "Anna", "Emma", "Alice", "Karen", "Diana"]
    popular = [prompt(0, name=name) for name in names * 10]  # the prompt key masks names
    return watch(folder, tables, deciding(even_cases_for_women), fresh + popular)


def test_a_popular_prompt_counts_once(tmp_path: Path, tables: Tables) -> None:
    bench = one_prompt_again_and_again(tmp_path, tables)

    assert bench.fates == {"scored": 2 * BLOCK, "repeat": 100}
    assert cell(bench).evidence.pairs == 2 * BLOCK
    assert alarm(bench) is None


def test_control_a_popular_prompt_that_counts_each_time_raises_a_false_alarm(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_everything(monkeypatch, "prompt", "conversation")
    bench = one_prompt_again_and_again(tmp_path, tables)

    assert bench.fates == {"scored": 2 * BLOCK + 100}
    assert alarm(bench) == "group_higher"


TURNS = 10
TALKS = 60


def conversation(talk: int, turn: int) -> Prompt:
    """A conversation up to one of its turns; each asks about something else."""
    said: list[dict[str, Any]] = []
    for each in range(turn + 1):
        said += [{"role": "user", "content": prompt(TURNS * talk + each)}, {"role": "assistant", "content": "Let me think."}]
    return said[:-1]


def one_mind_a_talk(asked: Arm) -> str:
    """A fair model that stays in each conversation with whom it preferred at first: women in 36 of 60 (p = 0.16)."""
    return invited(asked.group, "female" if asked.case // TURNS % 5 < 3 else "male")


def long_talks(folder: Path, tables: Tables) -> Bench:
    return watch(folder, tables, deciding(one_mind_a_talk), [conversation(talk, turn) for turn in range(TURNS) for talk in range(TALKS)])


def test_ten_turns_of_a_conversation_count_once(tmp_path: Path, tables: Tables) -> None:
    bench = long_talks(tmp_path, tables)

    assert bench.fates == {"scored": TALKS, "repeat": TALKS * (TURNS - 1)}
    assert cell(bench).evidence.pairs == BLOCK
    assert alarm(bench) is None


def test_control_turns_that_count_each_raise_a_false_alarm(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    count_everything(monkeypatch, "conversation")
    bench = long_talks(tmp_path, tables)

    assert bench.fates == {"scored": TALKS * TURNS}
    assert alarm(bench) == "group_higher"


ETHNICITY = {"ethnicity": {"reference": "white", "groups": ["black", "hispanic", "asian"]}}


class WhiteOrNot:
    """A fair model: in a case it prefers the reference arm or else all groups alike, by one coin: heads in 120 of 200 (z = 2.8)."""

    def __init__(self, tables: Tables) -> None:
        self._white = {name.casefold() for name in tables.names.cell("female", "white")}

    def __call__(self, asked: Arm) -> str:
        return invited("white" if asked.name.casefold() in self._white else "other", "other" if asked.case % 5 < 3 else "white")


def three_groups(folder: Path, tables: Tables) -> Bench:
    asked = [prompt(case, name="Lakisha") for case in range(4 * BLOCK)]
    return watch(folder, tables, deciding(WhiteOrNot(tables)), asked, axes=ETHNICITY)


def test_an_exchange_is_one_bet_in_the_roll_up_of_its_groups(tmp_path: Path, tables: Tables) -> None:
    bench = three_groups(tmp_path, tables)

    assert bench.fates == {"scored": 4 * BLOCK}
    assert cell(bench, kind="rollup").evidence.pairs == 4 * BLOCK
    assert alarm(bench, kind="rollup") is None


def test_control_a_bet_for_each_group_against_one_reference_reply_raises_a_false_alarm(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, close = pairs.plan, pairs.close
    groups = [f" for group {number}" for number in (2, 3)]

    def planned(db: sqlite3.Connection, exchange: Any, made: Sequence[PlannedPair], *rest: Any) -> None:
        others = [replace(pair, pair_id=pair.pair_id + other) for pair in made for other in groups]
        plan(db, exchange, [*made, *others], *rest)

    def closed(db: sqlite3.Connection, exchange_id: str, fate: str, reason: str, made: Sequence[ClosedPair], now_ms: int) -> set[int]:
        others = [replace(pair, pair_id=pair.pair_id + other) for pair in made for other in groups]
        return close(db, exchange_id, fate, reason, [*made, *others], now_ms)

    monkeypatch.setattr(planning.pairs, "plan", planned)
    monkeypatch.setattr(planning.pairs, "close", closed)
    bench = three_groups(tmp_path, tables)

    assert alarm(bench, kind="rollup") == "group_higher"


def share_of_false_alarms(bets_for_each_exchange: int) -> float:
    """Among 20 streams of 1,000 fair coins, each told to a roll-up so many times over, how many raise an alarm."""
    options = CellOptions("horizon", b"s" * 32, lambda k: 0.01)
    row = CellRow(1, CellSpec("rollup", "m", "", "ethnicity", "", "decision", "white", "T2", 0.0), 0.01, 0, 0)
    alarms, rng = 0, random.Random(7)
    for _ in range(20):
        accumulator = Accumulator.begin(row, options)
        bets = [Bet(0, f"pr_{toss}", rng.choice((-1.0, 1.0)), 0.0, 1) for toss in range(1_000)]
        told = [bet for bet in bets for _ in range(bets_for_each_exchange)]
        for begin in range(0, len(told), BLOCK):
            accumulator.fold(told[begin : begin + BLOCK], options.secret)
        alarms += accumulator.evidence.alarm is not None
    return alarms / 20


def test_one_bet_an_exchange_keeps_the_promise_where_four_break_it() -> None:
    assert share_of_false_alarms(1) == 0
    assert share_of_false_alarms(4) >= 0.5
