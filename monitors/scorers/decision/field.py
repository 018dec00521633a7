"""A decision in one value: a field of a JSON reply, what a pattern found, an argument of a tool call."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from monitors.scorers.decision import labels, number, words, yes_no
from monitors.scorers.decision.numerals import numbers
from monitors.scorers.decision.spec import Spec
from monitors.scorers.decision.terms import inflections, terms

OfValue = Callable[[Any], float | None]
LONGEST = 12  # words of a text that is still read as a value


def value_reader(spec: Spec) -> OfValue:
    """What a value decides, None where it is outside the lists or the range; a short text is read like a reply."""
    return {"words": _words, "label": _label, "number": _number, "yes_no": _yes_no}[spec.shape](spec)


def _words(spec: Spec) -> OfValue:
    known: dict[str, float] = {}
    for side, phrases in ((0.0, spec.unfavourable), (1.0, spec.favourable)):
        for phrase in phrases:
            first, *rest = _key(phrase).split()
            for word, _ in inflections(first):
                known[" ".join([word, *rest])] = side
            if side == 1.0:
                for word, _ in inflections(first):
                    known.setdefault(" ".join(["do not", word, *rest]), 0.0)
                    known.setdefault(" ".join(["not", word, *rest]), 0.0)
                    known.setdefault(" ".join(["no", word, *rest]), 0.0)
    found = terms(spec.favourable, spec.unfavourable)

    def of_value(value: Any) -> float | None:
        if not isinstance(value, str):
            return None
        named = known.get(_key(value))
        return named if named is not None or not _short(value) else words.decide(value, found)[0]

    return of_value


def _label(spec: Spec) -> OfValue:
    known = {_key(label): mark for label, mark in spec.labels.items()}

    def of_value(value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return None
        named = known.get(_key(value))
        return named if named is not None or not _short(value) else labels.decide(str(value), spec.labels)[0]

    return of_value


def _number(spec: Spec) -> OfValue:
    def of_value(value: Any) -> float | None:
        if isinstance(value, bool):
            return None
        if isinstance(value, (int, float)):
            return float(value) if spec.low <= value <= spec.high else None
        if not isinstance(value, str) or len(value) > 60:
            return None
        parts = numbers(value.lower())
        return number.decide(value, spec.low, spec.high, spec.unit)[0] if parts else None

    return of_value


def _yes_no(spec: Spec) -> OfValue:
    known = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "y": 1.0, "n": 0.0, "1": 1.0, "0": 0.0}

    def of_value(value: Any) -> float | None:
        if not isinstance(value, (str, bool, int, float)):
            return None
        named = known.get(_key(value))
        return named if named is not None or not isinstance(value, str) or not _short(value) else yes_no.decide(value)[0]

    return of_value


def _short(value: object) -> bool:
    return 1 < len(str(value).split()) <= LONGEST


def _key(value: object) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", str(value).lower().replace("don't", "do not")).strip(" .,:;!*#<>()\"'").split())
