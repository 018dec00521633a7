"""Listening to one reply."""

from collections import deque

from gateway.capture.memory import Item, Memory
from gateway.capture.recording import Answered, Asked, Headers
from gateway.capture.tally import Tally

OVERHEAD_BYTES = 2048  # what a recording takes beside its bodies: headers, names, the objects themselves
NO_ROOM = "samples are shed: the memory for them is full (monitor.queue.memory_items, memory_bytes)"


class Recorder:
    """Takes what passes of one reply until ``finish``; neither method blocks or raises.

    One that is dropped unfinished goes to ``lost`` with the bytes it held, so that every recorder ends in one count.
    """

    __slots__ = ("_asked", "_chunks", "_held", "_lost", "_memory", "_room", "_tally")

    def __init__(self, asked: Asked, memory: Memory, tally: Tally, lost: deque[tuple[Asked, int]], max_reply_bytes: int) -> None:
        self._asked, self._memory, self._tally, self._lost = asked, memory, tally, lost
        self._room, self._held = max_reply_bytes, 0
        self._chunks: list[bytes] | None = []
        self._hold(OVERHEAD_BYTES + len(asked.body))

    def data(self, chunk: bytes) -> None:
        """A piece of the reply's body as the upstream sent it; what is over the limit is not kept."""
        if self._chunks is None:
            return
        kept = chunk if len(chunk) <= self._room else chunk[: max(self._room, 0)]
        self._room -= len(chunk)
        if kept and self._hold(len(kept)):
            self._chunks.append(kept)

    def finish(self, status: int, headers: Headers, *, truncated: bool) -> None:
        """The reply's status and headers, and whether its body broke off."""
        if self._chunks is None:
            return
        answered = Answered(status, headers, self._chunks, truncated or self._room < 0)
        if self._memory.put(Item(self._asked, answered, self._held)):
            self._chunks = None
        else:
            self._give_up()

    def _hold(self, size: int) -> bool:
        if self._memory.reserve(size):
            self._held += size
            return True
        self._give_up()
        return False

    def _give_up(self) -> None:
        self._chunks = None
        self._memory.free(self._held)
        self._tally.trouble("memory", NO_ROOM)
        self._tally.ended(self._asked, "shed")

    def __del__(self) -> None:
        if self._chunks is not None:
            self._lost.append((self._asked, self._held))  # a finalizer may run inside any lock, so it takes none
