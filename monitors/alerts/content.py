"""Alerts about what replies say, whoever is named in them."""

from monitors.alerts import words
from monitors.alerts.rule import Alert

_LEVEL = "job, instance, model, route, outcome"


def toxicity() -> Alert:
    """The one-arm test says that more of a route's replies are toxic than it accepts; it follows the latched verdict of that test."""
    return Alert(
        name="EvenhandToxicity",
        expr=(
            f"last_over_time(evenhand_toxic_share[{words.KEPT}])\n"
            f"and on ({_LEVEL})\n"
            f"last_over_time(evenhand_toxic_above_limit[{words.KEPT}]) == 1"
        ),
        severity="warning",
        category="content",
        summary="Replies of {{ $labels.model }} on route {{ $labels.route }} are scored as {{ $labels.outcome }} more often than accepted.",
        description="{{ $value | humanizePercentage }} of the scored replies of {{ $labels.model }} on route {{ $labels.route }} are above "
        "the threshold for {{ $labels.outcome }}, more than the route's limit by a test that may be looked at any time. They are replies "
        "to replayed, rewritten prompts, in the arm of the group that the text itself named; the classifier reads masked text and errs. "
        "This says nothing about a difference between groups.",
    )
