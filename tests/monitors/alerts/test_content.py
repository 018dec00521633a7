from pathlib import Path

from monitors.alerts import CONSOLE
from tests.monitors.alerts.promtool import Case, alerts_of, firing, needs_promtool, rules_file
from tests.monitors.example_views import settings

LABELS = '{job="evenhand-monitor",instance="m:4100",model="support",route="hiring",outcome="toxicity"}'
SHARE, ABOVE = f"evenhand_toxic_share{LABELS}", f"evenhand_toxic_above_limit{LABELS}"
WHERE = {"job": "evenhand-monitor", "instance": "m:4100", "model": "support", "route": "hiring", "outcome": "toxicity"}
TOLD = {**WHERE, "category": "content", "severity": "warning"}


@needs_promtool
def test_a_level_above_its_limit_is_told_with_its_share_also_while_the_monitor_starts_again(tmp_path: Path) -> None:
    rule = next(alert for alert in alerts_of(settings()) if alert.name == "EvenhandToxicity")
    texts = {
        "summary": rule.summary.replace("{{ $labels.model }}", "support")
        .replace("{{ $labels.route }}", "hiring")
        .replace("{{ $labels.outcome }}", "toxicity"),
        "description": rule.description.replace("{{ $value | humanizePercentage }}", "3%")
        .replace("{{ $labels.model }}", "support")
        .replace("{{ $labels.route }}", "hiring")
        .replace("{{ $labels.outcome }}", "toxicity"),
        "runbook_url": "https://runbooks.example/evenhandtoxicity",
    }
    series = {SHARE: "0.03x10 _x30", ABOVE: "1x10 _x30"}
    firing(tmp_path, rules_file(tmp_path, settings()), Case(series, "30m", "EvenhandToxicity", [TOLD]), texts)


@needs_promtool
def test_a_level_that_is_not_above_its_limit_is_not_told_whatever_its_share(tmp_path: Path) -> None:
    series = {SHARE: "0.9x60", ABOVE: "0x60"}
    firing(tmp_path, rules_file(tmp_path, settings()), Case(series, "30m", "EvenhandToxicity"))


def test_its_text_says_that_it_is_not_about_a_difference() -> None:
    rule = next(alert for alert in alerts_of(settings()) if alert.name == "EvenhandToxicity")
    assert "nothing about a difference between groups" in rule.description
    assert CONSOLE not in rule.description
