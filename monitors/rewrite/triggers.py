"""What one word may be, looked up once: a pronoun, a term, part of a phrase, a thing, a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitors.rewrite.ages import OLDEST
from monitors.rewrite.english import English
from monitors.rewrite.lexicon import Lexicon, Sense
from monitors.rewrite.phrases import Entry, Index


class Trigger(NamedTuple):
    """All that a word in lower case may stand for."""

    pronoun: bool
    senses: tuple[Sense, ...]
    phrases: tuple[Entry, ...]
    thing: bool
    number: bool
    code: bool
    assistant: bool


ASSISTANT_WORDS = frozenset("assistant bot chatbot ai agent model persona concierge helper copilot".split())


def make_triggers(
    lexicons: Mapping[str, Lexicon], pronouns: Mapping[str, object], vocabulary: Mapping[str, tuple[Sense, ...]], phrases: Index, english: English
) -> dict[str, Trigger]:
    """One table over all words that anything asks for."""
    things = english.animals | english.vessels | english.deities
    numbers = {str(n) for n in range(1, OLDEST + 1)} if any(x.numbers for x in lexicons.values()) else set()
    codes = {letter.lower() for x in lexicons.values() for letter in x.codes}
    words = {*pronouns, *vocabulary, *phrases, *things, *numbers, *codes, *ASSISTANT_WORDS}
    return {
        w: Trigger(w in pronouns, vocabulary.get(w, ()), phrases.get(w, ()), w in things, w in numbers, w in codes, w in ASSISTANT_WORDS)
        for w in words
    }
