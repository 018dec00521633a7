"""What one cell says in metrics: counters of its pairs, gauges of its gap, evidence and verdict."""

import math
from collections.abc import Iterator

from monitors.metrics.labels import ALL, PAIR_RESULTS
from monitors.views import CHECKS, CONFIRMATIONS, VERDICTS, CellView, DrillView

CellSample = tuple[str, dict[str, str], float]


def labels_of(cell: CellView) -> dict[str, str]:
    """The labels that name a cell; a roll-up covers ``_all`` routes and groups."""
    whole = cell.kind == "rollup"
    return {
        "model": cell.model,
        "route": ALL if whole else cell.route,
        "axis": cell.axis,
        "group": ALL if whole else cell.group,
        "outcome": cell.outcome,
    }


def counters_of(cell: CellView) -> Iterator[CellSample]:
    """Counters of a cell of pairs. A roll-up has none: its pairs are in the cells below it and would be summed twice."""
    if cell.kind == "rollup":
        return
    labels = labels_of(cell)
    yield "pairs_total", labels, cell.pairs
    if cell.binary:
        for result in PAIR_RESULTS:
            yield "pair_outcomes_total", {**labels, "result": result}, getattr(cell, result)
    else:
        yield "pair_difference_positive_total", labels, cell.positive_sum
        yield "pair_difference_negative_total", labels, abs(cell.negative_sum)
        yield "pair_difference_squared_total", labels, cell.squared_sum


def gauges_of(cell: CellView) -> Iterator[CellSample]:
    """Gauges of a cell; what cannot be computed yet is left out."""
    labels = labels_of(cell)
    about = {"reference": cell.reference, "tier": cell.tier, "polarity": cell.polarity, "cell": str(cell.id)}
    yield "cell_info", {**labels, **about}, 1
    for name, value in _numbers(cell):
        if value is not None:
            yield name, labels, value
    for window, name, value in _windows(cell):
        if value is not None:
            yield name, {**labels, "window": window}, value
    for origin in cell.origins:
        if origin.pairs:
            yield "origin_gap", {**labels, "origin": origin.origin}, origin.gap
    for check in CHECKS:
        yield "check_alarm", {**labels, "check": check}, float(check in cell.suspects)
    if cell.confirmation is not None:
        for confirmation in CONFIRMATIONS:
            yield "alarm_confirmation", {**labels, "confirmation": confirmation}, float(confirmation == cell.confirmation)
    for extreme, left_out in (("lowest", cell.names_lowest), ("highest", cell.names_highest)):
        if left_out is not None:
            yield "names_left_out_gap", {**labels, "extreme": extreme}, left_out.gap
    for verdict in VERDICTS:
        yield "verdict", {**labels, "verdict": verdict}, float(verdict == cell.verdict)


def gauges_of_drill(drill: DrillView) -> Iterator[CellSample]:
    """Gauges of a drill; whether and when a gap was found is absent before it is known."""
    labels = {"route": drill.route, "outcome": drill.outcome}
    yield "drill_gap", labels, drill.gap
    yield "drill_pairs", labels, drill.pairs
    yield "drill_pairs_planned", labels, drill.pairs_planned
    if drill.detected is not None:
        yield "drill_detected", labels, float(drill.detected)
    if drill.pairs_to_alarm is not None:
        yield "drill_pairs_to_alarm", labels, drill.pairs_to_alarm


def swap_ratio(cell: CellView) -> float | None:
    """Share of group arms with the outcome over that of reference arms; None for scores and where no reference arm had it."""
    reference = cell.both + cell.reference_only
    return (cell.both + cell.group_only) / reference if cell.binary and reference else None


def _numbers(cell: CellView) -> Iterator[tuple[str, float | None]]:
    yield "placebo_gap", cell.placebo_gap
    yield "placebo_pairs", cell.placebo_pairs if cell.placebo_gap is not None else None
    yield "swap_ratio", swap_ratio(cell)
    yield "tolerance", cell.tolerance
    yield "replay_difference_rms", None if cell.replay_squared is None else math.sqrt(cell.replay_squared)
    yield "smallest_excludable_gap", cell.smallest_excludable_gap
    yield "evidence_log10", cell.evidence_log10
    yield "evidence_threshold_log10", cell.evidence_threshold_log10
    if cell.alarm_ms is not None:
        yield "alarm_timestamp_seconds", cell.alarm_ms / 1000
        yield "alarm_standing", float(cell.standing)
    if cell.names_agree is not None and cell.names_total:
        yield "names_agreeing_ratio", cell.names_agree / cell.names_total
    yield "names_p_value", cell.names_p


def _windows(cell: CellView) -> Iterator[tuple[str, str, float | None]]:
    yield "epoch", "parity_gap", cell.gap
    yield "epoch", "parity_gap_lower", cell.gap_lower
    yield "epoch", "parity_gap_upper", cell.gap_upper
    yield "recent", "parity_gap", cell.recent_gap
    yield "recent", "parity_gap_lower", cell.recent_lower
    yield "recent", "parity_gap_upper", cell.recent_upper
