"""A store of an earlier version keeps what it knew."""

import sqlite3
from pathlib import Path

from monitors.cells import CellBook, CellOptions
from monitors.store import open_store
from monitors.store.database import SCHEMA

BEFORE = """
INSERT INTO cells (id, kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, next_seq, next_block, origins, created_ms)
VALUES (7, 'pair', 'm', 'hiring', 'gender', 'female', 'decision', 'male', 'T2', 0.02, 0.001, 3, 0, 'both', 1000);
INSERT INTO alpha_ledger VALUES (1, 7, 1000, 0.001, 'declared');
INSERT INTO exchanges (id, model, route, received_ms, fate) VALUES ('ex_1', 'm', 'hiring', 1000, 'scored');
INSERT INTO pairs VALUES
('pr_1', 'ex_1', 'counterfactual', 'm', 'hiring', 'gender', 'female', 'male', '[["Jan","Ana"]]', 'scored', '', 'm:1', 1000, 2000, 1500);
INSERT INTO members (cell_id, pair_id, origin, tolerance, seq, state, reference_value, group_value, difference, epoch_id)
VALUES (7, 'pr_1', 'male', 0.02, 2, 'value', 1.0, 0.0, -1.0, 1);
INSERT INTO waiting VALUES (4, 7, 'reference', 'pr_1');
INSERT INTO counts VALUES (7, 'male', 1, 0, 0, 1, 0, 0.0, 1.0, 1.0);
INSERT INTO alarms VALUES (1, 7, 1200, 'group_lower', 1, 0, 2000.0, NULL, NULL);
"""


def test_a_store_of_the_first_version_is_migrated_with_all_that_is_in_it(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.db") as db:
        db.executescript((SCHEMA / "0001_initial.sql").read_text() + "PRAGMA user_version = 1;")
        db.executescript(BEFORE)
    db.close()

    store = open_store(None, tmp_path)
    book = CellBook(CellOptions("horizon", b"s" * 32, lambda k: 0.0001 / k))
    store.read(book.load)

    (cell,) = book.cells.values()
    assert (cell.id, cell.spec.outcome, cell.alpha, cell.spec.pages, cell.test_from) == (7, "decision", 0.001, True, 0)
    assert book.alarms[7].direction == "group_lower"
    assert book.alarms[7].confirmation is None, "an alarm of before had no run"
    rows = store.read(lambda db: [db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("pairs", "members", "counts")])
    assert rows == [1, 1, 1]
    assert store.read(lambda db: db.execute("SELECT id, side, grp FROM waiting").fetchall()) == [(4, "reference", "")]
    assert store.read(lambda db: db.execute("PRAGMA foreign_key_check").fetchall()) == []
    assert store.write(lambda db: db.execute("PRAGMA foreign_keys").fetchone()) == (1,)
    assert (tmp_path / "store.db.v1").exists()
    store.close()
