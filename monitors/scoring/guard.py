"""A scorer asked so that its faults end with the replies they are about: it raises, miscounts, leaves its range, and others go on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitors.scorers import AnyScorer, PairScorer, Value

SCORER_FAILED = "scorer_failed"
FAILED = Value(None, reason=SCORER_FAILED)


@dataclass(frozen=True, slots=True)
class Scored:
    """One value for each item, which fingerprint they belong to, and what is wrong with the scorer, if anything is."""

    values: tuple[Value, ...]
    fingerprint: str
    problem: str = ""

    @property
    def failures(self) -> int:
        """How many items the scorer failed on by its own error."""
        return sum(value.reason == SCORER_FAILED for value in self.values)


def failed(scorer: AnyScorer, items: Sequence[Any], problem: str) -> Scored:
    """No value for any item, by the scorer's own fault."""
    return Scored((FAILED,) * len(items), scorer.fingerprint, problem)


def guarded(scorer: AnyScorer, items: Sequence[Any]) -> Scored:
    """Score a batch; where that raises, each item alone, so that one does not cost the others their values."""
    values, problem = _asked(scorer, items)
    if values is None and len(items) > 1:
        alone = [_asked(scorer, [item]) for item in items]
        values = [found[0] if found is not None else FAILED for found, _ in alone]
        problem = next((told for _, told in alone if told), "")
    checked = tuple(_checked(scorer, value) for value in values or [FAILED] * len(items))
    if not problem and any(value.reason == SCORER_FAILED for value in checked):
        problem = "it gave a value that is none or is outside its range"
    return Scored(checked, scorer.fingerprint, problem or str(getattr(scorer, "problem", None) or ""))


def _asked(scorer: AnyScorer, items: Sequence[Any]) -> tuple[list[Value] | None, str]:
    try:
        values = scorer.compare(items) if isinstance(scorer, PairScorer) else scorer.score(items)
    except Exception as error:  # noqa: BLE001  # a scorer may be somebody else's code: its fault is told and ends here
        return None, f"{type(error).__name__}: {error}"[:200]
    if len(values) != len(items):
        return None, f"it gave {len(values)} values for {len(items)} replies"
    return list(values), ""


def _checked(scorer: AnyScorer, value: Value) -> Value:
    number = value.value
    if number is None:
        if (value.reason or "").startswith(SCORER_FAILED):
            return FAILED  # the scorer's own words are in its problem
        return value if value.reason else replace(value, reason="no reason given")
    return value if math.isfinite(number) and scorer.low <= number <= scorer.high else FAILED
