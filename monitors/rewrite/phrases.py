"""Sets of phrases found in a text by one look-up a word: names of things, known persons, reasons not to swap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitors.rewrite.tokens import WORD, Tokens


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase at words ``start`` to ``end`` (exclusive) of a text."""

    start: int
    end: int
    phrase: str
    label: str


class Phrases:
    """Phrases by their first word; a word that ends in ``*`` stands for every word with that beginning."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        self._first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._stems: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        for phrase, label in labelled:
            words = phrase_words(phrase)
            if not words:
                continue
            table, key = (self._stems, words[0][:3]) if words[0].endswith("*") else (self._first, words[0])
            table.setdefault(key, []).append((words, phrase, label))
        for table in (self._first, self._stems):
            for entries in table.values():
                entries.sort(key=lambda e: -len(e[0]))

    def __bool__(self) -> bool:
        return bool(self._first or self._stems)

    def find(self, tokens: Tokens) -> list[Found]:
        """All phrases of the text, the longest at each word."""
        first, stems = self._first, self._stems
        found = []
        for at, low in enumerate(tokens.lows):
            entries = first.get(low)
            if entries:
                for words, phrase, label in entries:
                    if fits(tokens, at, words):
                        found.append(Found(at, at + len(words), phrase, label))
                        break
            if stems:
                for words, phrase, label in stems.get(low[:3], ()):
                    if fits(tokens, at, words):
                        found.append(Found(at, at + len(words), phrase, label))
                        break
        return found


def phrase_words(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokenizer cuts it, stems with their ``*``."""
    marked = phrase.lower().replace("*", "\ue000")
    return tuple(w.replace("\ue000", "*") for w in _cut(marked))


def _cut(marked: str) -> list[str]:
    words: list[str] = []
    for piece in marked.split():
        parts = WORD.findall(piece.replace("\ue000", ""))
        if piece.endswith("\ue000") and parts:
            parts[-1] += "\ue000"
        words += parts
    return words


def fits(tokens: Tokens, at: int, words: tuple[str, ...]) -> bool:
    """Whether the words stand in the text from word ``at`` on, within one clause."""
    if at + len(words) > tokens.count:
        return False
    for step, word in enumerate(words):
        low = tokens.lows[at + step]
        if not (low.startswith(word[:-1]) if word[-1] == "*" else low == word):
            return False
        if step and not _joins(tokens.gaps[at + step], tokens.words[at + step - 1]):
            return False
    return True


def _joins(gap: str, before: str) -> bool:
    """Whether two words may belong to one phrase; a full stop only behind an initial or a short title."""
    return len(gap) <= 3 and not any(c in gap for c in "\n!?;:()[]{}") and ("." not in gap or len(before) <= 3)


__all__ = ["Found", "Phrases", "fits", "phrase_words"]
