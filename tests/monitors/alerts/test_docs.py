"""docs/alerting.md lists the alerts as the rules have them."""

import re
from collections import defaultdict

from evenhand import resources
from tests.monitors.alerts.promtool import alerts_of
from tests.monitors.example_views import settings

TEXT = (resources.path("docs/runbooks").parent / "alerting.md").read_text()
ROW = re.compile(r"^\| (Evenhand\w+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", flags=re.MULTILINE)


def test_every_alert_is_listed_with_its_severities_and_categories() -> None:
    known: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for alert in alerts_of(settings()):
        known[alert.name][0].add(alert.severity)
        known[alert.name][1].add(alert.category)
    told = {name: (set(severities.split(", ")), set(categories.split(", "))) for name, severities, categories in ROW.findall(TEXT)}
    assert told == known
