"""Words of a text and the gaps between them, as parallel lists: fast to make, and every character belongs to exactly one of them."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

ASCII_WORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9]*+)")  # with its first letter apart, a search goes straight to it
WORD = re.compile(r"([^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*)")
OPENING = frozenset("\"'“‘`")
CLOSING = frozenset("\"'”’`")
SHORT = 50  # words of a text in which it is quicker to join what stands before a word than to add up all lengths
SENTENCE_START = frozenset('.!?…\n\r•:"“(|>*')


class Tokens:
    """A text cut into words and gaps.

    ``words[i]`` stands between ``gaps[i]`` and ``gaps[i + 1]``; ``lows`` are the words in lower case. Apostrophes, hyphens and
    underscores belong to gaps, so ``she's`` is two words. Joining gaps and words in turn gives the text back.
    """

    __slots__ = ("_ends", "_parts", "count", "gaps", "lows", "text", "words")

    def __init__(self, text: str) -> None:
        parts = ASCII_WORD.split(text) if text.isascii() else WORD.split(text)
        self._parts = parts
        self.text = text
        self.gaps = parts[0::2]
        self.words = parts[1::2]
        self.lows = " ".join(self.words).lower().split(" ") if self.words else []
        self.count = len(self.words)
        self._ends: list[int] | None = None

    def _offsets(self) -> list[int]:
        self._ends = list(accumulate(map(len, self._parts)))
        return self._ends

    def start(self, index: int) -> int:
        """The offset at which word ``index`` begins."""
        return (self._ends or self._offsets())[2 * index]

    def end(self, index: int) -> int:
        """The offset behind word ``index``."""
        return (self._ends or self._offsets())[2 * index + 1]

    def span(self, first: int, behind: int) -> tuple[int, int]:
        """The offsets at which word ``first`` begins and behind the word before ``behind``."""
        if self.count < SHORT:
            start = len("".join(self._parts[: 2 * first + 1]))
            return start, start + len("".join(self._parts[2 * first + 1 : 2 * behind]))
        return self.start(first), self.end(behind - 1)

    def low(self, index: int) -> str:
        """Word ``index`` in lower case, or an empty string outside the text."""
        return self.lows[index] if 0 <= index < self.count else ""

    def gap(self, index: int) -> str:
        """The gap before word ``index``."""
        return self.gaps[index] if 0 <= index <= self.count else ""

    def starts_sentence(self, index: int) -> bool:
        """Whether word ``index`` is the first of a sentence, a line or a quotation."""
        gap = self.gaps[index]
        return index == 0 or (gap != " " and not SENTENCE_START.isdisjoint(gap))


def folded(word: str) -> str:
    """A word in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


def quoted_alone(tokens: Tokens, at: int, end: int = 0) -> bool:
    """Whether a word (or words ``at`` to ``end``) stands alone in quotation marks: it is spoken about, not used."""
    end = end or at + 1
    if tokens.gap(end) in ("'", "’") and tokens.low(end) in ("s", "re", "ll", "ve", "d") and tokens.gap(end + 1)[:1] in ('"', "”"):
        end += 1  # "she's"
    before, after = tokens.gaps[at].lstrip(" "), tokens.gaps[end].removeprefix(".")
    if before not in OPENING or not before or after[:1] not in CLOSING or not after:
        return False
    return not (after[0] in "'’" and tokens.low(end) in ("s", "d", "ll")) and not after.startswith(('":', '",'))
