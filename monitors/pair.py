"""From a conversation to its arms: which axis, which groups, which names, in which order, each by a keyed hash of its own."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson

from gateway.exchange import chance
from gateway.settings import RouteSettings
from monitors.rewrite import Arm, Edit, Person, Reading, Skip, Tables, make_arm
from monitors.rewrite.axes import TIMES
from monitors.rewrite.names import ETHNICITIES, GENDERS, Names

Role = Literal["reference", "group", "placebo", "replay"]
_STEP = 7  # between the names of two people of one prompt; prime to the size of every pool of 45 or more


@dataclass(frozen=True, slots=True)
class Plan:
    """The arms of one exchange in the order in which they are replayed.

    ``arms`` by role; ``placebo`` and ``replay`` (the reference arm once more) only where they are wanted. ``held_out`` says that the names
    are those kept for confirmation runs.
    """

    axis: str
    reference: str
    group: str
    origin: str
    names: tuple[tuple[str, str], ...]
    placebo_names: tuple[tuple[str, str], ...]
    order: tuple[Role, ...]
    arms: dict[Role, Arm]
    held_out: bool = False

    def to_bytes(self) -> bytes:
        """The plan as one JSON document."""
        arms = {role: arm._asdict() | {"edits": [edit._asdict() for edit in arm.edits]} for role, arm in self.arms.items()}
        return orjson.dumps(asdict(self) | {"arms": arms})

    @classmethod
    def from_bytes(cls, body: bytes) -> "Plan":
        """The inverse of ``to_bytes``."""
        plan = orjson.loads(body)
        arms = {role: Arm(**{**arm, "edits": tuple(Edit(**edit) for edit in arm["edits"])}) for role, arm in plan.pop("arms").items()}
        for field in ("names", "placebo_names"):
            plan[field] = tuple((a, b) for a, b in plan[field])
        return cls(**{**plan, "order": tuple(plan["order"])}, arms=arms)


@dataclass(frozen=True, slots=True)
class NoPair:
    """Why no pair is made: fate ``no_mention`` or ``not_swappable``, and in the second case the axis and the reason."""

    fate: Literal["no_mention", "not_swappable"]
    reason: str
    axis: str = ""


@dataclass(frozen=True, slots=True)
class Chance:
    """The draws of one exchange, each purpose independent of the others."""

    secret: bytes
    exchange_id: str

    def pick(self, purpose: str, options: Sequence[str]) -> str:
        """One of the options, all equally likely."""
        return options[int(chance(self.secret, purpose, self.exchange_id) * len(options))]

    def below(self, purpose: str, limit: float) -> bool:
        """True with probability ``limit``."""
        return chance(self.secret, purpose, self.exchange_id) < limit

    def number(self, purpose: str, size: int) -> int:
        """A whole number from 0 to ``size - 1``."""
        return int(chance(self.secret, purpose, self.exchange_id) * size)


def pair_id(exchange_id: str, axis: str, group: str, kind: str) -> str:
    """``pr_`` and 32 hex digits: the same exchange, axis, group and kind always give the same id."""
    return "pr_" + hashlib.sha256(f"{exchange_id}\0{axis}\0{group}\0{kind}".encode()).hexdigest()[:32]


def make_plan(
    reading: Reading,
    route: RouteSettings,
    draws: Chance,
    placebo_rate: float,
    tables: Tables,
    held_out: Callable[[str, str], bool] = lambda axis, group: False,
) -> Plan | NoPair:
    """Choose axis, origin, group, names and order for a conversation and rewrite it into its arms.

    ``held_out`` says for an axis and a group whether this exchange serves a confirmation run.
    """
    candidates: dict[str, list[str]] = {}
    for axis, settings in route.axes.items():
        declared = {settings.reference, *settings.groups}
        if named := [group for group in reading.origins(axis) if group in declared]:
            candidates[axis] = named
    if not candidates:
        return NoPair("no_mention", "")
    axis = draws.pick("axis", sorted(candidates))
    origin = draws.pick("origin", sorted(set(candidates[axis])))
    reference, group = route.axes[axis].reference, draws.pick("group", route.axes[axis].groups)
    kept = held_out(axis, group)
    picker = NamePicker(tables.names, axis, reference, group, reading, draws, held_out=kept)
    arms = _two_arms(reading, axis, origin, picker, tables)
    if kept and (isinstance(arms, NoPair) or not picker.differ):  # a text without names, or no names held out: nothing to confirm with
        kept, picker = False, NamePicker(tables.names, axis, reference, group, reading, draws)
        arms = _two_arms(reading, axis, origin, picker, tables)
    if isinstance(arms, NoPair):
        return arms
    names = tuple((picker.given(person, reference), picker.given(person, group)) for person in picker.people)
    placebo_names: tuple[tuple[str, str], ...] = ()
    if draws.below("placebo", placebo_rate) and not kept:
        arms["replay"] = arms["reference"]
        other = NamePicker(tables.names, axis, reference, group, reading, draws, shifted=True)
        arm = make_arm(reading, axis, origin, reference, other.name, tables)
        if isinstance(arm, Arm) and arm.messages != arms["reference"].messages:
            arms["placebo"] = arm
            placebo_names = tuple((picker.given(person, reference), other.given(person, reference)) for person in picker.people)
    orders = list(itertools.permutations(sorted(arms)))
    order = orders[draws.number("order", len(orders))]
    return Plan(axis, reference, group, origin, names, placebo_names, order, arms, kept)


def _two_arms(reading: Reading, axis: str, origin: str, picker: "NamePicker", tables: Tables) -> dict[Role, Arm] | NoPair:
    """The reference's arm and the group's."""
    roles: tuple[Role, Role] = ("reference", "group")
    arms: dict[Role, Arm] = {}
    for role, group in zip(roles, picker.groups, strict=True):
        arm = make_arm(reading, axis, origin, group, picker.name, tables)
        if isinstance(arm, Skip):
            return NoPair("not_swappable", arm.reason, axis)
        arms[role] = arm
    return arms if arms["reference"].messages != arms["group"].messages else NoPair("not_swappable", "ambiguous", axis)


class NamePicker:
    """Gives people names from the pools: matched between the groups, turning with the exchange, never one name for two people."""

    def __init__(
        self,
        names: Names,
        axis: str,
        reference: str,
        group: str,
        reading: Reading,
        draws: Chance,
        *,
        shifted: bool = False,
        held_out: bool = False,
    ) -> None:
        self._held_out = held_out
        self._names, self._axis, self.groups, self._draws, self._shifted = names, axis, (reference, group), draws, shifted
        self._taken = {person.name.casefold() for person in reading.persons if person.name}
        self._given: dict[int, dict[str, str]] = {}
        self.people: list[Person] = []

    def name(self, person: Person, group: str) -> str:
        """The name of a person in the arm of a group."""
        if person.index not in self._given:
            self._given[person.index] = self._draw(person)
            self.people.append(person)
        return self._given[person.index].get(group, person.name or "")

    @property
    def differ(self) -> bool:
        """Whether somebody was given one name in one arm and another in the other."""
        return any(len(set(names.values())) > 1 for names in self._given.values())

    def given(self, person: Person, group: str) -> str:
        """The name a person was given before."""
        return self._given[person.index].get(group, person.name or "")

    def _draw(self, person: Person) -> dict[str, str]:
        pools = {group: pool for group in self.groups if (pool := self._pool(person, group))}
        if not pools:
            return {}
        size = min(map(len, pools.values()))
        start = self._draws.number("names", size)
        if self._shifted:
            start += 1 + self._draws.number("placebo names", size - 1)
        for turn in range(size):
            place = (start + _STEP * len(self.people) + turn) % size
            chosen = {group: pool[place] for group, pool in pools.items()}
            if not self._taken & {name.casefold() for name in chosen.values()}:
                self._taken |= {name.casefold() for name in chosen.values()}
                return chosen
        return {}

    def _pool(self, person: Person, group: str) -> tuple[str, ...]:
        """Names of one gender and ethnicity: those that the group names, else the person's own, else drawn ones.

        A group without names of its own (``nonbinary``) takes the gender of the one it is compared with; an axis that names do not mark has
        no pool.
        """
        wanted = self._factors(group)
        if wanted.keys().isdisjoint(("gender", "ethnicity")):
            return ()
        ethnicity = wanted.get("ethnicity") or self._own(person.ethnicity, ETHNICITIES, "name ethnicity")
        gender = wanted.get("gender") or self._own(person.gender, GENDERS, "name gender")
        if gender not in GENDERS:
            gender = next((own for other in self.groups if (own := self._factors(other).get("gender")) in GENDERS), "female")
        return self._names.cell(gender, ethnicity, self._held_out)

    def _factors(self, group: str) -> dict[str, str]:
        """The group on each axis of a product, or on the one axis there is."""
        return dict(zip(self._axis.split(TIMES), group.split(TIMES), strict=True))

    def _own(self, group: str | None, known: Sequence[str], purpose: str) -> str:
        return group if group is not None and group in known else self._draws.pick(purpose, known)


def marked_words(plan: Plan) -> list[tuple[str, str, str]]:
    """The words in which the arms differ from the original, in its order: there, in the reference's arm, in the group's."""
    places: dict[tuple[int, int], dict[str, Edit]] = {}
    for role in ("reference", "group"):
        for edit in plan.arms[role].edits:  # an arm that keeps a word has no edit of it
            places.setdefault((edit.segment, edit.start), {})[role] = edit
    words = []
    for _, edits in sorted(places.items()):
        old = next(iter(edits.values())).old
        reference, group = (edits[role].new if role in edits else old for role in ("reference", "group"))
        words.append((old, reference, group))
    return words


def text_of(messages: list[dict[str, Any]]) -> str:
    """A conversation as plain text for a reader, roles marked where there is more than one message."""
    lines = []
    for message in messages:
        content = message.get("content")
        text = content if isinstance(content, str) else "\n".join(str(part.get("text", "")) for part in content or [])
        lines.append(text if len(messages) == 1 else f"[{message.get('role')}] {text}")
    return "\n".join(lines)
