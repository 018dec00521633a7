"""How many tokens a reply used, read from the end of its bytes once it is over; estimated where it does not say."""

import re
from collections import deque
from typing import NamedTuple

import orjson

TAIL_BYTES = 8 * 1024
BYTES_PER_TOKEN = 4  # of English text, for estimates
METERED = frozenset({"chat_completions", "completions", "responses", "messages", "embeddings"})
_USAGE = re.compile(rb'"usage"\s*:\s*(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\})')
_INPUT, _OUTPUT = ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")


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
        text = b"".join(self._pieces)[-TAIL_BYTES:]
        if b'"usage"' not in text:
            return None
        for found in reversed(_USAGE.findall(text)):
            try:
                numbers = orjson.loads(found)
            except orjson.JSONDecodeError:
                continue
            tokens_in, tokens_out = _number(numbers, _INPUT), _number(numbers, _OUTPUT)
            if tokens_in is not None or tokens_out is not None:
                return Usage(tokens_in or 0, tokens_out or 0, estimated=False)
        return None


def estimate(request_bytes: int, reply_bytes: int, events: int) -> Usage:
    """From sizes: a stream has about one token an event, other replies four bytes a token."""
    return Usage(request_bytes // BYTES_PER_TOKEN, events or reply_bytes // BYTES_PER_TOKEN, estimated=True)


def _number(numbers: dict[str, object], names: tuple[str, str]) -> int | None:
    return next((value for name in names if isinstance(value := numbers.get(name), int) and value >= 0), None)
