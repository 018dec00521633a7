"""The queue between gateway and monitor: bounded, at least once, in order of arrival, and it outlives the death of either side.

*Accepted* means committed here. ``open_queue`` chooses the engine by URL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Item:
    """One accepted payload; ``claims`` counts how often it was handed out, this time included."""

    id: str
    payload: bytes
    arrived_ms: int
    claims: int


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits or is in work: items, their bytes, the oldest arrival (UTC ms, None when empty); and what was set aside."""

    items: int
    bytes: int
    oldest_ms: int | None
    set_aside: int


class QueueError(Exception):
    """The queue's storage failed (disk full, read-only, damaged); nothing of the attempted call was done."""


class Queue(Protocol):
    """Every method may block on storage and raise ``QueueError``; call them from a thread."""

    def offer(self, batch: Sequence[tuple[str, bytes]]) -> int:
        """Accept ``(id, payload)`` in order while there is room; returns how many were accepted (the rest is the caller's to count)."""

    def claim(self, count: int, lease_seconds: float) -> list[Item]:
        """Up to ``count`` of the oldest free items, leased; one claimed five times before is set aside instead."""

    def ack(self, ids: Sequence[str]) -> None:
        """Forget items that are done with."""

    def release(self, ids: Sequence[str]) -> None:
        """Give leases back at once, the claim uncounted."""

    def recover(self) -> int:
        """Free every lease (the only consumer has just started); returns how many."""

    def take_set_aside(self) -> list[Item]:
        """Items set aside since the last call, for their consumer to count; they stay kept and are never claimed again."""

    def depth(self) -> Depth: ...

    def close(self) -> None: ...


def open_queue(url: str | None, data_dir: Path, *, max_items: int, max_bytes: int) -> Queue:
    """The queue at ``url``; None means SQLite in ``data_dir/queue.db``. Raises ``ValueError`` for an engine that does not exist yet."""
    if url is None:
        from gateway.queue.sqlite import SqliteQueue  # only the chosen engine is imported

        return SqliteQueue(data_dir / "queue.db", max_items=max_items, max_bytes=max_bytes)
    scheme = urlsplit(url).scheme
    raise ValueError(f"no {scheme or url!r} queue exists yet (Redis Streams will come here); leave queue.url out to use data_dir")
