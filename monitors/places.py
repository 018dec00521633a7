"""Which cells a pair belongs to, and in which scopes its prompt may count once."""

import hashlib
from collections.abc import Iterable, Iterator

from gateway.exchange import Exchange
from gateway.settings import RouteSettings
from monitors.cells import CellBook
from monitors.declare import IDENTICAL, outcomes_of
from monitors.pair import Plan, pair_id
from monitors.store.pairs import Membership, PlannedPair, SeenKey


def scope_keys(exchange: Exchange, axis: str, group: str, prompt_key: str, opening: str) -> tuple[SeenKey, SeenKey, SeenKey]:
    """The keys that let a prompt count once: in the pair's cells, its conversation there within a day, and in the roll-ups."""
    cell_scope = "\0".join((exchange.model, exchange.route, axis, group))
    prompt = bytes.fromhex(prompt_key)[:16]
    conversation = hashlib.sha256(opening.encode()).digest()[:16]
    return (
        SeenKey(cell_scope, "prompt", prompt),
        SeenKey(cell_scope, "conversation", conversation),
        SeenKey("\0".join((exchange.model, axis)), "prompt", prompt),
    )


def planned_pairs(plan: Plan, exchange: Exchange, route: RouteSettings, book: CellBook, *, rolled_up: bool) -> list[PlannedPair]:
    """The counterfactual pair and those that check the instrument, each with its places in the cells.

    A pair of held-out names has places in the cells of the confirmation runs that it belongs to, and nowhere else.
    """
    if plan.held_out:
        runs = book.confirming(exchange.model, route.name, plan.axis, plan.group)
        places = tuple(Membership(run.id, route.tolerance(run.spec.outcome)) for run in runs)
        return [_planned("counterfactual", plan, exchange, plan.names, places)]
    pairs = [_planned("counterfactual", plan, exchange, plan.names, tuple(_pair_places(plan, exchange, route, book, rolled_up=rolled_up)))]
    if "placebo" in plan.arms:
        keys = [("placebo", exchange.model, route.name, plan.axis, "", outcome) for outcome in route.outcomes]
        pairs.append(_planned("placebo", plan, exchange, plan.placebo_names, tuple(_places(book, keys))))
    if "replay" in plan.arms:
        keys = [("replay", exchange.model, route.name, "", "", outcome) for outcome in (*route.outcomes, IDENTICAL)]
        pairs.append(_planned("replay", plan, exchange, (), tuple(_places(book, keys))))
        keys = [("rescoring", exchange.model, route.name, "", "", outcome) for outcome in route.outcomes]
        pairs.append(_planned("rescoring", plan, exchange, plan.names, tuple(_places(book, keys))))
    return pairs


def _pair_places(plan: Plan, exchange: Exchange, route: RouteSettings, book: CellBook, *, rolled_up: bool) -> Iterator[Membership]:
    for outcome in outcomes_of(route):
        tolerance = route.tolerance(outcome)
        cell = book.find(("pair", exchange.model, route.name, plan.axis, plan.group, outcome))
        if cell is None:
            continue
        yield Membership(cell.id, tolerance)
        rollup = book.find(("rollup", exchange.model, "", plan.axis, "", outcome))
        if rolled_up and rollup is not None:
            yield Membership(rollup.id, tolerance)
        origin = book.find(("origin", exchange.model, route.name, plan.axis, "", outcome))
        if origin is not None and plan.origin in (plan.reference, plan.group):
            yield Membership(origin.id, tolerance)
        for key in (("order", exchange.model, route.name, "", "", outcome), ("drill", "", route.name, "", "", outcome)):
            yield from _places(book, [key])


def _places(book: CellBook, keys: Iterable[tuple[str, ...]]) -> Iterator[Membership]:
    """A place in each of these cells that exists."""
    for key in keys:
        if (cell := book.find(key)) is not None:
            yield Membership(cell.id, cell.spec.tolerance)


def _planned(kind: str, plan: Plan, exchange: Exchange, names: tuple[tuple[str, str], ...], places: tuple[Membership, ...]) -> PlannedPair:
    group = plan.group if kind == "counterfactual" else plan.reference
    return PlannedPair(pair_id(exchange.id, plan.axis, group, kind), kind, plan.axis, group, plan.origin, names, places)
