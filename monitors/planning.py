"""From an exchange to a written plan: decode, find mentions, rewrite into arms, and reserve what the replays may cost."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.exchange import Exchange
from gateway.routing import Deployment
from gateway.settings import RouteSettings
from monitors import budget, places
from monitors.cells import confirmation
from monitors.context import Context
from monitors.decode import NotSwappable, decode, replay_body
from monitors.pair import Chance, NoPair, Plan, make_plan, text_of
from monitors.rates import Rate
from monitors.rewrite import prompt_key, read
from monitors.store import exchanges, levels, pairs

DAY_MS = 86_400_000
_LONGEST_NAP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """A planned exchange: its arms, what was reserved for them, and what their tokens cost."""

    plan: Plan
    reservation: budget.Reservation
    rate: Rate


async def resume(context: Context, exchange: Exchange, deployment: Deployment) -> Work | None:
    """The work on an exchange that was planned before this process began."""
    body = await context.write(pairs.planned_body, exchange.id)
    if body is None:
        return None
    return Work(Plan.from_bytes(body.arms), budget.Reservation(body.day, body.tokens), _rate(context, exchange, deployment))


async def prepare(context: Context, exchange: Exchange, route: RouteSettings, deployment: Deployment) -> Work | None:
    """Plan an exchange, or None when there is no pair to make: then it has its fate, counted with the reason."""
    conversation = decode(exchange, context.monitor.max_text_bytes)
    if isinstance(conversation, NotSwappable):
        await dismiss(context, exchange, "not_swappable", conversation.reason)
        return None
    reading = read(conversation.messages, context.tables)
    draws = Chance(context.secret, exchange.id)

    def held_out(axis: str, group: str) -> bool:
        runs = context.book.confirming(exchange.model, route.name, axis, group)
        return bool(runs) and draws.below("held-out names", confirmation.SHARE)

    plan = make_plan(reading, route, draws, _check_rate(context, route), context.tables, held_out)
    origins = reading.origins(plan.axis) if plan.axis else ()
    if isinstance(plan, NoPair):
        await context.write(_write_no_pair, context, exchange, plan, origins)
        return None
    keys = places.scope_keys(exchange, plan.axis, plan.group, prompt_key(reading), conversation.opening)
    if not await context.write(_is_fresh, context, exchange, plan, keys, origins):
        return None
    if not await _wait_for_turn(context, exchange, deployment, len(plan.arms)):
        await dismiss(context, exchange, "over_budget", "replays_per_minute")
        return None
    work = None
    try:
        work = await context.write(_write_plan, context, exchange, route, deployment, plan, keys, origins)
    finally:
        if work is None:
            context.pace.give_back(deployment.id, len(plan.arms))
    return work


def _check_rate(context: Context, route: RouteSettings) -> float:
    """How often an exchange gets a placebo and a replay arm: always where an outcome is told from the placebo's alone."""
    return context.monitor.placebo_rate if all(scorer.signed for scorer in context.desk.scorers(route.name).values()) else 1.0


async def dismiss(context: Context, exchange: Exchange, fate: str, reason: str, origins: Iterable[str] = ()) -> None:
    """Give an exchange a fate without a pair."""
    await context.write(exchanges.dismiss, exchange, fate, reason, origins, context.now_ms())


async def _wait_for_turn(context: Context, exchange: Exchange, deployment: Deployment, arms: int) -> bool:
    """Wait until the pace allows all arms; False once the exchange has become older than a pair may."""
    oldest = exchange.received_ms + int(context.monitor.deadline_seconds * 1000)
    while (wait := context.pace.wait_seconds(deployment.id, arms)) > 0:
        if context.now_ms() > oldest:
            return False
        await asyncio.sleep(min(wait, _LONGEST_NAP_SECONDS))
    context.pace.take(deployment.id, arms)
    return True


def _is_fresh(
    db: sqlite3.Connection, context: Context, exchange: Exchange, plan: Plan, keys: Sequence[pairs.SeenKey], origins: Sequence[str]
) -> bool:
    """Whether a prompt may still count in its cells; one that may not has its fate, before it has used any of the pace."""
    now = context.now_ms()
    if pairs.first_seen(db, keys, now - DAY_MS).issuperset(keys[:2]):
        return True
    if exchanges.dismiss(db, exchange, "repeat", "", (), now):
        _count_mentions(db, exchange, plan.axis, "rewritten", origins)
    return False


def _write_plan(
    db: sqlite3.Connection,
    context: Context,
    exchange: Exchange,
    route: RouteSettings,
    deployment: Deployment,
    plan: Plan,
    keys: Sequence[pairs.SeenKey],
    origins: Sequence[str],
) -> Work | None:
    """In one transaction: is the prompt fresh, does the day's budget allow all arms, then the plan; None with a fate where it ends here."""
    if not _is_fresh(db, context, exchange, plan, keys, origins):
        return None  # its like was planned while this one waited for its turn
    now = context.now_ms()
    _count_mentions(db, exchange, plan.axis, "rewritten", origins)
    rate = _rate(context, exchange, deployment)
    reservation = budget.reserve(db, context.monitor.budget, rate, _worst_case(exchange, deployment, plan), now)
    if reservation is None:
        exchanges.dismiss(db, exchange, "over_budget", "per_day", (), now)
        return None
    fresh = pairs.first_seen(db, keys, now - DAY_MS)
    planned = places.planned_pairs(plan, exchange, route, context.book, rolled_up=keys[2] in fresh)
    if not planned[0].memberships:
        exchanges.add(db, "unplaced_pairs_total", (("model", exchange.model), ("route", exchange.route)))
    body = pairs.PlanBody(plan.to_bytes(), reservation.day, reservation.tokens)
    pairs.plan(db, exchange, planned, fresh, body, now, now + int(context.monitor.deadline_seconds * 1000))
    levels.place(db, exchange.model, exchange.route, exchange.id)
    return Work(plan, reservation, rate)


def _rate(context: Context, exchange: Exchange, deployment: Deployment) -> Rate:
    return context.rates.of(exchange.model, deployment.upstream_model)


def _write_no_pair(db: sqlite3.Connection, context: Context, exchange: Exchange, plan: NoPair, origins: Sequence[str]) -> None:
    if exchanges.dismiss(db, exchange, plan.fate, plan.reason, origins, context.now_ms()) and plan.axis:
        _count_mentions(db, exchange, plan.axis, "skipped", origins)


def _count_mentions(db: sqlite3.Connection, exchange: Exchange, axis: str, result: str, origins: Sequence[str]) -> None:
    """Whom the text named, and whether it could be rewritten: what skip rates by origin group are shares of."""
    exchanges.add(db, "rewrites_total", (("axis", axis), ("result", result)))
    for origin in sorted(set(origins)):
        exchanges.add(db, "mentions_total", (("route", exchange.route), ("origin_group", origin)))


def _worst_case(exchange: Exchange, deployment: Deployment, plan: Plan) -> int:
    """Tokens that all arms together can use at most."""
    total = 0
    for arm in plan.arms.values():
        body = replay_body(exchange, deployment.upstream_model, arm.messages)
        total += budget.worst_case_tokens(body, len(text_of(arm.messages).encode()))
    return total
