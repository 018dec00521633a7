import sqlite3
import threading
from pathlib import Path

import pytest

from gateway.write_ahead import write_ahead


def locked(file: Path) -> sqlite3.Connection:
    """A connection that keeps everybody else out."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    return other


def test_it_waits_for_another_process_to_let_go_of_the_file(tmp_path: Path) -> None:
    other = locked(tmp_path / "a.db")
    db = sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)
    timer = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    timer.start()
    write_ahead(db, 10)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    timer.join()
    other.close()
    db.close()


def test_it_waits_no_longer_than_it_is_told(tmp_path: Path) -> None:
    other = locked(tmp_path / "a.db")
    db = sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write_ahead(db, 0.05)
    other.close()
    db.close()
