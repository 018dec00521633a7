"""The counts of all workers in ``gateway.db``, and the created keys beside them. Every call may block: use it from a thread."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.keys import database, registry
from gateway.keys.registry import Created
from gateway.limits.books import Use
from gateway.limits.spend import day_of, first_of_month
from gateway.limits.window import SECONDS

KEPT_SECONDS = 2 * SECONDS
_USE = "INSERT INTO uses (worker, written, digest, second, requests, tokens, nano_usd) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SPEND = """
    INSERT INTO spend (digest, day, requests, tokens, nano_usd) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (digest, day) DO UPDATE SET
        requests = requests + excluded.requests, tokens = tokens + excluded.tokens, nano_usd = nano_usd + excluded.nano_usd
"""


class LedgerError(Exception):
    """``gateway.db`` cannot be used now; nothing of the attempted call was done."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the file says when it is opened: the last minute's uses, and money by key and UTC day since the first of the month."""

    recent: list[Use]
    spent: list[tuple[bytes, int, int]]


class Ledger:
    """One worker's view of the file. Raises ``LedgerError``, also from the constructor and when the file is not the same any more."""

    def __init__(self, path: Path, worker: str) -> None:
        self._path, self._worker = path, worker
        self._seen = 0
        try:
            self._db = database.connect(path)
            self._identity = _identity(path)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{path}: {error}") from error

    def statement(self, now: int) -> Statement:
        """All that counts now; later ``exchange`` calls tell what came after."""
        with self._work("BEGIN") as db:
            recent = db.execute("SELECT digest, second, requests, tokens, nano_usd FROM uses WHERE second >= ?", (now - SECONDS,))
            uses = [Use(*row) for row in recent]
            spent = db.execute("SELECT digest, day, nano_usd FROM spend WHERE day >= ?", (first_of_month(day_of(now)),)).fetchall()
            self._seen = _last(db)
        return Statement(uses, spent)

    def exchange(self, uses: Sequence[Use], now: int) -> list[Use]:
        """Write what this worker counted, read what the others did since the last time."""
        with self._work("BEGIN IMMEDIATE" if uses else "BEGIN") as db:
            others = db.execute(
                "SELECT digest, second, requests, tokens, nano_usd FROM uses WHERE seq > ? AND worker <> ?", (self._seen, self._worker)
            ).fetchall()
            if uses:
                db.executemany(_USE, [(self._worker, now, *use) for use in uses])
                db.executemany(_SPEND, [(use.digest, day_of(use.second), use.requests, use.tokens, use.nano_usd) for use in uses])
                db.execute("DELETE FROM uses WHERE written < ?", (now - KEPT_SECONDS,))
            seen = max(self._seen, _last(db))
        self._seen = seen
        return [Use(*row) for row in others]

    def changed(self) -> int:
        """A number that differs from before when another connection has written."""
        with self._work() as db:
            version: int = db.execute("PRAGMA data_version").fetchone()[0]
        return version

    def key_changes(self) -> int:
        """A number that differs from before when keys were created or revoked."""
        with self._work() as db:
            return registry.changes(db)

    def keys(self) -> list[Created]:
        """All created keys."""
        with self._work() as db:
            return registry.read(db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _work(self, begin: str | None = None) -> Iterator[sqlite3.Connection]:
        """The connection for one piece of work, wholly done or not at all; SQLite's errors leave as ``LedgerError``."""
        try:
            if _identity(self._path) != self._identity:
                raise LedgerError(f"{self._path} is not the file that was opened")  # SQLite would go on with one that nobody can find
            if begin is not None:
                self._db.execute(begin)
            try:
                yield self._db
                if begin is not None:
                    self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
        except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: what stands in the file is no key
            raise LedgerError(f"{self._path}: {error}") from error


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _last(db: sqlite3.Connection) -> int:
    last: int = db.execute("SELECT coalesce(max(seq), 0) FROM uses").fetchone()[0]
    return last
