"""How the console says numbers, cells and verdicts."""

from collections.abc import Mapping
from datetime import UTC, datetime

from monitors.views import CellKind, CellView, Confirmation, DrillView, Totals, Verdict

DISCLAIMER = (
    "This is a counterfactual swap test. It shows whether replies change when marked words change, on sampled English traffic that could "
    "be rewritten{coverage}. It does not see proxies left in the text, real applicants' outcomes, or people not named. “Within tolerance” "
    "means that a gap above the tolerance is excluded at level alpha for this name set and period, not that the system is fair or lawful. "
    "A gap is a signal to investigate, not a finding of discrimination."
)
VERDICT_WORDS: Mapping[Verdict, str] = {
    "learning": "Learning",
    "within_tolerance": "Within tolerance",
    "beyond_tolerance": "Beyond tolerance",
    "suspended": "Suspended",
}
SKIPS: Mapping[str, str] = {
    "biological": "about one sex's body",
    "bound": "with other content that fits one group only",
    "public_figure": "about a known person",
    "leak": "with the name in an address or in code as well",
    "topic": "about a group as such",
    "ambiguous": "in which it cannot be told who is meant",
    "language": "not in English",
    "too_long": "too long",
    "unsupported_content": "with audio, files or the like",
}
"""Why an exchange is skipped, to stand after a count."""
CHECK_WORDS: Mapping[CellKind, str] = {
    "placebo": "two names of one group differ",
    "origin": "the arm in its author's wording fares otherwise than the edited one",
    "order": "the first replay fares otherwise than the second",
    "replay": "one arm asked twice gets the same long reply, or otherwise, too often",
    "rescoring": "a scorer tells names apart",
}
CONFIRMATION_WORDS: Mapping[Confirmation, str] = {
    "unconfirmed": "Unconfirmed: a run over names that were held out until the alarm goes on.",
    "confirmed": "Confirmed by names that were held out until the alarm.",
    "not_confirmed": "Not confirmed: names that were held out until the alarm do not show it.",
    "not_enough_pairs": "Neither confirmed nor not: too few pairs with held-out names came in time.",
}
MINUS = "\u2212"


def points(share: float | None, *, sign: bool = True) -> str:
    """A share of the range in points (hundredths), with a real minus; a dash where nothing is known."""
    if share is None:
        return "–"
    text = f"{100 * share:{'+' if sign else ''}.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS)


def moment(milliseconds: int) -> str:
    """A stored time as people read it, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def seconds(value: float) -> str:
    """A waiting time, roughly."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value:.0f} s"


def value(number: float | None, *, binary: bool) -> str:
    """An arm's outcome: yes or no, or a number; a reply without a value is said to have none."""
    if number is None:
        return "no value"
    return ("yes" if number else "no") if binary else f"{number:.3g}".replace("-", MINUS)


def where(cell: CellView) -> str:
    """The traffic of a cell."""
    return f"{cell.model}, all routes" if cell.kind == "rollup" else f"{cell.model}, route {cell.route}"


def compared(cell: CellView) -> str:
    """The two sides of a cell."""
    return f"{cell.group or 'every other group'} against {cell.reference}"


def name(cell: CellView) -> str:
    """A cell in one line, for titles and searching."""
    return f"{where(cell)}: {cell.outcome}, {cell.axis}, {compared(cell)}"


def verdict_sentence(cell: CellView) -> str:
    """What the verdict means for this cell."""
    tolerance = points(cell.tolerance, sign=False)
    match cell.verdict:
        case "beyond_tolerance":
            side = "higher" if (cell.gap or 0) > 0 else "lower"
            return (
                f"{cell.outcome} is {side} for {cell.group or 'the other groups'} than for {cell.reference}, by more than the tolerance "
                f"of {tolerance} points. The alarm stays until later pairs show that the gap is within the tolerance again, or a person "
                "clears it."
            )
        case "within_tolerance":
            return f"A gap above {tolerance} points is excluded for this name set and period."
        case "suspended":
            named = "; ".join(CHECK_WORDS[check] for check in cell.suspects)
            why = f": {named}" if named else ""
            return f"A check of the measurement itself is in alarm{why}. Until it is understood, the gap says nothing in either direction."
        case "learning":
            return f"Too few pairs yet to tell a gap beyond {tolerance} points from one within."


def excludable(cell: CellView) -> str:
    """What silence is worth so far; empty where nothing can be excluded yet."""
    smallest = cell.smallest_excludable_gap
    if smallest is None or smallest >= 1:
        return ""
    return f"So many pairs exclude a gap above {points(smallest, sign=False)} points in half of all runs without one."


def onset(cell: CellView) -> str:
    """When the alarm came and whether the gap was always there; empty without an alarm."""
    if cell.alarm_ms is None:
        return ""
    after = "" if cell.alarm_pairs is None else f", after {cell.alarm_pairs:,} pairs"
    since = "The gap was there from the start." if cell.standing else "The gap began later."
    run = "" if cell.confirmation is None else f" {CONFIRMATION_WORDS[cell.confirmation]}"
    return f"Alarm of {moment(cell.alarm_ms)}{after}. {since}{run}"


def left_out(cell: CellView) -> str:
    """The extremes of the gap when one name is left out; empty without an alarm."""
    lowest, highest = cell.names_lowest, cell.names_highest
    if lowest is None or highest is None:
        return ""
    return f"Without {lowest.names} the gap is {points(lowest.gap)}, without {highest.names} {points(highest.gap)}."


def drill(view: DrillView) -> str:
    """What the drill of a route and outcome has shown."""
    planned = f"half of all drills find {points(view.gap, sign=False)} points within {view.pairs_planned:,} pairs"
    if view.detected is None:
        return f"none finished yet; {planned}, {view.pairs:,} so far"
    found = "" if view.pairs_to_alarm is None else f"found after {view.pairs_to_alarm:,} pairs; "
    if view.detected:
        return f"{found}{planned}"
    return f"missed, so silence says nothing now; {'an earlier one was ' + found if found else ''}{planned}"


def coverage(totals: Totals, route: str = "") -> str:
    """Of the sampled exchanges that named someone, the share that could be rewritten, and the reasons for the rest; empty without any."""
    fates: dict[str, float] = {}
    reasons: dict[str, float] = {}
    for (metric, pairs), count in totals.items():
        labels = dict(pairs)
        if route and labels.get("route") != route:
            continue
        if metric == "exchanges_total":
            fates[labels["fate"]] = fates.get(labels["fate"], 0) + count
        elif metric == "skips_total":
            reasons[labels["reason"]] = reasons.get(labels["reason"], 0) + count
    named = sum(count for fate, count in fates.items() if fate != "no_mention")
    if not named:
        return ""
    share = 100 * (1 - fates.get("not_swappable", 0) / named)
    most = sorted(reasons.items(), key=lambda item: -item[1])[:4]
    skipped = "; skipped: " + ", ".join(f"{count:,.0f} {SKIPS.get(reason, reason)}" for reason, count in most) if most else ""
    return f" ({share:.0f} % of {named:,.0f} sampled exchanges with a mention{skipped})"


def disclaimer(totals: Totals, route: str = "") -> str:
    """What every page that shows a result says."""
    return DISCLAIMER.format(coverage=coverage(totals, route))
