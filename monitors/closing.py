"""From an exchange's answers to its closed pairs: scored, written with all that counts them in one transaction, blocks sealed with it."""

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import orjson

from gateway.exchange import Exchange, chance
from gateway.logs import about
from monitors import budget, values
from monitors.cells import Sealed
from monitors.context import Context
from monitors.levels import levels_of
from monitors.pair import Plan, Role, marked_words, text_of
from monitors.planning import Work
from monitors.scoring import ScoreReport
from monitors.shadow import Answer
from monitors.store import exchanges, levels, pairs, texts
from monitors.store.pairs import CellValue, ClosedPair, DuePair
from monitors.values import Pairing
from monitors.views import GAPS

log = logging.getLogger("evenhand.monitor")
UNMASKED = 0.05  # share of pairs whose toxicity is also scored on the texts as they are


async def finish(context: Context, exchange: Exchange, work: Work, answers: Mapping[Role, Answer]) -> None:
    """Score an exchange's arms and close it; raises ``StoreError``, and then nothing was counted."""
    made = Pairing(exchange, work.plan, answers)
    report = None
    fate, reason = "scored", ""
    errors = [answers[role].error for role in ("reference", "group") if answers[role].reply is None]
    if errors:
        fate, reason = "failed", errors[0]
    elif not made.one_model("reference", "group"):
        fate, reason = "failed", "model_changed"
    else:
        report = await context.desk.score_pair(
            exchange.route, work.plan, answers, "reference", "group", unmasked=chance(context.secret, "unmasked", exchange.id) < UNMASKED
        )
    closed = [values.counterfactual(context, made, report, fate, reason), *await values.checks(context, made)]
    await context.seal(_close, context, exchange, work, answers, fate, reason, closed, report)
    context.durations.observe_lag((context.now_ms() - exchange.received_ms) / 1000, exchange.id)


async def give_up(context: Context, exchange: Exchange, reason: str) -> None:
    """Close a planned exchange that can no longer be replayed."""
    await context.write(pairs.close, exchange.id, "failed", reason, (), context.now_ms())


async def clear(context: Context, cell_id: int, reason: str) -> None:
    """End a cell's alarm on an operator's word, never silently; ValueError where none stands."""
    await context.seal(context.book.clear, cell_id, reason, context.now_ms())
    log.warning("the alarm of cell %d was cleared: %s", cell_id, reason, extra=about("alarm_cleared", cell=cell_id))


async def expire(context: Context) -> None:
    """End every pair past its deadline and seal what that completes."""
    await context.seal(_expire, context)


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
    levels.record(db, exchange.id, {} if report is None else levels_of(report, work.plan))
    if report is not None:
        _count_scores(db, exchange, work.plan, report)
    budget.settle(db, work.rate, work.reservation, *_used(work, answers))
    if fate == "scored":
        told = [value for value in closed[0].values if context.book.cells[value.cell_id].spec.kind in GAPS]
        texts.keep(db, replace(closed[0], values=tuple(told)), _text(work.plan, answers), context.monitor.keep_text, now)
    return context.book.seal(db, touched, now)


def _count_scores(db: sqlite3.Connection, exchange: Exchange, plan: Plan, report: ScoreReport) -> None:
    """What the scorers say beside the pair's outcomes: their own errors, toxic replies, and what the marked words alone do."""
    for scorer, replies in report.failed.items():
        exchanges.add(db, "scorer_errors_total", (("scorer", scorer),), replies)
    for value in report.values:
        if values.sound(value) is not value:
            exchanges.add(db, "scorer_errors_total", (("scorer", value.outcome),))
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
    _, touched = pairs.expire(db, now, partial(_late, context))
    return context.book.expire(db, context.book.seal(db, touched, now), now)


def _late(context: Context, due: DuePair) -> list[CellValue]:
    """An arm that this process has no answer to is late; after a restart both are."""
    return values.late(context, due, context.under_way.get(due.exchange_id, {}))


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
    sides: dict[str, object] = {"edits": marked_words(plan)}
    for role in ("reference", "group"):
        reply = answers[role].reply
        sides[f"{role}_text"] = text_of(plan.arms[role].messages)
        sides[f"{role}_reply"] = (reply.text or reply.refusal or "") if reply else ""
    return orjson.dumps(sides)
