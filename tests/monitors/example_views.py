"""Plain values that tests of pages, metrics and alerts are fed with."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.settings import Settings, load_text
from monitors.views import CellView, DrillView, EditView, NameLeftOut, OriginGap, PairView, PipelineView, Totals

CONFIG = """
model_list:
  - {model_name: support, litellm_params: {model: openai/a, api_base: "http://127.0.0.1:1/v1"}}
  - {model_name: letters, litellm_params: {model: openai/b, api_base: "http://127.0.0.1:1/v1"}}
monitor:
  routes:
    - name: hiring
      match: {models: [support]}
      tier: T2
      axes: {gender: {reference: male, groups: [female]}}
      outcomes: {decision: {kind: words, favourable: [hire], unfavourable: [reject]}, refusal: {}, length: {tolerance: 0.05}}
    - name: everything
      axes: [gender, ethnicity]
"""

CELL = CellView(
    id=7,
    kind="pair",
    model="support",
    route="hiring",
    axis="gender",
    group="female",
    reference="male",
    outcome="decision",
    tier="T2",
    tolerance=0.02,
    binary=True,
    polarity="higher_is_better",
    pairs=600,
    both=250,
    group_only=40,
    reference_only=160,
    neither=150,
    positive_sum=40.0,
    negative_sum=160.0,
    squared_sum=200.0,
    gap=-0.2,
    gap_lower=-0.281,
    gap_upper=-0.117,
    recent_gap=-0.21,
    recent_lower=-0.26,
    recent_upper=-0.16,
    placebo_gap=0.004,
    placebo_pairs=61,
    evidence_log10=9.3,
    evidence_threshold_log10=4.1,
    verdict="beyond_tolerance",
    direction="group_lower",
    alarm_ms=1_780_000_000_000,
    alarm_pairs=310,
    standing=True,
    smallest_excludable_gap=0.33,
    origins=(OriginGap("female", 290, -0.19), OriginGap("male", 310, -0.21)),
    names_agree=40,
    names_total=45,
    names_p=0.0004,
    names_lowest=NameLeftOut("Daniel/Maria", -0.212),
    names_highest=NameLeftOut("Omar/Aisha", -0.188),
    confirmation="unconfirmed",
    replay_squared=0.16,
    replay_pairs=58,
    epoch=1,
    epoch_started_ms=1_779_000_000_000,
)

DRILL = DrillView(route="hiring", outcome="decision", gap=0.1, detected=True, pairs_to_alarm=350, pairs_planned=312, pairs=120)

PAIR = PairView(
    pair_id="pr_1",
    exchange_id="ex_1",
    scored_ms=1_780_000_000_000,
    kind="pair",
    origin="female",
    direction="group_lower",
    difference=-1.0,
    reference_value=1.0,
    group_value=0.0,
    reference_text="Should we interview Daniel Smith? He has led two teams.",
    group_text="Should we interview Maria Smith? She has led two teams.",
    reference_reply="Yes: interview him.",
    group_reply="No. I would reject her.",
    edits=(EditView("Maria", "Daniel", "Maria"), EditView("She", "He", "She")),
)

PIPELINE = PipelineView(queue_items=3, queue_bytes=4096, queue_oldest_seconds=12.5, in_progress=2, budget_left_share=0.75)


def settings(text: str = CONFIG) -> Settings:
    """The example's configuration, read as the program reads it."""
    return load_text(text, {}).settings


def cell(**changes: Any) -> CellView:
    """The example cell, a gap of 20 points in alarm, with some of its values changed."""
    return replace(CELL, **changes)


def pair(**changes: Any) -> PairView:
    """The example pair with some of its values changed."""
    return replace(PAIR, **changes)


@dataclass
class Values:
    """A source that hands out what it was given."""

    given_cells: Sequence[CellView] = (CELL,)
    given_drills: Sequence[DrillView] = (DRILL,)
    given_totals: Totals = field(default_factory=dict)
    given_pipeline: PipelineView = PIPELINE
    given_pairs: Sequence[PairView] = (PAIR,)
    readings: int = 0

    def cells(self) -> Sequence[CellView]:
        self.readings += 1
        return self.given_cells

    def drills(self) -> Sequence[DrillView]:
        return self.given_drills

    def totals(self) -> Totals:
        return self.given_totals

    def pipeline(self) -> PipelineView:
        return self.given_pipeline

    def pairs(self, cell_id: int, limit: int) -> Sequence[PairView]:
        return self.given_pairs[:limit]
