"""``gateway.db``: how the file of created keys and spent money is opened, and its schema."""

import os
import sqlite3
from pathlib import Path

from gateway.write_ahead import write_ahead

_BUSY_SECONDS = 5.0
_VERSION = 1
_SCHEMA = (
    """CREATE TABLE keys (
        digest BLOB PRIMARY KEY,
        name TEXT NOT NULL,
        hint TEXT NOT NULL,
        models TEXT NOT NULL,
        requests_per_minute INTEGER,
        tokens_per_minute INTEGER,
        usd_per_day REAL,
        usd_per_month REAL,
        created_ms INTEGER NOT NULL,
        revoked_ms INTEGER
    )""",
    "CREATE UNIQUE INDEX keys_in_use ON keys (name) WHERE revoked_ms IS NULL",
    "CREATE TABLE changes (keys INTEGER NOT NULL)",
    "INSERT INTO changes VALUES (0)",
    "CREATE TRIGGER key_made AFTER INSERT ON keys BEGIN UPDATE changes SET keys = keys + 1; END",
    "CREATE TRIGGER key_changed AFTER UPDATE ON keys BEGIN UPDATE changes SET keys = keys + 1; END",
    """CREATE TABLE uses (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        worker TEXT NOT NULL,
        written INTEGER NOT NULL,
        digest BLOB NOT NULL,
        second INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        nano_usd INTEGER NOT NULL
    )""",
    "CREATE INDEX uses_by_age ON uses (written)",
    """CREATE TABLE spend (
        digest BLOB NOT NULL,
        day INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        nano_usd INTEGER NOT NULL,
        PRIMARY KEY (digest, day)
    ) WITHOUT ROWID""",
)


class NewerFileError(sqlite3.DatabaseError):
    """The file was written by a later version."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions to the file, made (mode 0600) where it is missing. Raises ``sqlite3.Error``, ``OSError``.

    It may be used from any one thread at a time. ``uses`` is the log that workers read each other's counts from, two minutes of it;
    ``spend`` holds the sums by UTC day (days since 1970).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives -wal and -shm the mode of the file
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        write_ahead(db, _BUSY_SECONDS)
        db.execute("PRAGMA synchronous = NORMAL")
        _create(db)
    except BaseException:
        db.close()
        raise
    return db


def _create(db: sqlite3.Connection) -> None:
    if _version(db) == _VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        found = _version(db)
        if found > _VERSION:
            raise NewerFileError(f"it was written by a newer Evenhand (its schema is {found}, this one knows {_VERSION}): upgrade")
        if found == 0:
            for statement in _SCHEMA:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_VERSION}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version
