"""The language of a reply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from monitors.scorers.contract import Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.text import plain, word_set, words

ENOUGH_WORDS = 4
_MARKS = {
    "en": word_set("the and of to is in that it you for not with on are be this i a or as have can"),
    "es": word_set("el los las que de una para con por su como pero más está son no puedo lo se y es en un la"),
    "de": word_set("der die das und nicht ist ich sie ein eine zu den mit auf für dem kann kein keine wenn bitte leider"),
    "fr": word_set("le les des est vous je pas une dans que pour sur ne qui au ce cette nous et du la un de"),
}
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
VERSION = 1


def detected(found: Iterable[str]) -> str:
    """The language of some words among English, Spanish, German and French, by their function words; English where nothing tells.

    >>> detected("no puedo ayudarte con eso".split())
    'es'
    """
    present = frozenset(found)
    counts = {name: len(present & marks) for name, marks in _MARKS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > counts["en"] else "en"


class Language:
    """1 where the reply is in the language expected, 0 where it is in another; the label names it, `other` for other scripts."""

    outcome = "language"
    low, high = 0.0, 1.0
    polarity: Polarity = "higher_is_better"
    signed = True
    binary = True
    masked = False
    place: Place = "monitor"

    def __init__(self, given: Mapping[str, Any]) -> None:
        """`expected` is `en` (the default), `es`, `de` or `fr`; ValueError otherwise."""
        expected = given.get("expected", "en")
        unknown = [key for key in given if key != "expected"]
        if unknown:
            raise ValueError(f"language.{unknown[0]}: not a field of language; it has expected")
        if expected not in _MARKS:
            raise ValueError(f"language.expected: use one of {', '.join(_MARKS)}")
        self._expected = str(expected)
        self.fingerprint = fingerprint("language", VERSION, self._expected, sorted((name, sorted(marks)) for name, marks in _MARKS.items()))

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [self._value(plain(reply.text or "")) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        return group - reference

    def _value(self, text: str) -> Value:
        letters = len(_LETTER.findall(text))
        if letters and len(_OTHER_SCRIPT.findall(text)) * 2 > letters:
            return Value(0.0, "other")
        found = [word for word in words(text) if word[0].isalpha()]
        if len(found) < ENOUGH_WORDS:
            return Value(None, reason="too short to tell its language")
        name = detected(found)
        return Value(float(name == self._expected), name)
