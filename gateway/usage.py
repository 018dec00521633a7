"""How many tokens a reply used, read from the end of its bytes once it is over; estimated where it does not say."""

import re
from collections import deque
from typing import NamedTuple

import orjson

TAIL_BYTES = 8 * 1024
HEAD_BYTES = 1024  # a stream of Anthropic's tells its input in the first event
ENCODED_BYTES = 32 * 1024  # a compressed reply can be read as a whole or not at all
DECODED_BYTES = 1024 * 1024
BYTES_PER_TOKEN = 4  # of English text, for estimates
METERED = frozenset({"chat_completions", "completions", "responses", "messages", "embeddings"})
_USAGE = re.compile(rb'"usage"\s*:\s*(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\})')
_MOST = 1_000_000_000  # no reply has more tokens, and sums of them fit everywhere
_UNTOLD = -1  # the last event of Anthropic's older streams counts the output only


class Usage(NamedTuple):
    """Tokens in and out; ``estimated`` where the reply did not say. ``cached`` is the part of the input that came from a prompt cache."""

    input: int
    output: int
    estimated: bool
    cached: int = 0


class Tail:
    """The last bytes of a reply, and how many events it had, kept without copying.

    Of a reply with a content ``encoding`` (empty for none) all bytes are kept, up to 32 KiB: of a longer one nothing is known.
    """

    __slots__ = ("_encoding", "_head", "_limit", "_pieces", "_size", "events")

    def __init__(self, encoding: bytes = b"") -> None:
        self._encoding = encoding
        self._limit = ENCODED_BYTES if encoding else 2 * TAIL_BYTES  # dropping is done by and by, not with each piece
        self._pieces: deque[bytes] = deque()
        self._head = b""
        self._size = self.events = 0

    def add(self, piece: bytes, *, stream: bool) -> None:
        """Bytes that passed."""
        if stream:
            self.events += piece.count(b"data:")
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._limit:
            self._drop()

    def _drop(self) -> None:
        """Let go of what is before the last 8 KiB, but for the head of the reply."""
        pieces = self._pieces
        if not self._head:
            for piece in pieces:
                self._head += piece[: HEAD_BYTES - len(self._head)]
        while self._size - len(pieces[0]) >= TAIL_BYTES:
            self._size -= len(pieces.popleft())
        if self._size > self._limit:
            pieces[0] = pieces[0][-TAIL_BYTES:]
            self._size = sum(map(len, pieces))

    def usage(self) -> Usage | None:
        """What the reply says of itself; None where it says nothing."""
        text = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        if self._encoding:
            text = b"" if self._head else _decoded(text, self._encoding)
        used = _last_usage(text, max(0, len(text) - TAIL_BYTES))
        if used is not None and used.input == _UNTOLD:
            first = _USAGE.search(self._head or text[:HEAD_BYTES])
            told = _read(first[1]) if first else None
            used = used._replace(input=max(told.input, 0), cached=told.cached) if told else used._replace(input=0)
        return used


def _last_usage(text: bytes, first: int) -> Usage | None:
    """The last object from ``first`` on that is called ``usage`` and counts tokens."""
    at = text.rfind(b'"usage"', first)
    while at >= 0:
        if (found := _USAGE.match(text, at)) and (used := _read(found[1])):
            return used
        at = text.rfind(b'"usage"', first, at)
    return None


def _read(document: bytes) -> Usage | None:
    """OpenAI's counts, whose input includes what was cached, or Anthropic's, whose does not."""
    try:
        counts = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    tokens_in = counts.get("prompt_tokens", counts.get("input_tokens", _UNTOLD))
    tokens_out = counts.get("completion_tokens", counts.get("output_tokens"))
    if tokens_out is None and tokens_in != _UNTOLD:
        tokens_out = 0
    if not (type(tokens_in) is int and type(tokens_out) is int and _UNTOLD <= tokens_in <= _MOST and 0 <= tokens_out <= _MOST):
        return None
    details = counts.get("prompt_tokens_details") or counts.get("input_tokens_details")
    if type(details) is dict:
        return Usage(tokens_in, tokens_out, False, min(_count(details.get("cached_tokens")), max(tokens_in, 0)))
    if "cache_read_input_tokens" in counts:
        cached = _count(counts["cache_read_input_tokens"])
        if tokens_in != _UNTOLD:
            tokens_in += cached + _count(counts.get("cache_creation_input_tokens"))
        return Usage(tokens_in, tokens_out, False, cached)
    return Usage(tokens_in, tokens_out, False)


def _count(value: object) -> int:
    return value if type(value) is int and 0 < value <= _MOST else 0


def estimate(request_bytes: int, reply_bytes: int, events: int) -> Usage:
    """From sizes: a stream has about one token an event, other replies four bytes a token."""
    return Usage(request_bytes // BYTES_PER_TOKEN, events or reply_bytes // BYTES_PER_TOKEN, True)


def _decoded(body: bytes, encoding: bytes) -> bytes:
    from gateway.capture.codings import UndecodableError, decoded  # only where a reply is compressed

    try:
        return decoded(body, encoding.decode("latin-1"), DECODED_BYTES)
    except UndecodableError:
        return b""
