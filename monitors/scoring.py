"""From replies to outcomes: each scorer sees both arms alike, and what a pair says in each of its cells is worked out here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitors.pair import Plan, Role
from monitors.rewrite import Tables, mask
from monitors.scorers import AnyScorer, PairScorer, Reply, Scorer, Value
from monitors.shadow import Answer

SCORER_FAILED = "scorer_failed"


@dataclass(frozen=True, slots=True)
class OutcomeValue:
    """Two arms' values of one outcome and their difference, group minus reference; None is "no value"."""

    outcome: str
    reference: float | None
    group: float | None
    difference: float | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """All outcomes of a pair, which scorers failed on it, and how long each took in seconds."""

    values: tuple[OutcomeValue, ...]
    failed: tuple[str, ...]
    seconds: Mapping[str, float]


def score_pair(
    plan: Plan, answers: Mapping[Role, Answer], first: Role, second: Role, scorers: Mapping[str, AnyScorer], tables: Tables
) -> ScoreReport:
    """Score the replies of two arms; ``second`` minus ``first``. Both must have a reply."""
    replies = [answer.reply for answer in (answers[first], answers[second])]
    if replies[0] is None or replies[1] is None:
        raise ValueError("both arms need a reply to be scored")
    plain = (replies[0], replies[1])
    masked: tuple[Reply, Reply] | None = None
    values: list[OutcomeValue] = []
    failed: list[str] = []
    seconds: dict[str, float] = {}
    for name, scorer in scorers.items():
        if scorer.masked and masked is None:
            masked = _masked(plain, plan, tables)
        begun = time.perf_counter()
        scored = _score(scorer, masked if scorer.masked and masked is not None else plain)
        seconds[name] = time.perf_counter() - begun
        if any(value.reason == SCORER_FAILED for value in scored):
            failed.append(name)
            continue
        values += _compared(name, scorer, scored[0]) if isinstance(scorer, PairScorer) else _compare(name, scorer, scored[0], scored[1])
    return ScoreReport(tuple(values), tuple(failed), seconds)


def arm_failed(answers: Mapping[Role, Answer], first: Role, second: Role) -> OutcomeValue:
    """Whether the arms got a reply at all: 1 where one failed, so that failures that favour a group are seen."""
    failures = [float(answers[role].reply is None) for role in (first, second)]
    return OutcomeValue("arm_failed", failures[0], failures[1], failures[1] - failures[0], "arm_failed:1")


def _compare(name: str, scorer: Scorer, reference: Value, group: Value) -> list[OutcomeValue]:
    """The outcome and its companion. In a decision a missing value counts as not favourable; a number has no such reading."""
    given = [float(value.value is not None) for value in (reference, group)]
    companion = OutcomeValue(f"{name}_given", given[0], given[1], given[1] - given[0], scorer.fingerprint)
    first, second = reference.value, group.value
    if scorer.binary and scorer.outcome == "decision":
        first, second = first or 0.0, second or 0.0
    if first is None or second is None:
        return [OutcomeValue(name, first, second, None, scorer.fingerprint), companion]
    return [OutcomeValue(name, first, second, scorer.difference(first, second), scorer.fingerprint), companion]


def _compared(name: str, scorer: PairScorer, value: Value) -> list[OutcomeValue]:
    """What a comparison of two replies says: it is the difference itself, neither arm has a value."""
    given = float(value.value is not None)
    companion = OutcomeValue(f"{name}_given", given, given, 0.0, scorer.fingerprint)
    return [OutcomeValue(name, None, None, value.value, scorer.fingerprint), companion]


def _score(scorer: AnyScorer, replies: tuple[Reply, Reply]) -> list[Value]:
    """The scorer's values; one that raises or answers out of its range is at fault, which is counted and never taken for a value."""
    wanted = 1 if isinstance(scorer, PairScorer) else 2
    try:
        values = scorer.compare([replies]) if isinstance(scorer, PairScorer) else scorer.score(replies)
        whole = len(values) == wanted and all(v.value is None or scorer.low <= v.value <= scorer.high for v in values)
    except Exception:  # noqa: BLE001  # a scorer may be somebody else's code: its fault ends with this pair
        whole, values = False, []
    return values if whole else [Value(None, reason=SCORER_FAILED)] * wanted


def _masked(replies: tuple[Reply, Reply], plan: Plan, tables: Tables) -> tuple[Reply, Reply]:
    """Both replies with every text that a scorer may read under the same placeholders, the prompt's as well."""
    arms = list(plan.arms.values())

    def hidden(text: str | None) -> str | None:
        return mask(text, arms, tables) if text else text

    first, second = (
        replace(reply, text=hidden(reply.text), refusal=hidden(reply.refusal), prompt=hidden(reply.prompt)) for reply in replies
    )
    return first, second
