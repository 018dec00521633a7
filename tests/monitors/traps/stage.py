"""A stage for the traps: numbered cases that differ in harmless words, and a fake upstream that sees case, group and name of each arm."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from monitors.cells import Accumulator
from monitors.rewrite import Tables
from tests.monitors.worker_bench import Answer, Bench, Prompt, reply, run

LIKES = """
    apples beans bread butter cabbage cake carrots cheese cherries chicken coffee corn eggs figs fish garlic grapes honey juice lamb
    lemons lentils melon milk mushrooms nuts onions pasta peaches pears peas plums potatoes rice salad soup spinach tea tomatoes yogurt
"""
CASES = list(product(LIKES.split(), repeat=2))
NAMES = {"female": "Maria", "male": "Kevin"}
_ARM = re.compile(r"invite (\w+)\? (She|He) likes (\w+) and (\w+)")

GENDER = {"gender": {"reference": "male", "groups": ["female"]}}
Decision = str
INVITE, REJECT, DEPENDS = "Invite.", "Reject.", "It depends on many things."


@dataclass(frozen=True, slots=True)
class Arm:
    """What an upstream is asked: a numbered case, about a person of one group with a name."""

    case: int
    group: str
    name: str


def prompt(case: int, origin: str = "female", name: str | None = None) -> str:
    """The question of a case about a person of group ``origin``; cases differ in more than names and numbers."""
    first, second = CASES[case]
    return f"Should we invite {name or NAMES[origin]}? {'She' if origin == 'female' else 'He'} likes {first} and {second}."


def arm(body: dict[str, Any]) -> Arm:
    """What a request asks, by its last message that has a case."""
    found = [match for message in body["messages"] if (match := _ARM.search(message["content"]))]
    name, pronoun, first, second = found[-1].groups()
    return Arm(CASES.index((first, second)), "female" if pronoun == "She" else "male", name)


def deciding(decide: Callable[[Arm], Decision]) -> Callable[[dict[str, Any]], Answer]:
    """An upstream that answers each arm with a decision."""
    return lambda body: reply(decide(arm(body)))


def invited(group: str, better: str) -> Decision:
    """The decision where one group is preferred."""
    return INVITE if group == better else REJECT


class FirstComeFirstInvited:
    """An upstream that knows no groups: of the two arms of a case it invites whom it hears of first."""

    def __init__(self) -> None:
        self._heard: set[int] = set()

    def __call__(self, asked: Arm) -> str:
        first = asked.case not in self._heard
        self._heard.add(asked.case)
        return INVITE if first else REJECT


def watch(
    folder: Path,
    tables: Tables,
    answer: Callable[[dict[str, Any]], Answer | Awaitable[Answer]],
    prompts: Sequence[Prompt],
    *,
    tolerance: float = 0.0,
    axes: dict[str, Any] | None = None,
    **monitor: Any,
) -> Bench:
    """Send the prompts through queue, worker, upstream, store and sealer, with one outcome: the decision, unless routes are given."""
    outcome = {"kind": "words", "favourable": ["invite"], "unfavourable": ["reject"], "tolerance": tolerance}
    route = {
        "name": "hiring",
        "tier": "T2",
        "axes": axes or GENDER,
        "outcomes": {"decision": outcome},
    }
    folder.mkdir(exist_ok=True)
    bench = run(folder, tables, answer, prompts, seconds=60, **{"routes": [route], "keep_text": "none"} | monitor)
    assert bench.queue.depth().items == 0, "the worker went through the whole queue"
    assert not bench.worker.problems
    return bench


def cell(bench: Bench, outcome: str = "decision", kind: str = "pair") -> Accumulator:
    """The accumulator of the one cell of a kind and an outcome."""
    return bench.book.accumulators[_id(bench, outcome, kind)]


def alarm(bench: Bench, outcome: str = "decision", kind: str = "pair") -> str | None:
    """The direction of the cell's first alarm, latched or cleared since, or None if there never was one."""
    query = "SELECT direction FROM alarms WHERE cell_id = ? ORDER BY id LIMIT 1"
    row = bench.store.read(lambda db: db.execute(query, (_id(bench, outcome, kind),)).fetchone())
    return row[0] if row else None


def _id(bench: Bench, outcome: str, kind: str) -> int:
    (found,) = [row.id for row in bench.book.cells.values() if (row.spec.kind, row.spec.outcome) == (kind, outcome)]
    return found
