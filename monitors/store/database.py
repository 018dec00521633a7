"""The store's file: opened, migrated, and written to by one thread in whole transactions."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

SCHEMA = Path(__file__).parent / "schema"
P = ParamSpec("P")
R = TypeVar("R")


class StoreError(Exception):
    """The store's file failed (disk full, read-only, damaged, from a newer version); nothing of the attempted transaction was done."""


class Store:
    """One writing connection and one reading one on ``store.db``; not thread-safe, each belongs to one thread."""

    def __init__(self, file: Path) -> None:
        """Open the file, creating or migrating it; raises ``StoreError``. A file to be migrated is copied beside itself first."""
        self.file = file
        try:
            file.touch(mode=0o600, exist_ok=True)
            self._writer = _connect(file)
            _migrate(self._writer, file)
            self._reader = _connect(file)
            self._reader.execute("PRAGMA query_only = ON")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{file}: {error}") from error

    def write(self, work: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``work(connection, …)`` in one transaction: all of it is done, or none and ``StoreError`` is raised."""
        with _transaction(self._writer):
            return work(self._writer, *args, **kwargs)

    def read(self, work: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``work(connection, …)`` on a connection that cannot write; raises ``StoreError``."""
        try:
            return work(self._reader, *args, **kwargs)
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def close(self) -> None:
        """Close both connections; SQLite folds its log into the file."""
        self._reader.close()
        self._writer.close()


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise StoreError(str(error)) from error


def _migrate(connection: sqlite3.Connection, file: Path) -> None:
    steps = sorted(SCHEMA.glob("*.sql"))
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(steps):
        raise StoreError(f"{file} is of version {version}, this program knows {len(steps)}: start the newer program that wrote it")
    if 0 < version < len(steps):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = file.with_name(f"{file.name}.v{version}")
        shutil.copy2(file, copy)
        copy.chmod(0o600)
    if version == len(steps):
        return
    connection.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew is dropped first, with rows of others pointing to it
    for number, step in enumerate(steps[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step.read_text(encoding='utf-8')}; PRAGMA user_version = {number}; COMMIT;")
    if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise StoreError(f"{file}: the table {broken[0]} has rows that point to nothing")
    connection.execute("PRAGMA foreign_keys = ON")
