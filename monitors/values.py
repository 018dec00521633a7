"""What answered arms say in each cell: the gap, the checks of the instrument, the drill; the pairs as they are closed."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.exchange import Exchange
from monitors.cells import drill
from monitors.context import Context
from monitors.declare import IDENTICAL
from monitors.pair import Plan, Role, marked_words, pair_id
from monitors.scorers import Reply
from monitors.scoring import OutcomeValue, ScoreReport, arm_failed, expired
from monitors.shadow import Answer
from monitors.store.pairs import CellValue, ClosedPair, DuePair

DEFINITION = "1"  # of the outcomes as this module forms them; a change begins new epochs
LONG_REPLY = 200
"""Characters from which on a model that samples hardly gives the same reply twice."""
WARM = 0.5
"""Temperature from which on that is so."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """An exchange with its plan and the answers to its arms."""

    exchange: Exchange
    plan: Plan
    answers: Mapping[Role, Answer]

    def one_model(self, first: Role, second: Role) -> bool:
        """Whether two replies are of one model version, as far as they say; a filtered one says nothing."""
        one, other = self.answers[first].model, self.answers[second].model
        return not one or not other or one == other

    def pair(self, kind: str) -> str:
        """The id of the exchange's pair of this kind."""
        group = self.plan.group if kind == "counterfactual" else self.plan.reference
        return pair_id(self.exchange.id, self.plan.axis, group, kind)


def counterfactual(context: Context, made: Pairing, report: ScoreReport | None, fate: str, reason: str) -> ClosedPair:
    """The pair of reference and group: its values in the cells of its gap, of the checks that it feeds, and of its drills."""
    lost = [arm_failed(made.answers, "reference", "group"), expired(reference=False, group=False)]
    values = [*lost, *(map(sound, report.values) if report else ())]
    revision = _revision(context, made, "reference", "group")
    withheld = {value.outcome.removesuffix("_given") for value in values if value.outcome.endswith("_given") and not _both(value)}
    placed = tuple(
        replace(cell, given=value.outcome not in withheld) for value in values for cell in _of_gap(context, made, value, revision)
    )
    return ClosedPair(made.pair("counterfactual"), "scored" if fate == "scored" else "dropped", reason, revision, placed)


def _both(value: OutcomeValue) -> bool:
    """Whether both arms have what this companion counts."""
    return value.reference == value.group == 1.0


async def checks(context: Context, made: Pairing) -> list[ClosedPair]:
    """The pairs that check the instrument: two names of one group, one arm asked twice, one reply with its names swapped."""
    closed = []
    if "placebo" in made.answers:
        closed.append(await _scored(context, made, "placebo", "placebo", made.plan.axis))
    if "replay" in made.answers:
        closed += [await _scored(context, made, "replay", "replay", ""), await _rescored(context, made)]
    return closed


def late(context: Context, due: DuePair, answered: Collection[Role]) -> list[CellValue]:
    """What an expired pair says: which of its arms had no answer in time. A pair that checks the instrument says nothing."""
    if due.kind != "counterfactual":
        return []
    value = expired(reference="reference" not in answered, group="group" not in answered)
    key = ("pair", due.model, due.route, due.axis, due.group, value.outcome)
    return list(_in_cell(context, key, value, value.fingerprint))


def sound(value: OutcomeValue) -> OutcomeValue:
    """The value itself, or without its difference where that is no number from -1 to 1: nothing else may reach a cell."""
    whole = value.difference is None or -1.0 <= value.difference <= 1.0  # NaN is not
    return value if whole else replace(value, difference=None)


def _of_gap(context: Context, made: Pairing, value: OutcomeValue, revision: str) -> Iterator[CellValue]:
    exchange, plan = made.exchange, made.plan
    model, route, axis, group = exchange.model, exchange.route, plan.axis, plan.group
    marked = _marked(context, value, revision)
    if plan.held_out:
        for where in ((route, group), ("", "")):
            yield from _in_cell(context, ("confirmation", model, where[0], axis, where[1], value.outcome), value, marked)
        return
    yield from _in_cell(context, ("pair", model, route, axis, group, value.outcome), value, marked)
    yield from _in_cell(context, ("rollup", model, "", axis, "", value.outcome), value, marked)
    first = value if plan.order.index("group") < plan.order.index("reference") else _turned(value)
    yield from _in_cell(context, ("order", model, route, "", "", value.outcome), first, marked)
    if plan.origin in (plan.reference, plan.group):
        own = value if plan.origin == plan.group else _turned(value)
        yield from _in_cell(context, ("origin", model, route, axis, "", value.outcome), own, marked)
    yield from _in_cell(context, ("drill", "", route, "", "", value.outcome), _planted(context, made, value), "drill")


def _planted(context: Context, made: Pairing, value: OutcomeValue) -> OutcomeValue:
    scorer = context.desk.scorers(made.exchange.route).get(value.outcome)
    if scorer is None or value.difference is None:
        return value
    tolerance = context.routes[made.exchange.route].tolerance(value.outcome)
    identity = made.pair("counterfactual")
    planted = drill.plant(context.secret, identity, value.difference, binary=scorer.binary, tolerance=tolerance)
    return replace(value, reference=None, group=None, difference=planted)


def _turned(value: OutcomeValue) -> OutcomeValue:
    """The same two arms, compared the other way round."""
    return replace(
        value, reference=value.group, group=value.reference, difference=None if value.difference is None else 0.0 - value.difference
    )


async def _scored(context: Context, made: Pairing, kind: str, other: Role, axis: str) -> ClosedPair:
    """A check's pair: the reference arm and another arm of the same group."""
    if any(made.answers[role].reply is None for role in ("reference", other)) or not made.one_model("reference", other):
        return ClosedPair(made.pair(kind), "dropped", "arm_failed", "", ())
    report = await context.desk.score_pair(made.exchange.route, made.plan, made.answers, "reference", other)
    values = [*report.values, *([_identical(made)] if kind == "replay" else [])]
    return _closed(context, made, kind, axis, values, _revision(context, made, "reference", other))


async def _rescored(context: Context, made: Pairing) -> ClosedPair:
    """The reference arm's reply, scored once more with the names and words of the other arm in it: a scorer must not tell them apart."""
    answer = made.answers["reference"]
    if answer.reply is None:
        return ClosedPair(made.pair("rescoring"), "dropped", "arm_failed", "", ())
    swapped = replace(answer, reply=_swapped(answer.reply, made.plan))
    answers: dict[Role, Answer] = {"reference": answer, "group": swapped}
    report = await context.desk.score_pair(made.exchange.route, made.plan, answers, "reference", "group")
    return _closed(context, made, "rescoring", "", report.values, _revision(context, made, "reference", "reference"))


def _closed(context: Context, made: Pairing, kind: str, axis: str, values: Iterable[OutcomeValue], revision: str) -> ClosedPair:
    placed: list[CellValue] = []
    for value in map(sound, values):
        key = (kind, made.exchange.model, made.exchange.route, axis, "", value.outcome)
        placed += _in_cell(context, key, value, _marked(context, value, revision))
    return ClosedPair(made.pair(kind), "scored", "", revision, tuple(placed))


def _identical(made: Pairing) -> OutcomeValue:
    """Whether one arm, asked twice, got one long reply twice though the model was to sample; no value where that may well happen."""
    request = made.exchange.request
    temperature = request.get("temperature")
    samples = (temperature is None or temperature >= WARM) and request.get("seed") is None
    texts = [reply.text or "" if (reply := made.answers[role].reply) else "" for role in ("reference", "replay")]
    same = float(texts[0] == texts[1]) if samples and min(map(len, texts)) >= LONG_REPLY else None
    return OutcomeValue(IDENTICAL, None if same is None else 0.0, same, same, "identical:1")


def _swapped(reply: Reply, plan: Plan) -> Reply:
    words = {own.casefold(): other for _, own, other in marked_words(plan) if own}
    if not words or not reply.text:
        return reply
    either = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE)
    return replace(reply, text=either.sub(lambda found: words[found[0].casefold()], reply.text))


def _in_cell(context: Context, key: tuple[str, ...], value: OutcomeValue, fingerprint: str) -> Iterator[CellValue]:
    cell = context.book.find(key)
    if cell is not None:
        yield CellValue(cell.id, value.reference, value.group, value.difference, fingerprint)


def _marked(context: Context, value: OutcomeValue, revision: str) -> str:
    """What a value's epoch is known by."""
    return "|".join((revision, context.tables.version, value.fingerprint, DEFINITION))


def _revision(context: Context, made: Pairing, first: Role, second: Role) -> str:
    """What is configured behind the model's name (all of its deployments, so that balancing begins no epochs) and the version replied."""
    replied = made.answers[first].model or made.answers[second].model
    return f"{context.revisions.get(made.exchange.model, '')}:{replied}"
