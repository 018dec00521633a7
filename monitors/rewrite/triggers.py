"""What one word may be, looked up once: a pronoun, a term, part of a phrase, a thing, a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitors.rewrite.ages import OLDEST
from monitors.rewrite.english import English
from monitors.rewrite.lexicon import Lexicon, Sense
from monitors.rewrite.phrases import Entry, Index

ASSISTANT_WORDS = frozenset(["assistant", "bot", "chatbot", "ai", "agent", "model", "persona", "concierge", "helper", "copilot"])


class Trigger(NamedTuple):
    """All that a word in lower case may stand for."""

    marks: bool  # whether it may be a pronoun or a term
    pronoun: bool
    senses: tuple[tuple[Sense, ...], ...]  # by axis, longest first
    phrases: tuple[Entry, ...]
    named: bool  # whether it is a given name too
    rare: str  # "thing", "number", "code", "assistant" or "foreign" where it is one of these, else empty


def make_triggers(
    lexicons: Mapping[str, Lexicon],
    pronouns: Mapping[str, object],
    vocabulary: Mapping[str, tuple[Sense, ...]],
    phrases: Index,
    names: Mapping[str, object],
    english: English,
) -> dict[str, Trigger]:
    """One table over all words that anything asks for."""
    rare = dict.fromkeys(english.foreign_words - english.english_words, "foreign")
    rare |= dict.fromkeys(english.animals | english.vessels | english.deities, "thing")
    rare |= dict.fromkeys(ASSISTANT_WORDS, "assistant")
    if any(x.numbers for x in lexicons.values()):
        rare |= dict.fromkeys(map(str, range(1, OLDEST + 1)), "number")
    letters = [letter.lower() for x in lexicons.values() for letter in x.codes if len(letter) == 1]
    rare |= dict.fromkeys([*letters, *(f"{age}{letter}" for letter in letters for age in range(1, OLDEST + 1))], "code")
    return {
        word: Trigger(
            word in pronouns or word in vocabulary,
            word in pronouns,
            _by_axis(vocabulary.get(word, ())),
            phrases.get(word, ()),
            word in names,
            rare.get(word, ""),
        )
        for word in {*pronouns, *vocabulary, *phrases, *rare}
    }


def _by_axis(senses: tuple[Sense, ...]) -> tuple[tuple[Sense, ...], ...]:
    return tuple(tuple(s for s in senses if s.axis == axis) for axis in dict.fromkeys(s.axis for s in senses))
