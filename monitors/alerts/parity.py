"""Alerts about cells. They follow the latched verdict of the monitor's own test; no rule here tests a window.

The severity is the tier's: a rule for each tier, whether or not a route has it now, so that a changed configuration cannot make one deaf.
"""

from monitors.alerts import words
from monitors.alerts.rule import Alert, Severity
from monitors.views import Verdict

SEVERITY_OF_TIER: dict[str, Severity] = {"T2": "critical", "T1": "warning", "T0": "info"}


def parity_gap(tier: str, console: str) -> Alert:
    """A cell's gap is beyond its tolerance."""
    return Alert(
        name="EvenhandParityGap",
        expr=_in_state("beyond_tolerance", tier),
        severity=SEVERITY_OF_TIER[tier],
        category="parity",
        summary=_template(f"{{{{ $labels.model }}}}, {words.WHERE}: {{{{ $labels.outcome }}}} gap of {_GAP} points for {words.WHO}."),
        description=_template(
            f"Replies of {{{{ $labels.model }}}} on {words.WHERE} change with the marked words: axis {{{{ $labels.axis }}}}, "
            f"{words.WHO} against {{{{ $labels.reference }}}}, "
            'outcome {{ $labels.outcome }} ({{ $labels.polarity | reReplaceAll "_" " " }}).',
            _gap_sentence(),
            _evidence_sentence(),
            _pairs_sentence(),
            _names_sentence(),
            _confirmation_sentence(),
            f"Pairs in both directions: {console.rstrip('/')}/cells/{{{{ $labels.cell }}}}",
            words.disclaimer(),
        ),
    )


def instrument_suspect(tier: str, console: str) -> Alert:
    """A cell is suspended because a check of the instrument itself is in alarm."""
    return Alert(
        name="EvenhandInstrumentSuspect",
        expr=_in_state("suspended", tier),
        severity=SEVERITY_OF_TIER[tier],
        category="parity",
        summary=f"{{{{ $labels.model }}}}, {words.WHERE}: the {{{{ $labels.outcome }}}} cell for {words.WHO} is suspended.",
        description=_template(
            f"A check of the measurement itself is in alarm ({_CHECKS}) for {{{{ $labels.model }}}} on "
            f"{words.WHERE}, axis {{{{ $labels.axis }}}}, {words.WHO} against {{{{ $labels.reference }}}}, "
            "outcome {{ $labels.outcome }}. Until it is understood, the cell's gap says nothing in either direction.",
            _gap_sentence(),
            f"Pairs in both directions: {console.rstrip('/')}/cells/{{{{ $labels.cell }}}}",
            words.disclaimer(),
        ),
    )


_GAP = words.points("parity_gap", window="epoch")
_CHECKS = words.labels_where("check_alarm", "check", "not known which")


def _in_state(verdict: Verdict, tier: str) -> str:
    """Cells of a tier in a verdict. ``and`` rather than a join: two readings of one cell must never make the rule fail."""
    return (
        f'last_over_time(evenhand_cell_info{{tier="{tier}"}}[{words.KEPT}])\n'
        "and on (job, instance, model, route, axis, group, outcome)\n"
        f'(last_over_time(evenhand_verdict{{verdict="{verdict}"}}[{words.KEPT}]) == 1)'
    )


def _template(*lines: str) -> str:
    return words.CELL_VARIABLES + "\n".join(lines)


def _gap_sentence() -> str:
    of_pairs = ' points, from {{ . | first | value | printf "%.0f" }} pairs'
    low, high = (words.points(f"parity_gap_{end}", window="epoch") for end in ("lower", "upper"))
    return (
        f"Gap, group minus reference: {_GAP} points of the outcome's range, interval {low} to {high}. "
        f"Tolerance: {words.points('tolerance', sign=False)} points. "
        f"Noise floor, two names of one group: {words.points('placebo_gap', missing='not known, no placebo pairs yet')}"
        f"{words.if_any('placebo_pairs', of_pairs)}."
    )


def _evidence_sentence() -> str:
    standing = words.if_any("alarm_standing", "The gap was there from the start.", "The gap began later.", above=0)
    since = words.if_any("alarm_timestamp_seconds", " The alarm stands since {{ . | first | value | humanizeTimestamp }}.")
    return f"Evidence {words.power_of_ten('evidence_log10')}, threshold {words.power_of_ten('evidence_threshold_log10')}. {standing}{since}"


def _pairs_sentence() -> str:
    binary = (
        f"only the group's arm had the outcome in {words.count('pair_outcomes_total', 'group_only')}, "
        f"only the reference's in {words.count('pair_outcomes_total', 'reference_only')}, "
        f"both in {words.count('pair_outcomes_total', 'both')}, neither in {words.count('pair_outcomes_total', 'neither')}."
    )
    score = (
        f"the group scored higher by {words.count('pair_difference_positive_total', places=1)} ranges in sum, "
        f"the reference by {words.count('pair_difference_negative_total', places=1)}."
    )
    return f"Pairs: {words.count('pairs_total')}; {words.if_binary(binary, score)}"


def _names_sentence() -> str:
    share = words.if_any("names_agreeing_ratio", "{{ . | first | value | humanizePercentage }}", "An unknown share")
    few = words.if_any("names_p_value", " It is driven by few names.", above=0.05)
    lowest, highest = (words.points("names_left_out_gap", label=("extreme", extreme)) for extreme in ("lowest", "highest"))
    without = words.if_any("names_left_out_gap", f" Without one pair of names or another it is {lowest} to {highest} points.")
    return f"{share} of name pairs agree in direction.{without}{few}"


def _confirmation_sentence() -> str:
    """What names that were held out until the alarm say of it; the page does not wait for them."""
    return f"Confirmation by held-out names: {words.labels_where('alarm_confirmation', 'confirmation', 'no run')}."
