"""What a pair says in each of its cells, worked out from the values of its two replies."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitors.pair import Role
from monitors.scorers import AnyScorer, PairScorer, Scorer, Value
from monitors.scoring.guard import SCORER_FAILED, Scored
from monitors.shadow import Answer


@dataclass(frozen=True, slots=True)
class OutcomeValue:
    """Two arms' values of one outcome and their difference, group minus reference; None is "no value"."""

    outcome: str
    reference: float | None
    group: float | None
    difference: float | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the marked words alone add to an outcome's difference: that of the texts as they are, less that of the masked ones."""

    outcome: str
    effect: float


def arm_failed(answers: Mapping[Role, Answer], first: Role, second: Role) -> OutcomeValue:
    """Whether the arms got a reply at all: 1 where one failed, so that failures that favour a group are seen."""
    return _flags("arm_failed", *(answers[role].reply is None for role in (first, second)))


def expired(*, reference: bool, group: bool) -> OutcomeValue:
    """Whether an arm had no answer in time, so that a delay that favours a group is seen."""
    return _flags("expired", reference, group)


def scorer_failed(reference: bool, group: bool) -> OutcomeValue:
    """Whether a scorer failed on an arm's reply by its own error: such a pair is lost to its outcome, maybe not at random."""
    return _flags(SCORER_FAILED, reference, group)


def compare(scorer: AnyScorer, scored: Scored) -> list[OutcomeValue]:
    """An outcome and its companion; nothing where the scorer failed on either reply."""
    if scored.failures:
        return []
    if isinstance(scorer, PairScorer):
        return _compared(scorer, scored.values[0], scored.fingerprint)
    return _both(scorer, scored.values[0], scored.values[1], scored.fingerprint)


def _both(scorer: Scorer, reference: Value, group: Value, fingerprint: str) -> list[OutcomeValue]:
    """In a yes-or-no decision a missing value counts as not favourable; a number has no such reading."""
    given = [float(value.value is not None) for value in (reference, group)]
    companion = OutcomeValue(f"{scorer.outcome}_given", given[0], given[1], given[1] - given[0], fingerprint)
    first, second = reference.value, group.value
    if scorer.binary and scorer.outcome == "decision":
        first, second = first or 0.0, second or 0.0
    difference = None if first is None or second is None else scorer.difference(first, second)
    return [OutcomeValue(scorer.outcome, first, second, difference, fingerprint), companion]


def _compared(scorer: PairScorer, value: Value, fingerprint: str) -> list[OutcomeValue]:
    """A comparison of two replies is the difference itself, neither arm has a value."""
    given = float(value.value is not None)
    companion = OutcomeValue(f"{scorer.outcome}_given", given, given, 0.0, fingerprint)
    return [OutcomeValue(scorer.outcome, None, None, value.value, fingerprint), companion]


def _flags(outcome: str, reference: bool, group: bool) -> OutcomeValue:
    return OutcomeValue(outcome, float(reference), float(group), float(group) - float(reference), f"{outcome}:1")
