"""The queue's SQLite file: how it is opened, and its schema."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gateway.queue import QueueError
from gateway.write_ahead import write_ahead

_BUSY_SECONDS = 5.0
_SCHEMAS = (  # PRAGMA user_version counts how many of these a file has seen
    """
    CREATE TABLE items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        arrived_ms INTEGER NOT NULL,
        claims INTEGER NOT NULL DEFAULT 0,
        leased_until REAL,
        size INTEGER NOT NULL,
        payload BLOB NOT NULL
    );
    CREATE TABLE aside (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        arrived_ms INTEGER NOT NULL,
        claims INTEGER NOT NULL,
        taken INTEGER NOT NULL DEFAULT 0,
        size INTEGER NOT NULL,
        payload BLOB NOT NULL
    );
    CREATE TABLE totals (items INTEGER NOT NULL, bytes INTEGER NOT NULL);
    INSERT INTO totals VALUES (0, 0);
    CREATE TRIGGER item_in AFTER INSERT ON items BEGIN UPDATE totals SET items = items + 1, bytes = bytes + new.size; END;
    CREATE TRIGGER item_out AFTER DELETE ON items BEGIN UPDATE totals SET items = items - 1, bytes = bytes - old.size; END;
    """,
)


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions to the file, made with mode 0600 and the newest schema where it is missing.

    Raises ``sqlite3.Error``, ``OSError``, or ``QueueError`` for a schema that this version does not know.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives -wal and -shm the mode of the file
    path.chmod(0o600)
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        write_ahead(db, _BUSY_SECONDS)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA journal_size_limit = 67108864")
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection) -> None:
    if _version(db) == len(_SCHEMAS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db)
        if version > len(_SCHEMAS):
            raise QueueError(
                f"the queue was written by a newer Evenhand (its schema is {version}, this one knows {len(_SCHEMAS)}): "
                "upgrade, or let the newer one empty it and move the file away"
            )
        for number, schema in enumerate(_SCHEMAS[version:], version + 1):
            for statement in _statements(schema):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: ``executescript`` would commit before it starts."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
