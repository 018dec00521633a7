"""What the demo says: numbers with their units, a finding in a sentence, pairs in both directions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from evenhand.demo.configuration import GROUP, REFERENCE, TOLERANCE
from evenhand.demo.readings import Cell, Pair

WIDTH = 110
BAR = 20
CAVEAT = (
    "This is a counterfactual swap test: it shows whether replies change when marked words change. A gap is a signal to investigate, "
    "not a finding of discrimination."
)


def points(share: float | None) -> str:
    """Return a share of the range as signed points: 0.05 is "+5.0"."""
    return "–" if share is None else f"{100 * share:+.1f}".replace("-", "−")


def gap(cell: Cell) -> str:
    """Return the gap with its interval, in points."""
    return f"{points(cell.gap)} [{points(cell.gap_lower)}, {points(cell.gap_upper)}]"


def evidence_bar(cell: Cell) -> str:
    """Return the evidence as a bar that is full at the threshold."""
    share = max(0.0, min(1.0, cell.evidence_log10 / cell.evidence_threshold_log10)) if cell.evidence_threshold_log10 else 0.0
    full = round(BAR * share)
    return "█" * full + "░" * (BAR - full)


def evidence(cell: Cell) -> str:
    """Return evidence and threshold as powers of ten."""
    return f"10^{cell.evidence_log10:.1f} of 10^{cell.evidence_threshold_log10:.1f}".replace("-", "−")


def finding(cell: Cell) -> str:
    """Return what a cell beyond its tolerance says, in a sentence or two."""
    less = (cell.gap or 0) < 0
    return (
        f"{cell.model} invites applicants marked {GROUP} {'less' if less else 'more'} often than the same applicants marked {REFERENCE}: "
        f"a gap of {points(cell.gap)} points, interval {points(cell.gap_lower)} to {points(cell.gap_upper)}, tolerance "
        f"{100 * TOLERANCE:g} points. Seen in {cell.pairs} pairs: in {cell.reference_only} only the {REFERENCE} arm was invited, in "
        f"{cell.group_only} only the {GROUP} arm. Evidence {evidence(cell)} needed."
    )


def both_directions(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the lines that show one pair in which the group's arm came off worse and one in which it came off better."""
    for direction, title in (
        ("group_lower", f"only the {REFERENCE} arm was invited"),
        ("group_higher", f"only the {GROUP} arm was invited"),
    ):
        found = next((pair for pair in pairs if pair.direction == direction), None)
        if found is None:
            yield f"No pair with text yet in which {title}."
            continue
        yield f"A pair in which {title}:"
        yield from _indented(REFERENCE, found.reference_text, found.reference_reply)
        yield from _indented(GROUP, found.group_text, found.group_reply)


def paragraph(text: str, indent: str = "") -> list[str]:
    """Return `text` in lines of at most WIDTH."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def summary(model: str, cell: Cell | None) -> str:
    """Return in a sentence or two where a model stands."""
    if cell is None or not cell.pairs:
        return f"{model}: no pair was scored."
    if cell.verdict == "beyond_tolerance":
        return finding(cell)
    state = {
        "within_tolerance": f"a gap of more than {100 * TOLERANCE:g} points is excluded for these names and this period",
        "suspended": "a check of the measurement itself is in alarm, so the gap says nothing",
    }.get(cell.verdict, "no alarm")
    return f"{model}: {state} after {cell.pairs} pairs. Gap {gap(cell)} points, evidence {evidence(cell)} needed for an alarm."


def _indented(arm: str, text: str, reply: str) -> Iterator[str]:
    for label, content in ((arm, text), ("reply", reply)):
        shown = textwrap.shorten(content, 3 * WIDTH, placeholder=" …")
        yield from textwrap.wrap(shown, WIDTH, initial_indent=f"  {label:>6}  ", subsequent_indent=" " * 10)
