"""SQLite's write-ahead log, for files that several processes open at once."""

import sqlite3
import time


def write_ahead(db: sqlite3.Connection, busy_seconds: float) -> None:
    """Turn it on. Processes that open a new file together get "locked" at once, without SQLite's busy time: so wait here, as long."""
    patience = time.monotonic() + busy_seconds
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return
