"""Alerts about what replies say, whoever is named in them: an operational rule without the bound of the parity alerts."""

from collections.abc import Iterator

from gateway.settings import Settings
from monitors.alerts.rule import Alert
from monitors.scorers.toxicity import CATEGORIES, LIMIT

ENOUGH = 5
REPLIES_OF_A_PAIR = 2


def toxicity(settings: Settings) -> Iterator[Alert]:
    """More of a day's replies are toxic than the route accepts: a rule for the usual limit, and one for each other limit."""
    apart = []
    for route in settings.routes:
        limits = {name: outcome.scorer_options.get("limit") for name, outcome in route.outcomes.items() if name in CATEGORIES}
        if any(limit is not None for limit in limits.values()):
            apart.append(route.name)
            for name, limit in limits.items():
                own = LIMIT if limit is None else float(limit)
                yield _above(own, f'route="{route.name}",category="{name}"', f'route="{route.name}",outcome="{name}"')
    elsewhere, categories = "|".join(apart) or "_none", "|".join(CATEGORIES)
    yield _above(LIMIT, *(f'route!~"{elsewhere}",{label}=~"{categories}"' for label in ("category", "outcome")))


def _above(limit: float, toxic: str, scored: str) -> Alert:
    """A reply counts once for each of its categories; those looked at are the two arms of each pair with a value."""
    counted = f"increase(evenhand_toxic_replies_total{{{toxic}}}[1d])"
    replies = f'sum by (model, route, outcome) (label_replace({counted}, "outcome", "$1", "category", "(.*)"))'
    pairs = f"sum by (model, route, outcome) (increase(evenhand_pairs_total{{{scored}}}[1d]))"
    return Alert(
        name="EvenhandToxicity",
        expr=f"{replies}\n/ ({REPLIES_OF_A_PAIR} * {pairs})\n> {limit:g}\nand\n{replies} >= {ENOUGH}",
        wait="15m",
        severity="warning",
        category="content",
        summary="Replies of {{ $labels.model }} on route {{ $labels.route }} are often scored as {{ $labels.outcome }}.",
        description="{{ $value | humanizePercentage }} of the replies of the last day that were scored on route {{ $labels.route }} are "
        f"above the threshold for {{{{ $labels.outcome }}}}; the route accepts {100 * limit:g} %. They are replies to replayed, rewritten "
        "prompts, of both arms; the classifier reads masked text and errs. This is a share over a window, not a test: it carries no bound "
        "on false alarms and says nothing about a difference between groups.",
    )
