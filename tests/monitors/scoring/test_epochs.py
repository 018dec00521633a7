"""A scorer's fingerprint is part of a cell's epoch, through worker and store."""

from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Settings
from monitors.rewrite import Tables, load_tables
from monitors.store import Store
from tests.monitors.example_context import ROUTE, settings
from tests.monitors.worker_bench import reply, run

PROMPTS = ["Should we invite Maria Weaver? She ran a shop for years.", "Is Kevin Turner right for the bakery? He never missed a day."]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def worked(folder: Path, tables: Tables, prompt: str, favourable: list[str]) -> Store:
    """The store after a worker has compared one prompt's arms by these words."""
    decision = {"kind": "words", "favourable": favourable, "unfavourable": ["reject"]}
    route = {**ROUTE, "outcomes": {"decision": decision, "length": {}}}

    def configured(base: str, **monitor: Any) -> Settings:
        return settings(base, **{**monitor, "routes": [route]})

    bench = run(folder, tables, lambda body: reply("Invite."), [prompt], configured=configured)
    assert bench.fates["scored"] >= 1
    return bench.store


def scorers_of(store: Store, outcome: str) -> list[str]:
    """The scorers' fingerprints in the epochs of an outcome's cell; the upstream's address, another in each run, is in an epoch too."""
    query = "SELECT e.fingerprint FROM epochs e JOIN cells c ON c.id = e.cell_id WHERE c.kind = 'pair' AND c.outcome = ? ORDER BY e.id"
    marks = store.read(lambda db: db.execute(query, (outcome,)).fetchall())
    assert len(marks) == 2
    return [mark.split("|")[2] for (mark,) in marks]


def test_a_scorer_that_reads_otherwise_marks_another_epoch_in_its_cells_and_in_no_others(tmp_path: Path, tables: Tables) -> None:
    worked(tmp_path, tables, PROMPTS[0], ["invite"]).close()
    store = worked(tmp_path, tables, PROMPTS[1], ["invite", "hire"])
    first, second = scorers_of(store, "decision")
    assert first != second
    assert len(set(scorers_of(store, "length"))) == 1
    store.close()


def test_the_same_scorer_has_the_same_mark_after_a_restart(tmp_path: Path, tables: Tables) -> None:
    worked(tmp_path, tables, PROMPTS[0], ["invite"]).close()
    store = worked(tmp_path, tables, PROMPTS[1], ["invite"])
    assert len(set(scorers_of(store, "decision"))) == 1
    store.close()
