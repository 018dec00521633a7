"""A sentence in the shape in which refusals of any subject look alike: classes for words, `P` for what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from monitors.scorers.refusal.lexicon import glosses, language, word_classes
from monitors.scorers.text import Sentence, words

STEM = 5
_PEOPLE = {"he": "they", "she": "they", "him": "them", "her": "them", "his": "their", "hers": "theirs", "himself": "themselves", "herself": "themselves"}
_ENDINGS = ("ing", "ed", "ly", "ion", "s")


class Shapes:
    """Turns sentences into shapes, given the words that are kept as they are."""

    def __init__(self, kept: Iterable[str]) -> None:
        self._classes = word_classes()
        self._glosses = glosses()
        self._kept = frozenset(kept)

    def of(self, sentences: Sequence[Sentence], prompt: str) -> list[list[str]]:
        """One shape a sentence."""
        asked = stems(words(prompt))
        tongue = language(word for sentence in sentences for word in sentence.words)
        glossed = self._glosses.get(tongue, {})
        return [self._of(sentence, asked, glossed) for sentence in sentences]

    def _of(self, sentence: Sentence, asked: frozenset[str], glossed: dict[str, tuple[str, ...]]) -> list[str]:
        shape = ["^"]
        for word in sentence.words:
            if word in glossed:
                shape.extend(glossed[word])
            elif word in self._classes:
                shape.append(self._classes[word])
            else:
                shape.append(self._one(_PEOPLE.get(word, word), asked))
        shape.append("$")
        return shape

    def _one(self, word: str, asked: frozenset[str]) -> str:
        if word in self._kept or not word[0].isalnum():
            return word
        if word[0].isdigit():
            return "9"
        kind = "P" if len(word) > 3 and word[:STEM] in asked else "x"
        return kind + next((ending for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), "")


def stems(found: Iterable[str]) -> frozenset[str]:
    """Beginnings of the longer words."""
    return frozenset(word[:STEM] for word in found if len(word) > 3)


def grams(shape: Sequence[str]) -> Iterator[str]:
    """Runs of one to three tokens and pairs with one token between."""
    size = len(shape)
    for index in range(size):
        first = shape[index]
        yield first
        if index + 1 < size:
            second = shape[index + 1]
            yield first + " " + second
            if index + 2 < size:
                third = shape[index + 2]
                yield first + " " + second + " " + third
                yield first + " _ " + third
