"""How many tokens a reply used, read from the end of its bytes once it is over; estimated where it does not say."""

import re
from collections import deque
from typing import NamedTuple

import orjson

TAIL_BYTES = 8 * 1024
BYTES_PER_TOKEN = 4  # of English text, for estimates
METERED = frozenset({"chat_completions", "completions", "responses", "messages", "embeddings"})
_USAGE = re.compile(rb'"usage"\s*:\s*(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\})')


class Usage(NamedTuple):
    """Tokens in and out; ``estimated`` where the reply did not say."""

    input: int
    output: int
    estimated: bool


class Tail:
    """The last bytes of a reply, and how many events it had, kept without copying."""

    __slots__ = ("_pieces", "_size", "events")

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = self.events = 0

    def add(self, piece: bytes, *, stream: bool) -> None:
        """Bytes that passed."""
        if stream:
            self.events += piece.count(b"data:")
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size - len(self._pieces[0]) >= TAIL_BYTES:
            self._size -= len(self._pieces.popleft())

    def usage(self) -> Usage | None:
        """What the reply says of itself; None where it says nothing."""
        text = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        first = max(0, len(text) - TAIL_BYTES)
        at = text.rfind(b'"usage"', first)
        while at >= 0:
            if (found := _USAGE.match(text, at)) and (used := _read(found[1])):
                return used
            at = text.rfind(b'"usage"', first, at)
        return None


def _read(document: bytes) -> Usage | None:
    try:
        numbers = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    tokens_in = numbers.get("prompt_tokens", numbers.get("input_tokens"))
    tokens_out = numbers.get("completion_tokens", numbers.get("output_tokens", 0))
    if type(tokens_in) is int and type(tokens_out) is int and tokens_in >= 0 and tokens_out >= 0:
        return Usage(tokens_in, tokens_out, False)
    return None


def estimate(request_bytes: int, reply_bytes: int, events: int) -> Usage:
    """From sizes: a stream has about one token an event, other replies four bytes a token."""
    return Usage(request_bytes // BYTES_PER_TOKEN, events or reply_bytes // BYTES_PER_TOKEN, True)
