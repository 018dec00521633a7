"""The store: the log of pairs and everything that is derived from it. One writer, the monitor.

``exchanges`` (fates and counters) · ``cells`` (declared before data, with their alpha) · ``pairs`` (planned, then closed) · ``texts``
(kept as allowed) · ``blocks`` (bets in sequence order, sealed): functions over a connection, run in one transaction by ``Store.write``.
"""

from pathlib import Path
from urllib.parse import urlsplit

from monitors.store.database import Store, StoreError

__all__ = ["Store", "StoreError", "open_store"]


def open_store(url: str | None, data_dir: Path) -> Store:
    """The store at ``url``; None means SQLite in ``data_dir/store.db``. Raises ``ValueError`` for an engine that does not exist yet."""
    if url is None:
        return Store(data_dir / "store.db")
    raise ValueError(
        f"no {urlsplit(url).scheme or url!r} store exists yet (PostgreSQL will come here); leave store_url out to use data_dir"
    )
