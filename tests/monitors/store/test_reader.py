"""The store read from outside: what is committed, and no way to write."""

from pathlib import Path

import pytest

from monitors.store import StoreError, open_store
from monitors.store.reader import StoreReader


def test_it_sees_what_is_committed_and_cannot_write(tmp_path: Path) -> None:
    store = open_store(None, tmp_path)
    reader = StoreReader(store.file)
    store.write(lambda db: db.execute("INSERT INTO totals VALUES ('n', '[]', 3)"))
    assert reader.read(lambda db: db.execute("SELECT value FROM totals").fetchall()) == [(3.0,)]
    with pytest.raises(StoreError, match="readonly"):
        reader.read(lambda db: db.execute("DELETE FROM totals"))
    reader.close()
    store.close()


def test_a_file_that_is_none_or_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has not run"):
        StoreReader(tmp_path / "store.db")
    (tmp_path / "store.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(StoreError, match="not a database"):
        StoreReader(tmp_path / "store.db")
