"""Phrases found in a text by one look-up a word: names of things, known persons, reasons not to swap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitors.rewrite.tokens import WORD, Tokens

STEM = "*"
PREFIX = 4  # letters that a stem is looked up by; a word must be longer, so a stem has at least as many


class Entry(NamedTuple):
    """A phrase as the tokenizer cuts it; ``key`` is the place of the word that it is looked up by.

    ``beside`` is another word of it, ``step`` words behind the key (or before it): most texts without the phrase lack it.
    """

    words: list[str]
    key: int
    step: int
    beside: str
    stemmed: bool
    book: str  # entities, figures, topic, ...
    label: str
    phrase: str


class Found(NamedTuple):
    """A phrase at words ``start`` to ``end`` (exclusive) of a text."""

    segment: int
    start: int
    end: int
    label: str
    phrase: str


Index = Mapping[str, tuple[Entry, ...]]


def make_index(books: Mapping[str, Iterable[tuple[str, str]]], common: frozenset[str], everywhere: frozenset[str]) -> tuple[Index, Index]:
    """Entries by key word, and those whose key is a stem (``pregnan*``) by its first letters, from (phrase, label) pairs by book.

    The key is the word that fewest phrases use, if possible not a ``common`` one and least of all one found
    ``everywhere``, so that ``the lion king`` costs nothing at each ``the``.
    """
    rows = [(book, phrase, label, phrase_words(phrase)) for book, pairs in books.items() for phrase, label in pairs]
    uses = Counter(word for *_, words in rows for word in set(words))
    whole: dict[str, list[Entry]] = {}
    stems: dict[str, list[Entry]] = {}
    for book, phrase, label, words in rows:
        if not words:
            continue
        stemmed = any(word.endswith(STEM) for word in words)
        key = min(
            range(len(words)),
            key=lambda i: (words[i].endswith(STEM), (words[i] in common) + 2 * (words[i] in everywhere), uses[words[i]], -len(words[i])),
        )
        table, word = (stems, words[key][:-1][:PREFIX]) if words[key].endswith(STEM) else (whole, words[key])
        rest = [i for i, word in enumerate(words) if i != key and not word.endswith(STEM)]
        other = min(rest, key=lambda i: uses[words[i]], default=-1)
        beside = (other - key, words[other]) if rest else (0, "")
        table.setdefault(word, []).append(Entry(list(words), key, *beside, stemmed, book, label, phrase))
    return tuple({w: tuple(sorted(es, key=lambda e: -len(e.words))) for w, es in table.items()} for table in (whole, stems))  # type: ignore[return-value]


def phrase_words(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokenizer cuts it, stems with their ``*``."""
    words: list[str] = []
    for piece in phrase.lower().split():
        parts = WORD.findall(piece)
        if piece.endswith(STEM) and parts:
            parts[-1] += STEM
        words += parts
    return tuple(words)


def fits(tokens: Tokens, at: int, entry: Entry) -> bool:
    """Whether a phrase stands in the text with its key at word ``at``, within one clause."""
    words = entry.words
    start = at - entry.key
    end = start + len(words)
    if start < 0 or end > tokens.count:
        return False
    if entry.stemmed:
        for low, word in zip(tokens.lows[start:end], words, strict=True):
            if low != word and not (word[-1] == STEM and low.startswith(word[:-1])):
                return False
    elif tokens.lows[start:end] != words:
        return False
    gaps = tokens.gaps
    return all(gaps[i] == " " or _joins(gaps[i], tokens.words[i - 1]) for i in range(start + 1, end))


def _joins(gap: str, before: str) -> bool:
    """Whether two words may belong to one phrase; a full stop only behind an initial or a short title."""
    return len(gap) <= 4 and not any(c in gap for c in "\n!?;:()[]{}") and ("." not in gap or len(before) <= 3)
