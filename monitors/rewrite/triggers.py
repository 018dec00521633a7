"""What one word may be, looked up once: a pronoun, a term, part of a phrase, a name, a thing, a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitors.rewrite.ages import OLDEST
from monitors.rewrite.english import English
from monitors.rewrite.lexicon import Lexicon, Sense
from monitors.rewrite.names import Names
from monitors.rewrite.pairing import CASUAL, KnownName
from monitors.rewrite.phrases import PREFIX, STEM, Entry, Index
from monitors.rewrite.tokens import folded

ASSISTANT_WORDS = frozenset(["assistant", "bot", "chatbot", "ai", "agent", "model", "persona", "concierge", "helper", "copilot"])
REMEMBERED = 30_000  # words
LONGEST = 40  # letters of a word that is remembered


class Trigger(NamedTuple):
    """All that a word may stand for."""

    pronoun: bool
    senses: tuple[tuple[Sense, ...], ...]  # by axis, longest first
    phrases: tuple[Entry, ...]
    rare: str  # "thing", "number", "code", "assistant", "versus", "stranger" or "foreign" where it is one of these, else empty
    name: KnownName | None  # as it is written: with a capital, or without one and common enough
    named: bool  # whether it is a given name, however written


STRANGER = Trigger(False, (), (), "stranger", None, False)  # a capitalised word that nothing here knows: a name, or no word at all


class Words(dict[str, Trigger | None]):
    """Words as they are written, with all that they may be; None for those that mean nothing here.

    What a word is depends on nothing but itself, so it is worked out once and remembered, up to a limit.
    """

    def __init__(
        self,
        lexicons: Mapping[str, Lexicon],
        pronouns: Mapping[str, object],
        vocabulary: Mapping[str, tuple[Sense, ...]],
        index: tuple[Index, Index],
        names: Names,
        english: English,
    ) -> None:
        super().__init__()
        self._pronouns = pronouns
        self._vocabulary = vocabulary
        self._phrases, self._stems = index
        self._names = names
        self._rare = _rare(lexicons, english)
        self._listed = english.everyday() | english.name_like
        self._meant = frozenset().union(pronouns, vocabulary, self._phrases, self._rare, names.known)

    def learn(self, words: Iterable[str]) -> None:
        """Remembers words in lower case that are met often."""
        for word in words:
            self[word] = self._look_up(word)

    def __missing__(self, word: str) -> Trigger | None:
        found = self._look_up(word)
        if len(word) <= LONGEST:
            if len(self) > REMEMBERED:
                self.clear()
            self[word] = found
        return found

    def _look_up(self, word: str) -> Trigger | None:
        low = word.lower()
        trigger = None
        stems: tuple[Entry, ...] = ()
        if low in self._meant or low[:PREFIX] in self._stems or not low.isascii():
            stems = self._of_stems(low)
            trigger = self._whole(low, word, stems)
        if trigger is None and not low.isascii():
            trigger = self._whole(folded(low), word, stems)
            if trigger is not None and trigger.pronoun:  # "hè" is none
                trigger = None
        if trigger is None and word[:1].isupper() and word[1:].islower() and len(word) > 2 and low not in self._listed:
            return STRANGER
        return trigger

    def _whole(self, low: str, word: str, stems: tuple[Entry, ...]) -> Trigger | None:
        phrases = self._phrases.get(low, ())
        senses = _by_axis(self._vocabulary.get(low, ()))
        rare = self._rare.get(low, "")
        name = self._name(low, word)
        named = low in self._names.known
        if low in self._pronouns or senses or phrases or stems or rare or name:
            return Trigger(low in self._pronouns, senses, (*stems, *phrases), rare, name, named)
        return None

    def _of_stems(self, low: str) -> tuple[Entry, ...]:
        entries = self._stems.get(low[:PREFIX], ())
        return tuple(e for e in entries if low.startswith(e.words[e.key].removesuffix(STEM)))

    def _name(self, low: str, word: str) -> KnownName | None:
        if word != word.lower():
            return self._names.known.get(low) or (None if word.isascii() else self._names.find(word))
        name = self._names.known.get(low)
        return name if name is not None and not name.also and name.bearers > CASUAL else None


def _rare(lexicons: Mapping[str, Lexicon], english: English) -> dict[str, str]:
    rare = dict.fromkeys(english.foreign_words - english.english_words, "foreign")
    rare |= dict.fromkeys(english.animals | english.vessels | english.deities, "thing")
    rare |= dict.fromkeys(ASSISTANT_WORDS, "assistant")
    rare["v"] = "versus"
    if any(x.numbers for x in lexicons.values()):
        rare |= dict.fromkeys(map(str, range(1, OLDEST + 1)), "number")
    letters = [letter.lower() for x in lexicons.values() for letter in x.codes if len(letter) == 1]
    rare |= dict.fromkeys([*letters, *(f"{age}{letter}" for letter in letters for age in range(1, OLDEST + 1))], "code")
    return rare


def _by_axis(senses: tuple[Sense, ...]) -> tuple[tuple[Sense, ...], ...]:
    if not senses:
        return ()
    return tuple(tuple(s for s in senses if s.axis == axis) for axis in dict.fromkeys(s.axis for s in senses))
