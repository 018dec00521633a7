"""The `decision:` section of a route, checked."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from monitors.scorers.contract import OptionsError, Polarity

KINDS = ("words", "yes_no", "label", "number", "json", "regex", "tool_call")
SHAPES = ("words", "yes_no", "label", "number")
_FIELDS = {
    "words": ("favourable", "unfavourable", "subject"), "yes_no": (), "label": ("labels",), "number": ("low", "high", "unit"),
    "json": ("path", "as"), "regex": ("pattern", "as"), "tool_call": ("tool", "path", "as"),
}  # fmt: skip
_VALUE_FIELDS = {"words": ("favourable", "unfavourable"), "label": ("labels",), "number": ("low", "high", "unit")}
_COMMON = ("kind", "tolerance", "polarity")
_POLARITIES: tuple[Polarity, ...] = ("higher_is_better", "higher_is_worse", "neither")
_INDEX = re.compile(r"\[(\d+)\]")
_NESTED = re.compile(r"[*+}]\)(?:[*+]|\{\d*,\d*\})")
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spec:
    """What counts as the decision and the range of its values; `shape` is the kind of value (a JSON field's `as`)."""

    kind: str
    shape: str
    low: float
    high: float
    polarity: Polarity
    given: dict[str, Any]
    favourable: tuple[str, ...] = ()
    unfavourable: tuple[str, ...] = ()
    subject: str | None = None
    labels: dict[str, float] = field(default_factory=dict)
    unit: str | None = None
    path: str | None = None
    pattern: str | None = None
    tool: str | None = None

    @property
    def in_one_place(self) -> bool:
        """Whether the decision is a value that stands in a known place, and not read from the reply's language."""
        return self.kind not in SHAPES


class _Reading:
    """Reads fields one after the other and keeps what is wrong with each, so that one go tells everything."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, otherwise: T, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except ValueError as error:
            self.faults.append(str(error))
            return otherwise


def checked(given: Mapping[str, Any]) -> Spec:
    """The specification of a mapping; `OptionsError` names every field that is wrong and how to mend it."""
    kind = given.get("kind", "words" if "favourable" in given else None)
    if kind not in KINDS:
        raise OptionsError([f"decision.kind: {kind!r} is not known; use one of {', '.join(KINDS)}"])
    of = _Reading()
    of.faults += _unknown(kind, given)
    shape = kind if kind in SHAPES else given.get("as")
    if shape not in SHAPES:
        of.faults.append("decision.as: say what stands there: words, yes_no, label or number")
    path = of(None, _path, given) if "path" in _FIELDS[kind] else None
    pattern = of(None, _pattern, given) if kind == "regex" else None
    tool = of(None, _text, given, "tool") if "tool" in given else None
    low, high = 0.0, 1.0
    labels: dict[str, float] = {}
    favourable: tuple[str, ...] = ()
    unfavourable: tuple[str, ...] = ()
    if shape == "words":
        favourable, unfavourable = of((), _phrases, given, "favourable"), of((), _phrases, given, "unfavourable")
        both = {x.casefold() for x in favourable} & {x.casefold() for x in unfavourable}
        if both:
            of.faults.append(f"decision.unfavourable: {sorted(both)[0]!r} is in both lists; leave it in one")
    elif shape == "label":
        labels = of({}, _labels, given)
        low, high = min(labels.values(), default=0.0), max(labels.values(), default=1.0)
    elif shape == "number":
        low, high = of(-math.inf, _number, given, "low"), of(math.inf, _number, given, "high")
        if low >= high:
            of.faults.append("decision.high: must be greater than decision.low")
    polarity = given.get("polarity", "higher_is_better" if shape in ("words", "yes_no") else "neither")
    if polarity not in _POLARITIES:
        of.faults.append(f"decision.polarity: use one of {', '.join(_POLARITIES)}")
    subject = of(None, _text, given, "subject") if "subject" in given else None
    unit = of(None, _text, given, "unit") if given.get("unit") is not None else None
    if of.faults:
        raise OptionsError(of.faults)
    kept = {key: value for key, value in given.items() if key != "tolerance"}
    return Spec(kind, str(shape), low, high, polarity, kept, favourable, unfavourable, subject, labels, unit, path, pattern, tool)


def _unknown(kind: str, given: Mapping[str, Any]) -> Iterator[str]:
    known = (*_COMMON, *_FIELDS[kind], *_VALUE_FIELDS.get(str(given.get("as")) if kind not in SHAPES else "", ()))
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            yield f"decision.{key}: not a field of kind {kind}" + (f"; did you mean {near[0]}?" if near else f"; it has {', '.join(known)}")


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"decision.{key}: give a text that is not empty")
    return value


def _path(given: Mapping[str, Any]) -> str:
    """A dotted path; `[0]` counts the items of a list."""
    path = _INDEX.sub(r".\1", _text(given, "path")).removeprefix("$").removeprefix(".")
    if not all(part.strip() for part in path.split(".")):
        raise ValueError(
            "decision.path: a part of it is empty; write names with dots between them, such as result.verdict or items[0].score"
        )
    return path


def _pattern(given: Mapping[str, Any]) -> str:
    pattern = _text(given, "pattern")
    try:
        empty = re.compile(pattern).search("")
    except re.error as error:
        raise ValueError(f"decision.pattern: is not a regular expression: {error}; mend it") from error
    if empty:
        raise ValueError("decision.pattern: matches the empty text; let it ask for at least one character")
    if _NESTED.search(pattern):
        raise ValueError("decision.pattern: repeats a repetition, which can take for ever; leave out one of the two")
    return pattern


def _phrases(given: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = given.get(key)
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(x, str) and x.strip() for x in value):
        raise ValueError(f"decision.{key}: give a list of at least one word or phrase")
    return tuple(value)


def _number(given: Mapping[str, Any], key: str) -> float:
    value = given.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"decision.{key}: give a number")
    return float(value)


def _labels(given: Mapping[str, Any]) -> dict[str, float]:
    value = given.get("labels")
    if not isinstance(value, Mapping) or len(value) < 2:
        raise ValueError("decision.labels: give at least two labels with a number each, such as {low: 1, high: 2}")
    for label, mark in value.items():
        if isinstance(mark, bool) or not isinstance(mark, (int, float)) or not math.isfinite(mark):
            raise ValueError(f"decision.labels.{label}: give a number")
    found = {str(label): float(mark) for label, mark in value.items()}
    if len(set(found.values())) < 2:
        raise ValueError("decision.labels: the numbers are all equal; give labels different numbers")
    return found
