"""A decision in a field of a JSON reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from monitors.scorers.decision import number
from monitors.scorers.decision.mend import found
from monitors.scorers.decision.numerals import numbers
from monitors.scorers.decision.spec import Spec
from monitors.scorers.decision.terms import inflections
from monitors.scorers.text import plain

_GAP = "no such field in the reply"
_FOREIGN = "the field holds something else"


def field_reader(spec: Spec) -> Callable[[str], tuple[float | None, str]]:
    """The reader of a route's JSON field; a value outside the lists or the range is no value."""
    of_value = {"words": _words(spec), "label": _label(spec), "number": _number(spec)}[spec.shape]

    def read(text: str) -> tuple[float | None, str]:
        try:
            value = found(plain(text), spec.path or "")
        except KeyError:
            return None, _GAP
        mark = of_value(value[0] if isinstance(value, list) and len(value) == 1 else value)
        return (mark, "") if mark is not None else (None, _FOREIGN)

    return read


def _words(spec: Spec) -> Callable[[Any], float | None]:
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
    return lambda value: known.get(_key(value)) if isinstance(value, str) else None


def _label(spec: Spec) -> Callable[[Any], float | None]:
    known = {_key(label): mark for label, mark in spec.labels.items()}
    return lambda value: known.get(_key(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _number(spec: Spec) -> Callable[[Any], float | None]:
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


def _key(value: object) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", str(value).lower().replace("don't", "do not")).strip(" .!*\"'").split())
