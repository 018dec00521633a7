"""The queue in one SQLite file: several gateway processes offer, one monitor claims, and no server runs in between."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from gateway.queue import Depth, Item, QueueError
from gateway.queue.file import connect

MAX_CLAIMS = 5
KEPT_ASIDE = 100  # how many failed items, already counted by their consumer, are kept for a look
_SCRUB_SECONDS = 60.0
_PARTS = (64, 32, 16, 8, 4, 2, 1)  # rows in one statement: few sizes, since SQLite keeps each prepared
_REOPEN_AFTER = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB}
)


class SqliteQueue:
    """A ``Queue`` at ``path`` (mode 0600), safe to share between threads; every process opens its own.

    ``offer`` accepts a front part of its batch, and an id that is still in the queue counts as accepted without a second copy: whoever
    repeats an offer after an error loses nothing and doubles nothing. Leases run on the monotonic clock, which all processes of a
    machine share; after a reboot the consumer's ``recover`` frees them. Raises ``QueueError``, also from the constructor.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_items: int,
        max_bytes: int,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._max_items, self._max_bytes = path, max_items, max_bytes
        self._now, self._monotonic = now, monotonic
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._closed = False
        self._scrubbed = monotonic()
        with self._connected():
            pass

    def offer(self, batch: Sequence[tuple[str, bytes]]) -> int:
        taken = 0
        with self._transaction() as db:
            for part in _parts(batch):
                fitting = self._offer(db, part)
                taken += fitting
                if fitting < len(part):
                    break
        return taken

    def _offer(self, db: sqlite3.Connection, batch: Sequence[tuple[str, bytes]]) -> int:
        """In three statements: each gives up the interpreter and wants it back, at the cost of threads that forward."""
        items, size = db.execute("SELECT items, bytes FROM totals").fetchone()
        known = _known(db, [item_id for item_id, _ in batch])
        fresh: dict[str, bytes] = {}
        taken = 0
        for item_id, payload in batch:
            if item_id not in known and item_id not in fresh:
                items, size = items + 1, size + len(payload)
                if items > self._max_items or size > self._max_bytes:
                    break
                fresh[item_id] = payload
            taken += 1
        if fresh:
            arrived_ms = int(self._now() * 1000)
            rows = ", ".join(["(?, ?, ?, ?)"] * len(fresh))
            values = chain.from_iterable((item_id, arrived_ms, len(payload), payload) for item_id, payload in fresh.items())
            db.execute(f"INSERT INTO items (id, arrived_ms, size, payload) VALUES {rows}", tuple(values))
        return taken

    def claim(self, count: int, lease_seconds: float) -> list[Item]:
        claimed: list[Item] = []
        with self._transaction() as db:
            now = self._monotonic()
            while len(claimed) < count:
                free = db.execute(
                    "SELECT seq, claims FROM items WHERE leased_until IS NULL OR leased_until <= ? ORDER BY seq LIMIT ?",
                    (now, count - len(claimed)),
                ).fetchall()
                if not free:
                    break
                for seq, claims in free:
                    if claims >= MAX_CLAIMS:
                        _set_aside(db, seq, self._max_bytes // 8)
                    else:
                        claimed.append(_lease(db, seq, now + lease_seconds))
        return claimed

    def ack(self, ids: Sequence[str]) -> None:
        keys = [(item_id,) for item_id in ids]
        with self._transaction() as db:
            db.executemany("DELETE FROM items WHERE id = ?", keys)
            db.executemany("DELETE FROM aside WHERE id = ?", keys)
        self._scrub()

    def release(self, ids: Sequence[str]) -> None:
        with self._transaction() as db:
            db.executemany(
                "UPDATE items SET leased_until = NULL, claims = claims - 1 WHERE id = ? AND leased_until IS NOT NULL",
                [(item_id,) for item_id in ids],
            )

    def recover(self) -> int:
        with self._transaction() as db:
            return db.execute("UPDATE items SET leased_until = NULL WHERE leased_until IS NOT NULL").rowcount

    def take_set_aside(self) -> list[Item]:
        with self._transaction() as db:
            rows = db.execute("SELECT id, payload, arrived_ms, claims FROM aside WHERE NOT taken ORDER BY seq").fetchall()
            db.execute("UPDATE aside SET taken = 1 WHERE NOT taken")
        return [Item(*row) for row in rows]

    def depth(self) -> Depth:
        with self._connected() as db:
            row = db.execute(
                "SELECT items, bytes, (SELECT arrived_ms FROM items ORDER BY seq LIMIT 1), (SELECT count(*) FROM aside) FROM totals"
            ).fetchone()
        return Depth(*row)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._disconnect()

    def _scrub(self) -> None:
        """Empty the write-ahead log when nothing is queued, and now and then anyway: it still holds the text of acknowledged items."""
        with contextlib.suppress(QueueError), self._connected() as db:  # the ack stands; the next one tries this again
            empty = db.execute("SELECT items = 0 FROM totals").fetchone()[0]
            if empty or self._monotonic() - self._scrubbed >= _SCRUB_SECONDS:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._scrubbed = self._monotonic()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write, wholly done or not at all."""
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """The connection, ours alone meanwhile; SQLite's errors leave as ``QueueError``."""
        with self._lock:
            try:
                if self._closed:
                    raise QueueError(f"{self._path} is closed")
                if self._connection is not None and _identity(self._path) != self._opened:
                    self._disconnect()  # SQLite would go on writing into a file that nobody can find again
                if self._connection is None:
                    self._connection = connect(self._path)
                    self._opened = _identity(self._path)
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _REOPEN_AFTER:
                    self._disconnect()  # it may have been mended or remounted by the next time
                raise QueueError(f"{self._path}: {error} ({getattr(error, 'sqlite_errorname', type(error).__name__)})") from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _parts(batch: Sequence[tuple[str, bytes]]) -> Iterator[Sequence[tuple[str, bytes]]]:
    """The batch in order, cut into as few parts of those sizes as it takes."""
    start = 0
    for size in _PARTS:
        while len(batch) - start >= size:
            yield batch[start : start + size]
            start += size


def _known(db: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Which of them are in the queue, or set aside."""
    wanted = ", ".join(f"?{number}" for number in range(1, len(ids) + 1))
    found = db.execute(f"SELECT id FROM items WHERE id IN ({wanted}) UNION ALL SELECT id FROM aside WHERE id IN ({wanted})", ids)
    return {row[0] for row in found}


def _lease(db: sqlite3.Connection, seq: int, until: float) -> Item:
    db.execute("UPDATE items SET claims = claims + 1, leased_until = ? WHERE seq = ?", (until, seq))
    return Item(*db.execute("SELECT id, payload, arrived_ms, claims FROM items WHERE seq = ?", (seq,)).fetchone())


def _set_aside(db: sqlite3.Connection, seq: int, max_bytes: int) -> None:
    """Move an item out of the way; of those already taken the oldest go when there are too many."""
    db.execute(
        "INSERT INTO aside (seq, id, arrived_ms, claims, size, payload) SELECT seq, id, arrived_ms, claims, size, payload"
        " FROM items WHERE seq = ?",
        (seq,),
    )
    db.execute("DELETE FROM items WHERE seq = ?", (seq,))
    db.execute(
        "DELETE FROM aside WHERE taken AND seq IN (SELECT seq FROM"
        " (SELECT seq, row_number() OVER newest AS place, sum(size) OVER newest AS bytes FROM aside WINDOW newest AS (ORDER BY seq DESC))"
        " WHERE place > ? OR bytes > ?)",
        (KEPT_ASIDE, max_bytes),
    )
