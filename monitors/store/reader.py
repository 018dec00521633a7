"""The store's file opened for reading alone: beside the monitor that writes it, or where none runs."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from monitors.store.database import SCHEMA, StoreError

P = ParamSpec("P")
R = TypeVar("R")


class StoreReader:
    """A connection that cannot write; it belongs to one thread."""

    def __init__(self, file: Path) -> None:
        """Open the file as it is; raises ``StoreError`` where there is none, or one that another version of this program wrote."""
        self.file = file
        if not file.is_file():
            raise StoreError(f"there is no {file}: the monitor has not run with this data_dir")
        known = len(list(SCHEMA.glob("*.sql")))
        try:
            self._db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._db.execute("PRAGMA busy_timeout = 10000")
            version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as error:
            raise StoreError(f"{file}: {error}") from error
        if version != known:
            self._db.close()
            raise StoreError(
                f"{file} is of version {version}, this program knows {known}: let the monitor of this version start on it first"
            )

    def read(self, work: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``work(connection, …)``; raises ``StoreError``."""
        try:
            return work(self._db, *args, **kwargs)
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
