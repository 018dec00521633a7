"""The daily check of the scorers themselves: kept replies, scored as they came and with the two arms' words exchanged, must score alike.

Beside it, every pair with a replay arm is rescored into a cell of its own (``values``). This one looks back over what is kept, so that it
also sees replies of days with little traffic, and finds a lexicon or weights that changed under a running monitor.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from monitors.context import Context
from monitors.rewrite import Arm, Edit, mask
from monitors.scorers import PairScorer, Reply
from monitors.store import texts

MOST = 200
DAY_SECONDS = 86_400.0
FIRST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Rescored:
    """How many replies were rescored, and on how many each outcome's value moved though only the marked words had."""

    replies: int
    moved: Mapping[str, int]

    @property
    def problem(self) -> str:
        """The finding in words, empty where nothing moved."""
        told = [f"{outcome} on {count}" for outcome, count in sorted(self.moved.items())]
        return f"values moved with the marked words alone: {', '.join(told)} of {self.replies} kept replies" if told else ""


async def rescore(context: Context, most: int = MOST) -> Rescored:
    """Rescore the newest kept replies with every masked scorer of their routes that asks no endpoint."""
    moved: Counter[str] = Counter()
    replies = 0
    for kept in await context.write(texts.newest, most // 2):
        route = context.routes.get(kept.route)
        if route is None or kept.axis not in route.axes:
            continue
        body = orjson.loads(kept.body)
        arms = _arms(body["edits"], (route.axes[kept.axis].reference, kept.group))
        for side in ("reference", "group"):
            text = body[f"{side}_reply"]
            if text:
                replies += 1
                swapped = _exchanged(text, body["edits"])
                both = [Reply(mask(said, arms, context.tables)) for said in (text, swapped)]
                moved.update(await _moved(context, kept.route, both))
    return Rescored(replies, dict(moved))


async def _moved(context: Context, route: str, both: Sequence[Reply]) -> list[str]:
    """The outcomes that tell two masked replies apart."""
    found = []
    for entry in context.desk.entries(route):
        if entry.scorer.masked and entry.place != "endpoint" and not isinstance(entry.scorer, PairScorer):
            scored = await context.desk.values(entry, both)
            first, second = ((value.value, value.label) for value in scored.values)
            if not scored.failures and first != second:
                found.append(entry.outcome)
    return found


def _arms(edits: Sequence[Sequence[str]], groups: tuple[str, str]) -> list[Arm]:
    """Both arms as far as masking needs them: their groups and words."""
    return [
        Arm([], group, tuple(Edit(0, 0, 0, words[0], words[place]) for words in edits), 0.0) for place, group in enumerate(groups, start=1)
    ]


def _exchanged(text: str, edits: Sequence[Sequence[str]]) -> str:
    """The text with each arm's words in place of the other's."""
    other = {own.casefold(): theirs for _, one, two in edits for own, theirs in ((one, two), (two, one)) if own}
    if not other:
        return text
    either = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(other, key=len, reverse=True)))})\b", re.IGNORECASE)
    return either.sub(lambda found: other[found[0].casefold()], text)
