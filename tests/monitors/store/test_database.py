import sqlite3
import stat
from pathlib import Path

import pytest

from monitors.store import Store, StoreError, exchanges, open_store


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    open_store(None, tmp_path).close()

    assert stat.S_IMODE((tmp_path / "store.db").stat().st_mode) == 0o600


def test_a_failing_transaction_leaves_nothing_behind(store: Store) -> None:
    def half(db: sqlite3.Connection) -> None:
        exchanges.add(db, "some_total", (("a", "b"),))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        store.write(half)

    assert not [key for key in store.read(exchanges.totals) if key[0] == "some_total"]


def test_a_full_store_says_so_and_works_again_when_there_is_room(store: Store) -> None:
    def limit(pages: int) -> None:
        store._writer.execute(f"PRAGMA max_page_count = {pages}")

    def much(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO totals VALUES ('big', ?, 1)", ("x" * 1_000_000,))

    limit(int(store._writer.execute("PRAGMA page_count").fetchone()[0]))
    with pytest.raises(StoreError, match="full"):
        store.write(much)

    limit(1_000_000)
    store.write(much)
    assert store.read(lambda db: db.execute("SELECT COUNT(*) FROM totals WHERE name = 'big'").fetchone()) == (1,)


def test_a_newer_file_is_refused_by_name(tmp_path: Path) -> None:
    open_store(None, tmp_path).close()
    with sqlite3.connect(tmp_path / "store.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(StoreError, match="version 99"):
        open_store(None, tmp_path)


def test_an_older_file_is_copied_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitors.store import database

    open_store(None, tmp_path).close()
    version = len(list(database.SCHEMA.glob("*.sql")))
    newer = tmp_path / "schema"
    newer.mkdir()
    for step in database.SCHEMA.glob("*.sql"):
        (newer / step.name).write_text(step.read_text())
    (newer / "9999_more.sql").write_text("CREATE TABLE more (a INTEGER);")
    monkeypatch.setattr(database, "SCHEMA", newer)

    migrated = open_store(None, tmp_path)

    assert migrated.read(lambda db: db.execute("SELECT COUNT(*) FROM more").fetchone()) == (0,)
    migrated.close()
    with sqlite3.connect(tmp_path / f"store.db.v{version}") as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (version,)
    copy.close()


def test_an_engine_that_does_not_exist_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leave store_url out"):
        open_store("postgresql://db/evenhand", tmp_path)
