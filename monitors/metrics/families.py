"""Every metric family of the monitor: its name, type, labels, and what it says. The table in ``docs/metrics.md`` is held to this one."""

from dataclasses import dataclass
from typing import Literal

PREFIX = "evenhand_"
CELL = ("model", "route", "axis", "group", "outcome")
DRILL = ("route", "outcome")


@dataclass(frozen=True, slots=True)
class Family:
    """One family. ``name`` is without prefix, and for a counter with its ``_total``."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str

    @property
    def full_name(self) -> str:
        """The name as scraped."""
        return PREFIX + self.name


COUNTERS = (
    Family(
        "exchanges_total",
        "counter",
        ("model", "route", "fate"),
        "Exchanges by what became of them; this process counts those taken from the queue.",
    ),
    Family(
        "skips_total",
        "counter",
        ("route", "reason", "origin_group"),
        "Exchanges of fate not_swappable by reason, once for each group that the text named.",
    ),
    Family(
        "mentions_total",
        "counter",
        ("route", "origin_group"),
        "Exchanges with a mention, once for each group that the text named, paired or skipped.",
    ),
    Family("rewrites_total", "counter", ("axis", "result"), "Attempts to rewrite an exchange into arms."),
    Family("replays_total", "counter", ("model", "result"), "Arms sent to a deployment."),
    Family("tokens_total", "counter", ("model", "type", "traffic"), "Tokens used by replays."),
    Family(
        "cost_usd_total",
        "counter",
        ("model", "type", "traffic"),
        "Cost of replays in US dollars, at the model's price, else the budget's.",
    ),
    Family(
        "toxic_replies_total", "counter", ("model", "route", "category"), "Replayed replies above the threshold of a toxicity category."
    ),
    Family("unmasked_pairs_total", "counter", CELL, "Pairs of which toxicity was scored on the texts as they are, too."),
    Family("identity_effect_positive_total", "counter", CELL, "What the marked words alone added to the group's score, summed over those."),
    Family(
        "identity_effect_negative_total", "counter", CELL, "What the marked words alone took from the group's score, summed over those."
    ),
    Family("unplaced_pairs_total", "counter", ("model", "route"), "Planned pairs for which there is no cell to bet in."),
    Family("scorer_errors_total", "counter", ("scorer",), "Replies that a scorer failed on by its own error."),
)
CELL_COUNTERS = (
    Family("pairs_total", "counter", CELL, "Counterfactual pairs with a value in this cell."),
    Family("pair_outcomes_total", "counter", (*CELL, "result"), "Pairs of a binary outcome by which arms had it."),
    Family(
        "pair_difference_positive_total",
        "counter",
        CELL,
        "Sum of the differences of pairs in which the group scored higher, as a share of the range.",
    ),
    Family(
        "pair_difference_negative_total",
        "counter",
        CELL,
        "Sum of the sizes of differences of pairs in which the group scored lower, as a share of the range.",
    ),
    Family("pair_difference_squared_total", "counter", CELL, "Sum of squared differences of pairs, as shares of the range."),
)
CELL_GAUGES = (
    Family(
        "cell_info",
        "gauge",
        (*CELL, "reference", "tier", "polarity", "cell"),
        "Always 1; says what a cell compares with, its tier, polarity and page.",
    ),
    Family(
        "parity_gap",
        "gauge",
        (*CELL, "window"),
        "Mean difference, group minus reference, as a share of the range; for looking at, never for testing.",
    ),
    Family(
        "parity_gap_lower",
        "gauge",
        (*CELL, "window"),
        "Lower end of the interval; over the epoch it holds at any look, over the recent window at one look only.",
    ),
    Family(
        "parity_gap_upper",
        "gauge",
        (*CELL, "window"),
        "Upper end of the interval; over the epoch it holds at any look, over the recent window at one look only.",
    ),
    Family("placebo_gap", "gauge", CELL, "Noise floor: mean difference between two arms of one group under two names."),
    Family("placebo_pairs", "gauge", CELL, "Pairs behind the noise floor: of few, it says little."),
    Family("origin_gap", "gauge", (*CELL, "origin"), "Parity gap among pairs whose text named this group itself."),
    Family(
        "swap_ratio",
        "gauge",
        CELL,
        "Share of group arms with the outcome over share of reference arms with it; not an impact ratio of any law.",
    ),
    Family("tolerance", "gauge", CELL, "Accepted gap as a share of the range."),
    Family(
        "smallest_excludable_gap",
        "gauge",
        CELL,
        "Smallest gap that so many pairs exclude in half of all runs without one: what silence is worth so far.",
    ),
    Family("evidence_log10", "gauge", CELL, "Evidence against a gap within tolerance: log10 of the e-value."),
    Family("evidence_threshold_log10", "gauge", CELL, "Evidence at which the cell's alarm is raised."),
    Family("verdict", "gauge", (*CELL, "verdict"), "1 for the cell's verdict, 0 for the others; beyond_tolerance is latched."),
    Family("alarm_timestamp_seconds", "gauge", CELL, "When the alarm that stands was raised."),
    Family("alarm_standing", "gauge", CELL, "1 if the gap in alarm was there from the start, 0 if it began later."),
    Family(
        "alarm_confirmation",
        "gauge",
        (*CELL, "confirmation"),
        "1 for what held-out names have said of the alarm that stands, 0 for the others.",
    ),
    Family("check_alarm", "gauge", (*CELL, "check"), "1 while this check of the instrument, which touches the cell, is in alarm."),
    Family("replay_difference_rms", "gauge", CELL, "Noise of sampling: root mean square difference of one arm asked twice."),
    Family("names_left_out_gap", "gauge", (*CELL, "extreme"), "Lowest and highest gap when the pairs of one name pair are left out."),
    Family("names_agreeing_ratio", "gauge", CELL, "Share of name pairs whose mean difference has the direction of the gap."),
    Family("names_p_value", "gauge", CELL, "Sign-flip p over name means; above 0.05 the gap is driven by few names."),
)
DRILLS = (
    Family("drill_detected", "gauge", DRILL, "1 if the last finished drill found its planted gap, 0 if it missed it."),
    Family("drill_pairs_to_alarm", "gauge", DRILL, "Pairs that the last successful drill took."),
    Family("drill_pairs_planned", "gauge", DRILL, "Pairs that half of all drills need at the noise of now."),
    Family("drill_pairs", "gauge", DRILL, "Pairs of the drill that goes on; at four times those planned it is missed."),
    Family("drill_gap", "gauge", DRILL, "The planted gap, as a share of the range."),
)
LEVEL = ("model", "route", "outcome")
LEVELS = (
    Family("toxic_share", "gauge", LEVEL, "Share of replies above the threshold, in the arm of the group that the text itself named."),
    Family("toxic_share_limit", "gauge", LEVEL, "Share that the route accepts."),
    Family("toxic_evidence_log10", "gauge", LEVEL, "Evidence against a share within the limit: log10 of the e-value."),
    Family("toxic_evidence_threshold_log10", "gauge", LEVEL, "Evidence at which the share is said to be above its limit."),
    Family("toxic_above_limit", "gauge", LEVEL, "1 while the test says that the share is above its limit; latched."),
)
PIPELINE = (
    Family("queue_length", "gauge", (), "Exchanges that wait for the monitor or are in its work."),
    Family("queue_oldest_seconds", "gauge", (), "Age of the oldest of them."),
    Family("queue_bytes", "gauge", (), "Their size."),
    Family("exchanges_in_progress", "gauge", (), "Exchanges with a planned pair that is not yet closed; they are in the queue still."),
    Family("budget_left_ratio", "gauge", (), "Share of the day's replay budget that is left, of tokens or money whichever is less."),
    Family(
        "monitor_problems", "gauge", (), "Problems that the monitor has with its store, queue or deployments now; the console names them."
    ),
)
SELF = (
    Family(
        "label_overflow_total",
        "counter",
        ("label",),
        "Label values outside the closed sets, counted once each; label _series: families at their cap.",
    ),
    Family("build_info", "gauge", ("version",), "Always 1; the version that runs."),
    Family("config_info", "gauge", ("hash",), "Always 1; hash of the configuration that is in force."),
    Family("console_info", "gauge", ("url",), "Always 1; where the console is, for links: monitor.console_url, else this machine's."),
)
DURATIONS = (
    Family("shadow_lag_seconds", "histogram", (), "From the live reply to the pair's score in the store."),
    Family("scorer_duration_seconds", "histogram", ("scorer",), "Time to score one batch of replies."),
)
ALL: tuple[Family, ...] = (*COUNTERS, *CELL_COUNTERS, *CELL_GAUGES, *DRILLS, *LEVELS, *PIPELINE, *SELF, *DURATIONS)
