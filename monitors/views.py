"""What pages, metrics and alerts get to see: a cell with its verdict, and a pair with both arms side by side. Plain values, no storage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Verdict = Literal["learning", "within_tolerance", "beyond_tolerance", "suspended"]
VERDICTS: tuple[Verdict, ...] = ("learning", "within_tolerance", "beyond_tolerance", "suspended")
CellKind = Literal["pair", "rollup", "placebo", "origin", "order", "replay", "rescoring", "drill", "confirmation"]
GAPS: frozenset[CellKind] = frozenset({"pair", "rollup"})
"""Kinds of cells that say something about the model. The others watch the measurement, or stand behind one of these."""
CHECKS: tuple[CellKind, ...] = ("placebo", "origin", "order", "replay", "rescoring")
"""Kinds of cells that check the instrument; an alarm of one suspends the cells it touches."""
Confirmation = Literal["unconfirmed", "confirmed", "not_confirmed", "not_enough_pairs"]
CONFIRMATIONS: tuple[Confirmation, ...] = ("unconfirmed", "confirmed", "not_confirmed", "not_enough_pairs")
"""Whether names that were held out until the alarm show its gap too."""


@dataclass(frozen=True, slots=True)
class OriginGap:
    """The gap among pairs whose text named ``origin`` itself."""

    origin: str
    pairs: int
    gap: float


@dataclass(frozen=True, slots=True)
class NameLeftOut:
    """The gap over all pairs but those of one pair of names, ``reference/group``."""

    names: str
    gap: float


@dataclass(frozen=True, slots=True)
class DrillView:
    """The drill of a route and outcome: the last finished one, and the one that goes on.

    ``detected`` is None before the first has ended; ``pairs_to_alarm`` those that the last successful one took; ``pairs_planned`` what half
    of all drills need at the noise of now; ``pairs`` those of the drill that goes on.
    """

    route: str
    outcome: str
    gap: float
    detected: bool | None
    pairs_to_alarm: int | None
    pairs_planned: int
    pairs: int


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as it stands. Gaps are group minus reference as a share of the outcome's range; None where there is nothing to compute from.

    ``route`` and ``group`` are empty in a roll-up. ``pairs`` are those with a value in this cell; for a binary outcome the four counts add
    up to them. ``recent_*`` cover the last 1,000 bets, pointwise. Evidence and threshold are log10 of e-values; the alarm is latched.
    ``alpha`` is the cell's share and ``alpha_spent`` the bound on a false alarm so far; ``bets`` are those of the epoch in sealed blocks;
    ``listed`` says whether the cell stands out now among all (`live_list`). ``confirmation`` says what became of the alarm by held-out
    names; ``suspects`` are the kinds of checks in alarm that touch the cell; ``replay_squared`` is the mean squared difference of one arm
    asked twice, the noise of sampling; ``given_gap`` is that of the pairs in which both arms gave a value themselves; ``names_lowest`` and
    ``names_highest`` are the extremes of the gap when one name is left out.
    `docs/cells.md` explains each field.
    """

    id: int
    kind: CellKind
    model: str
    route: str
    axis: str
    group: str
    reference: str
    outcome: str
    tier: str
    tolerance: float
    binary: bool
    polarity: str
    pairs: int
    both: int
    group_only: int
    reference_only: int
    neither: int
    positive_sum: float
    negative_sum: float
    squared_sum: float
    gap: float | None
    gap_lower: float | None
    gap_upper: float | None
    recent_gap: float | None
    recent_lower: float | None
    recent_upper: float | None
    placebo_gap: float | None
    placebo_pairs: int
    evidence_log10: float
    evidence_threshold_log10: float
    verdict: Verdict
    direction: str | None = None
    alarm_ms: int | None = None
    alarm_pairs: int | None = None
    standing: bool = False
    smallest_excludable_gap: float | None = None
    origins: tuple[OriginGap, ...] = ()
    names_agree: int | None = None
    names_total: int | None = None
    names_p: float | None = None
    epoch: int = 0
    epoch_started_ms: int = 0
    alpha: float = 0.0
    alpha_spent: float = 0.0
    bets: int = 0
    difference_sd: float | None = None
    listed: bool = False
    pages: bool = True
    confirmation: Confirmation | None = None
    problem: str = ""
    """Why its outcome gets no values at the moment, such as missing weights."""
    suspects: tuple[CellKind, ...] = ()
    replay_squared: float | None = None
    replay_pairs: int = 0
    given_gap: float | None = None
    given_pairs: int = 0
    names_lowest: NameLeftOut | None = None
    names_highest: NameLeftOut | None = None


@dataclass(frozen=True, slots=True)
class EditView:
    """One word or name that differs between the original and an arm."""

    old: str
    reference: str
    group: str


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair whose text was kept. ``direction`` is that of its difference in the cell asked about."""

    pair_id: str
    exchange_id: str
    scored_ms: int
    kind: str
    origin: str
    direction: Literal["group_higher", "group_lower", "equal"]
    difference: float
    reference_value: float | None
    group_value: float | None
    reference_text: str
    group_text: str
    reference_reply: str
    group_reply: str
    edits: tuple[EditView, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LevelView:
    """How often replies of a model on a route are above the threshold of an outcome, against the accepted share; the alarm is latched."""

    model: str
    route: str
    outcome: str
    limit: float
    replies: int
    above: int
    evidence_log10: float
    threshold_log10: float
    alarm_ms: int | None


Totals = dict[tuple[str, tuple[tuple[str, str], ...]], float]
"""Counter values by metric name (without prefix) and its (label, value) pairs, as the store adds them up."""


@dataclass(frozen=True, slots=True)
class PipelineView:
    """The state of the monitor between queue and store. Times are seconds."""

    queue_items: int
    queue_bytes: int
    queue_oldest_seconds: float
    in_progress: int
    budget_left_share: float
    problems: tuple[str, ...] = ()


class Source(Protocol):
    """Where pages and metrics get their values. Called from several threads at once; each call gives one consistent reading."""

    def cells(self) -> Sequence[CellView]:
        """Every declared cell, placebo cells included."""
        ...

    def drills(self) -> Sequence[DrillView]:
        """Every drill."""
        ...

    def totals(self) -> Totals:
        """Every counter of the store."""
        ...

    def pipeline(self) -> PipelineView:
        """The state between queue and store."""
        ...

    def pairs(self, cell_id: int, limit: int) -> Sequence[PairView]:
        """Pairs of a cell whose text was kept: the largest differences, both directions in turn, then the newest without one."""
        ...
