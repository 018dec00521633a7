import pytest

from evenhand import resources
from monitors.alerts import Alert, groups
from monitors.console.markdown import to_html
from tests.monitors.console.browser import get
from tests.monitors.example_views import settings

NAMES = sorted({rule.name for group in groups(settings()) for rule in group.rules if isinstance(rule, Alert)})
FOLDER = resources.path("docs/runbooks")


@pytest.mark.parametrize("alert", NAMES)
def test_every_alert_has_a_runbook_that_says_how_it_clears(alert: str) -> None:
    text = (FOLDER / f"{alert.lower()}.md").read_text()
    assert text.startswith(f"# {alert}\n")
    assert "\n## How it clears\n" in text
    assert "\n## What to do now\n" in text


def test_no_runbook_is_left_without_an_alert() -> None:
    assert {file.stem for file in FOLDER.glob("*.md")} == {name.lower() for name in NAMES}


def test_the_console_shows_a_runbook_under_the_address_that_alerts_carry() -> None:
    answer = get("/runbooks/evenhandparitygap")
    assert answer.status_code == 200
    assert "<h1>EvenhandParityGap</h1>" in answer.text
    assert "<h2>How it clears</h2>" in answer.text


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fREADME", "EvenhandDown"])
def test_an_unknown_runbook_is_not_found_and_nothing_else_is_read(name: str) -> None:
    assert get(f"/runbooks/{name}").status_code == 404


@pytest.mark.parametrize("alert", NAMES)
def test_every_runbook_is_written_in_the_forms_that_the_console_renders(alert: str) -> None:
    html = to_html((FOLDER / f"{alert.lower()}.md").read_text())
    assert "```" not in html
    assert "**" not in html
    assert "](" not in html
