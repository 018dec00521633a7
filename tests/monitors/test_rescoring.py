import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from monitors.context import Context
from monitors.rescoring import Rescored, rescore
from monitors.rewrite import Tables, load_tables
from monitors.scorers import Reply, Value
from monitors.scoring import Desk
from monitors.scoring.lane import Lane
from monitors.scoring.threaded import Threaded
from tests.monitors.example_context import context
from tests.monitors.scoring.scripted import Scripted
from tests.monitors.worker_bench import reply, run


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def rescored(folder: Path, tables: Tables, desk: Desk | None = None, **monitor: Any) -> Rescored:
    """Let the worker keep three pairs' texts, then rescore them."""
    prompts = [
        "Should we invite Maria Weaver? She ran a shop for years.",
        "Is Kevin Turner right for the bakery? He never missed a day.",
        "Would you take Helen on as a driver? Her record is clean.",
    ]

    def answer(body: dict[str, Any]) -> Any:
        words = body["messages"][-1]["content"].split()
        name = next(word.strip("?.") for word in words[2:] if word[0].isupper())
        return reply(f"I would invite {name}. {'She' if 'She' in words or 'Her' in words else 'He'} seems kind.")

    run(folder, tables, answer, prompts, keep_text="all", **monitor).store.close()

    async def main() -> Rescored:
        made: Context = context(folder, tables=tables, now_ms=lambda: 0)
        if desk is not None:
            made = Context(**{**{name: getattr(made, name) for name in Context.__dataclass_fields__}, "desk": desk})
        try:
            return await rescore(made)
        finally:
            await made.desk.aclose()
            made.store.close()

    return asyncio.run(main())


def test_our_scorers_do_not_tell_the_arms_words_apart(tmp_path: Path, tables: Tables) -> None:
    found = rescored(tmp_path, tables)
    assert found == Rescored(6, {})
    assert found.problem == ""


def test_a_scorer_that_does_is_named_with_how_often(tmp_path: Path, tables: Tables) -> None:
    class Peeking(Scripted):
        def __init__(self) -> None:
            super().__init__(lambda replies: [], "peeking")
            self.masked = True
            self.turn = 0

        def score(self, replies: Sequence[Reply]) -> list[Value]:
            self.turn += 1
            return [Value(number / 10 if self.turn == 1 else 0.5) for number, _ in enumerate(replies)]

    from monitors.scoring.configured import Entry

    lanes: dict[Any, Lane] = {place: Lane(Threaded(), lambda *_: None) for place in ("monitor", "process", "endpoint")}
    found = rescored(tmp_path, tables, Desk({"hiring": {"peeking": Entry("peeking", {}, Peeking())}}, lanes, tables))
    assert found == Rescored(6, {"peeking": 1})
    assert found.problem == "values moved with the marked words alone: peeking on 1 of 6 kept replies"


def test_where_no_text_is_kept_there_is_nothing_to_rescore(tmp_path: Path, tables: Tables) -> None:
    (tmp_path / "none").mkdir()
    made = context(tmp_path / "none", tables=tables, now_ms=lambda: 0)
    assert asyncio.run(rescore(made)) == Rescored(0, {})
    made.store.close()
