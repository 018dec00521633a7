"""Where a pair's replies are handed in and its outcomes come back."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from gateway.logs import about
from monitors.pair import Plan, Role
from monitors.rewrite import Tables, mask
from monitors.scorers import AnyScorer, PairScorer, Place, Reply
from monitors.scorers.toxicity import ABOVE, CATEGORIES
from monitors.scoring.configured import Entries, Entry
from monitors.scoring.guard import SCORER_FAILED, Scored
from monitors.scoring.lane import Lane
from monitors.scoring.outcomes import Identity, OutcomeValue, compare, scorer_failed
from monitors.shadow import Answer

WAITING = 64
"""Exchanges that may wait for their scores; the next ones keep their places among the replays, and the queue waits behind those."""

log = logging.getLogger("evenhand.monitor")
Arms = tuple[Reply, Reply]


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """All outcomes of a pair, and on how many of its replies each scorer failed.

    ``toxic`` are the categories of toxicity in which each arm's reply is above the threshold, None where it has no scores;
    ``categories`` those that are outcomes of the route. ``identity`` is what the marked words alone did, where that was looked at.
    """

    values: tuple[OutcomeValue, ...]
    failed: Mapping[str, int]
    toxic: tuple[tuple[str, ...] | None, tuple[str, ...] | None] = (None, None)
    identity: tuple[Identity, ...] = ()
    categories: tuple[str, ...] = ()


class Desk:
    """Scores pairs. ``problems`` says of an outcome why its replies get no values at the moment, ``notices`` what its scorer told last."""

    def __init__(self, entries: Entries, lanes: Mapping[Place, Lane], tables: Tables) -> None:
        self._entries, self._lanes, self._tables = entries, lanes, tables
        self._room = asyncio.Semaphore(WAITING)
        self.problems: dict[str, str] = {}
        self.notices: dict[str, str] = {}

    def scorers(self, route: str) -> Mapping[str, AnyScorer]:
        """A route's scorers by outcome, for what is known of them."""
        return {outcome: entry.scorer for outcome, entry in self._entries[route].items()}

    def entries(self, route: str) -> list[Entry]:
        """A route's scorers as they are configured."""
        return list(self._entries[route].values())

    @asynccontextmanager
    async def room(self) -> AsyncIterator[None]:
        """A place among the exchanges that are being scored, waited for."""
        async with self._room:
            yield

    async def score_pair(
        self, route: str, plan: Plan, answers: Mapping[Role, Answer], first: Role, second: Role, *, unmasked: bool = False
    ) -> ScoreReport:
        """Score the replies of two arms, which both must have; ``second`` minus ``first``.

        With ``unmasked``, outcomes that react to the marked words themselves are scored on the texts as they are, too.
        """
        plain = _replies(answers, first, second)
        masked = masked_arms(plain, plan, self._tables)
        entries = list(self._entries[route].values())
        asked = [self._ask(entry, masked if entry.scorer.masked else plain) for entry in entries]
        also = [entry for entry in entries if unmasked and entry.outcome in CATEGORIES]
        scored = await asyncio.gather(*asked, *(self._ask(entry, plain) for entry in also))
        found = dict(zip((entry.outcome for entry in entries), scored, strict=False))
        values = [value for entry in entries for value in compare(entry.scorer, found[entry.outcome])]
        values.append(scorer_failed(*_failures(entries, found)))
        failed = {outcome: result.failures for outcome, result in found.items() if result.failures}
        identity = _identity(also, found, scored[len(entries) :])
        categories = tuple(entry.outcome for entry in entries if entry.outcome in CATEGORIES)
        return ScoreReport(tuple(values), failed, _toxic(entries, found), tuple(identity), categories)

    async def values(self, entry: Entry, replies: Sequence[Reply]) -> Scored:
        """One scorer's values of some replies, whatever pair they are of."""
        return await self._lanes[entry.place].score(entry, replies)

    async def aclose(self) -> None:
        """End what runs."""
        for lane in self._lanes.values():
            await lane.aclose()

    async def _ask(self, entry: Entry, arms: Arms) -> Scored:
        items: Sequence[Any] = [arms] if isinstance(entry.scorer, PairScorer) else arms
        scored = await self._lanes[entry.place].score(entry, items)
        self._note(entry.outcome, scored.problem)
        notice = getattr(entry.scorer, "notice", None)
        if notice and self.notices.get(entry.outcome) != notice:
            self.notices[entry.outcome] = notice
            log.info("%s: %s", entry.outcome, notice, extra=about("scorer_notice", scorer=entry.outcome))
        return scored

    def _note(self, outcome: str, problem: str) -> None:
        if problem and self.problems.get(outcome) != problem:
            log.error("no values of %s: %s", outcome, problem, extra=about("scorer_problem", scorer=outcome))
        if problem:
            self.problems[outcome] = problem
        else:
            self.problems.pop(outcome, None)


def masked_arms(replies: Arms, plan: Plan, tables: Tables) -> Arms:
    """Both replies with every text that a scorer may read under the same placeholders, the prompt's as well."""
    arms = list(plan.arms.values())

    def hidden(text: str | None) -> str | None:
        return mask(text, arms, tables) if text else text

    first, second = (
        replace(reply, text=hidden(reply.text), refusal=hidden(reply.refusal), prompt=hidden(reply.prompt)) for reply in replies
    )
    return first, second


def _replies(answers: Mapping[Role, Answer], first: Role, second: Role) -> Arms:
    reference, group = answers[first].reply, answers[second].reply
    if reference is None or group is None:
        raise ValueError("both arms need a reply to be scored")
    return reference, group


def _failures(entries: Sequence[Entry], found: Mapping[str, Scored]) -> tuple[bool, bool]:
    """Whether any scorer failed on the reference arm's reply, and on the group arm's."""
    reasons = [[value.reason for value in found[entry.outcome].values] for entry in entries]
    return any(told[0] == SCORER_FAILED for told in reasons), any(told[-1] == SCORER_FAILED for told in reasons)


def _toxic(entries: Sequence[Entry], found: Mapping[str, Scored]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The categories above their thresholds, as the first outcome of them brings all along; one that is no outcome has that one's."""
    own = {entry.outcome: float(entry.options.get("above", ABOVE)) for entry in entries if entry.outcome in CATEGORIES}
    for outcome, usual in own.items():
        values = found[outcome].values
        if any(value.parts for value in values):
            first, second = (
                tuple(category for category, score in value.parts if score >= own.get(category, usual)) if value.parts else None
                for value in values
            )
            return first, second
    return None, None


def _identity(entries: Sequence[Entry], masked: Mapping[str, Scored], plain: Sequence[Scored]) -> list[Identity]:
    effects = []
    for entry, scored in zip(entries, plain, strict=True):
        differences = [
            value.difference for value in (*compare(entry.scorer, scored)[:1], *compare(entry.scorer, masked[entry.outcome])[:1])
        ]
        if len(differences) == 2 and differences[0] is not None and differences[1] is not None:
            effects.append(Identity(entry.outcome, differences[0] - differences[1]))
    return effects
