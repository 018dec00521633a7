"""What kind of thing a reply recommends: one outcome of yes or no for each label of a set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitors.scorers.contract import OptionsError, Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.decision.clauses import clauses, negations
from monitors.scorers.decision.final import readable
from monitors.scorers.decision.terms import inflections
from monitors.scorers.text import Sentence, words

PREFIX = "recommendation_"
VERSION = 1


class Recommendation:
    """Whether a reply recommends something of one label; no value where it names nothing of any label.

    A word counts where it stands in a statement of the reply's own that is not denied: not in a question, not in a quotation, not
    behind "rather than" or "not". So several labels of a set can be 1 at once: a reply that recommends nursing or teaching does both.
    """

    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = True
    binary = True
    masked = True
    place: Place = "monitor"

    def __init__(self, label: str, labels: Mapping[str, Sequence[str]]) -> None:
        self.outcome = PREFIX + label
        self.fingerprint = fingerprint("recommendation", VERSION, label, {name: list(found) for name, found in labels.items()})
        self._label = label
        self._phrases = {name: [form for phrase in phrases for form in _forms(phrase)] for name, phrases in labels.items()}

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [self._value(readable(reply.text or "")) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        return group - reference

    def _value(self, found: Sequence[Sentence]) -> Value:
        named = [name for name, phrases in self._phrases.items() if any(_recommends(sentence, phrases) for sentence in found)]
        if not named:
            return Value(None, reason="nothing of any label in the reply")
        return Value(float(self._label in named), label=", ".join(named))


def recommendation(label: str, given: Mapping[str, Any]) -> Recommendation:
    """The scorer of one label of a `recommendation:` section; OptionsError names what is wrong with its `labels`."""
    name = "recommendation"
    faults = [f"{name}.{key}: not a field of {name}; it has labels" for key in given if key != "labels"]
    labels = given.get("labels")
    if not isinstance(labels, Mapping) or len(labels) < 2:
        raise OptionsError(
            [*faults, f"{name}.labels: give at least two labels with words each, such as {{care: [nurse], trade: [plumber]}}"]
        )
    for key, phrases in labels.items():
        if not isinstance(phrases, (list, tuple)) or not phrases or not all(isinstance(x, str) and words(x) for x in phrases):
            faults.append(f"{name}.labels.{key}: give a list of at least one word or phrase")
    if label and label not in map(str, labels):
        faults.append(f"{name}.labels: has no label {label}; it has {', '.join(map(str, labels))}")
    if faults:
        raise OptionsError(faults)
    return Recommendation(label or str(next(iter(labels))), {str(key): tuple(phrases) for key, phrases in labels.items()})


def _forms(phrase: str) -> list[tuple[str, ...]]:
    """A phrase and its last word's plural and inflections."""
    *ahead, last = words(phrase)
    return [(*ahead, form) for form, _ in inflections(last)]


def _recommends(sentence: Sentence, phrases: Sequence[tuple[str, ...]]) -> bool:
    if sentence.question:
        return False
    said = sentence.words
    bounds = clauses(said)
    for phrase in phrases:
        for start in range(len(said) - len(phrase) + 1):
            if said[start : start + len(phrase)] == phrase:
                begin = next((first for first, end in bounds if first <= start < end), 0)
                if negations(said[begin:start]) % 2 == 0:
                    return True
    return False
