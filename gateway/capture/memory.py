"""The bounded memory between forwarding and the thread that writes into the queue."""

import threading
from collections import deque
from dataclasses import dataclass

from gateway.capture.recording import Answered, Asked


@dataclass(frozen=True, slots=True)
class Item:
    """A finished recording and the bytes it holds."""

    asked: Asked
    answered: Answered
    held: int


class Memory:
    """At most ``max_items`` finished recordings, and ``max_bytes`` with those under way. No method waits for anything but a short lock.

    Bytes are taken with ``reserve``, stay taken through ``put`` and ``take``, and are given back by ``settle`` (or ``free`` before a put).
    """

    def __init__(self, max_items: int, max_bytes: int) -> None:
        self._max_items, self._max_bytes = max_items, max_bytes
        self._changed = threading.Condition()
        self._waiting: deque[Item] = deque()
        self._items = self._bytes = 0
        self._wanted = 1  # how many the taker waits for: it is not woken for less
        self._closed = False

    def resize(self, max_items: int, max_bytes: int) -> None:
        """Other bounds from now on; what is held stays."""
        with self._changed:
            self._max_items, self._max_bytes = max_items, max_bytes

    def reserve(self, size: int) -> bool:
        """Take ``size`` bytes, if there is room."""
        with self._changed:
            if self._bytes + size > self._max_bytes:
                return False
            self._bytes += size
            return True

    def free(self, size: int) -> None:
        """Give back bytes of a recording that was not put."""
        with self._changed:
            self._bytes -= size

    def put(self, item: Item) -> bool:
        """Hand over a finished recording whose bytes are reserved, if there is room for one more and memory is not closed."""
        with self._changed:
            if self._closed or self._items >= self._max_items:
                return False
            self._items += 1
            self._waiting.append(item)
            if self._enough():
                self._changed.notify()
            return True

    def wait(self, count: int, seconds: float) -> bool:
        """Whether any item waits, after waiting for ``count`` of them, for memory to be half full or closed, or for the end of the time."""
        with self._changed:
            self._wanted = min(count, max(1, self._max_items // 2))
            self._changed.wait_for(lambda: self._closed or self._enough(), seconds)
            return bool(self._waiting)

    def _enough(self) -> bool:
        return bool(self._waiting) and (len(self._waiting) >= self._wanted or 2 * self._bytes >= self._max_bytes)

    def take(self, max_items: int, max_bytes: int) -> list[Item]:
        """The oldest items there are."""
        taken: list[Item] = []
        size = 0
        with self._changed:
            while self._waiting and len(taken) < max_items and size < max_bytes:
                taken.append(self._waiting.popleft())
                size += taken[-1].held
        return taken

    def settle(self, taken: list[Item]) -> None:
        """Forget items that are done with."""
        with self._changed:
            self._items -= len(taken)
            self._bytes -= sum(item.held for item in taken)

    def close(self) -> None:
        """Refuse further items; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def held(self) -> tuple[int, int]:
        """Items (waiting or taken and not settled) and bytes."""
        with self._changed:
            return self._items, self._bytes
