"""A reply as the passages that a classifier of at most 512 tokens can read, bounded in number."""

from __future__ import annotations

import re

CHARS, DENSE_CHARS = 1_200, 400
MOST_FIRST, MOST_LAST = 5, 3
_BREAK = re.compile(r"(?<=[.!?])\s+|\n+|\s+")


def passages(text: str) -> list[str]:
    """Passages of at most `CHARS` characters, cut at the end of a sentence, else of a word; none of a blank text.

    Scripts with a token or more a character get shorter ones. Of a long text the first five and the last three are read.

    >>> [len(part) for part in passages("word " * 500)]
    [1199, 1199, 99]
    """
    written = text.encode("utf-8", "replace")  # half a surrogate is no character to a tokenizer
    most = CHARS if len(written) <= 1.2 * len(text) else DENSE_CHARS
    found: list[str] = []
    rest = written.decode("utf-8").strip()
    while rest:
        cut = _cut(rest, most)
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if len(found) > MOST_FIRST + MOST_LAST:
        return found[:MOST_FIRST] + found[-MOST_LAST:]
    return found


def _cut(text: str, most: int) -> int:
    """Where to cut: after the last sentence that fits, if that leaves at least half; else after the last word, else anywhere."""
    if len(text) <= most:
        return len(text)
    word = 0
    sentence = 0
    for match in _BREAK.finditer(text, 0, most):
        word = match.start() or word
        if match.start() and text[match.start() - 1] in ".!?\n":
            sentence = match.start()
    return sentence if sentence * 2 >= most else word or most
