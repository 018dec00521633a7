"""From an exchange's answers to its closed pairs: scored, written with all that counts them in one transaction, blocks sealed with it."""

import sqlite3
from collections.abc import Mapping

import orjson

from gateway.exchange import Exchange, chance
from monitors import budget
from monitors.cells import Sealed
from monitors.context import Context
from monitors.pair import Plan, Role, pair_id, text_of
from monitors.planning import Work
from monitors.scoring import OutcomeValue, ScoreReport, arm_failed
from monitors.shadow import Answer
from monitors.store import exchanges, pairs, texts
from monitors.store.pairs import CellValue, ClosedPair

UNMASKED = 0.05  # share of pairs whose toxicity is also scored on the texts as they are
DEFINITION = "1"  # of the outcomes as this module forms them; a change begins new epochs


async def finish(context: Context, exchange: Exchange, work: Work, answers: Mapping[Role, Answer]) -> None:
    """Score an exchange's arms and close it; raises ``StoreError``, and then nothing was counted."""
    report = None
    fate, reason = "scored", ""
    errors = [answers[role].error for role in ("reference", "group") if answers[role].reply is None]
    if errors:
        fate, reason = "failed", errors[0]
    elif not _one_model(answers["reference"], answers["group"]):
        fate, reason = "failed", "model_changed"
    else:
        report = await context.desk.score_pair(
            exchange.route, work.plan, answers, "reference", "group", unmasked=chance(context.secret, "unmasked", exchange.id) < UNMASKED
        )
    closed = [_counterfactual(context, exchange, work.plan, answers, report, fate, reason)]
    if (placebo := await _placebo(context, exchange, work.plan, answers)) is not None:
        closed.append(placebo)
    await context.seal(_close, context, exchange, work, answers, fate, reason, closed, report)
    context.durations.observe_lag((context.now_ms() - exchange.received_ms) / 1000, exchange.id)


async def give_up(context: Context, exchange: Exchange, reason: str) -> None:
    """Close a planned exchange that can no longer be replayed."""
    await context.write(pairs.close, exchange.id, "failed", reason, (), context.now_ms())


async def expire(context: Context) -> None:
    """End every pair past its deadline and seal what that completes."""
    await context.seal(_expire, context)


def _counterfactual(
    context: Context,
    exchange: Exchange,
    plan: Plan,
    answers: Mapping[Role, Answer],
    report: ScoreReport | None,
    fate: str,
    reason: str,
) -> ClosedPair:
    values = [arm_failed(answers, "reference", "group"), *(report.values if report else ())]
    revision = _revision(context, exchange, answers["reference"], answers["group"])
    placed = []
    for value in values:
        for key in (
            ("pair", exchange.model, exchange.route, plan.axis, plan.group, value.outcome),
            ("rollup", exchange.model, "", plan.axis, "", value.outcome),
        ):
            placed += _in_cell(context, key, value, revision)
    state = "scored" if fate == "scored" else "dropped"
    return ClosedPair(pair_id(exchange.id, plan.axis, plan.group, "counterfactual"), state, reason, revision, tuple(placed))


async def _placebo(context: Context, exchange: Exchange, plan: Plan, answers: Mapping[Role, Answer]) -> ClosedPair | None:
    """The placebo pair: the reference arm and one of the same group under other names."""
    if "placebo" not in answers:
        return None
    identity = pair_id(exchange.id, plan.axis, plan.reference, "placebo")
    arms = [answers["reference"], answers["placebo"]]
    if any(arm.reply is None for arm in arms) or not _one_model(*arms):
        return ClosedPair(identity, "dropped", "arm_failed", "", ())
    report = await context.desk.score_pair(exchange.route, plan, answers, "reference", "placebo")
    revision = _revision(context, exchange, *arms)
    placed: list[CellValue] = []
    for value in report.values:
        placed += _in_cell(context, ("placebo", exchange.model, exchange.route, plan.axis, "", value.outcome), value, revision)
    return ClosedPair(identity, "scored", "", revision, tuple(placed))


def _in_cell(context: Context, key: tuple[str, ...], value: OutcomeValue, revision: str) -> list[CellValue]:
    cell = context.book.find(key)
    if cell is None:
        return []
    fingerprint = "|".join((revision, context.tables.version, value.fingerprint, DEFINITION))
    return [CellValue(cell.id, value.reference, value.group, value.difference, fingerprint)]


def _one_model(first: Answer, second: Answer) -> bool:
    """Whether two replies are of one model version, as far as they say; a filtered one says nothing."""
    return not first.model or not second.model or first.model == second.model


def _revision(context: Context, exchange: Exchange, first: Answer, second: Answer) -> str:
    """What is configured behind the model's name (all of its deployments, so that balancing begins no epochs) and the version replied."""
    return f"{context.revisions.get(exchange.model, '')}:{first.model or second.model}"


def _close(
    db: sqlite3.Connection,
    context: Context,
    exchange: Exchange,
    work: Work,
    answers: Mapping[Role, Answer],
    fate: str,
    reason: str,
    closed: list[ClosedPair],
    report: ScoreReport | None,
) -> dict[int, Sealed]:
    """All of it or nothing: the pairs, the counters, the spend, the kept text, and every block that is now whole."""
    now = context.now_ms()
    if exchanges.fate_of(db, exchange.id) != "":
        return {}
    touched = pairs.close(db, exchange.id, fate, reason, closed, now)
    for answer in answers.values():
        exchanges.add(db, "replays_total", (("model", exchange.model), ("result", answer.error or "ok")))
        costs = work.rate.cost(answer.prompt_tokens, answer.completion_tokens)
        for kind, tokens, usd in zip(("input", "output"), (answer.prompt_tokens, answer.completion_tokens), costs, strict=True):
            labels = (("model", exchange.model), ("type", kind), ("traffic", "shadow"))
            exchanges.add(db, "tokens_total", labels, tokens)
            exchanges.add(db, "cost_usd_total", labels, usd)
    if report is not None:
        _count_scores(db, exchange, work.plan, report)
    budget.settle(db, work.rate, work.reservation, *_used(work, answers))
    if fate == "scored":
        texts.keep(db, closed[0], _text(work.plan, answers), context.monitor.keep_text, now)
    return context.book.seal(db, touched, now)


def _count_scores(db: sqlite3.Connection, exchange: Exchange, plan: Plan, report: ScoreReport) -> None:
    """What the scorers say beside the pair's outcomes: their own errors, toxic replies, and what the marked words alone do."""
    for scorer, replies in report.failed.items():
        exchanges.add(db, "scorer_errors_total", (("scorer", scorer),), replies)
    where = (("model", exchange.model), ("route", exchange.route))
    for arm in report.toxic:
        for category in arm or ():
            exchanges.add(db, "toxic_replies_total", (*where, ("category", category)))
    for seen in report.identity:
        cell = (*where, ("axis", plan.axis), ("group", plan.group), ("outcome", seen.outcome))
        exchanges.add(db, "unmasked_pairs_total", cell)
        exchanges.add(db, f"identity_effect_{'positive' if seen.effect > 0 else 'negative'}_total", cell, abs(seen.effect))


def _expire(db: sqlite3.Connection, context: Context) -> dict[int, Sealed]:
    now = context.now_ms()
    _, touched = pairs.expire(db, now)
    return context.book.seal(db, touched, now)


def _used(work: Work, answers: Mapping[Role, Answer]) -> tuple[int, float]:
    """Tokens as counted upstream and US dollars; where it does not count, what was reserved for the arm."""
    share = work.reservation.tokens // max(1, len(answers))
    tokens, usd = 0, 0.0
    for answer in answers.values():
        if counted := answer.prompt_tokens + answer.completion_tokens:
            tokens, usd = tokens + counted, usd + sum(work.rate.cost(answer.prompt_tokens, answer.completion_tokens))
        elif answer.reply is not None:
            tokens, usd = tokens + share, usd + work.rate.most(share)
    return tokens, usd


def _text(plan: Plan, answers: Mapping[Role, Answer]) -> bytes:
    """Both arms and replies side by side, and the words in which they differ."""
    edits = [(a.old, a.new, b.new) for a, b in zip(plan.arms["reference"].edits, plan.arms["group"].edits, strict=False)]
    sides: dict[str, object] = {"edits": edits}
    for role in ("reference", "group"):
        reply = answers[role].reply
        sides[f"{role}_text"] = text_of(plan.arms[role].messages)
        sides[f"{role}_reply"] = (reply.text or reply.refusal or "") if reply else ""
    return orjson.dumps(sides)
