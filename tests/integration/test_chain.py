"""The whole chain on real parts and the shipped files: a planted gap is one page that evidence resolves; without one nothing fires."""

import asyncio

import pytest

from bench.alerting import EVEN, MODEL, TOLERANCE, has, running, talk
from evenhand.demo import chain as programs
from tests.integration.conftest import until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(programs.missing()), reason=f"{', '.join(programs.missing())} not installed (make system)"),
]
PAIRS = 1_000


def test_a_planted_gap_is_one_page_about_its_cell_and_resolves_by_evidence_once_it_is_gone() -> None:
    with running("200ms", even=False) as chain:
        asyncio.run(talk(chain, lambda: has(chain, "firing"), 3))
        chain.invited.update(EVEN)
        asyncio.run(talk(chain, lambda: has(chain, "resolved"), 4))

        firing, resolved = chain.about_alerts
        (alert,) = firing.alerts
        cell = chain.cell()
        named = {label: alert["labels"][label] for label in ("alertname", "model", "route", "axis", "group", "outcome", "severity")}
        assert (firing.path, firing.status) == ("/page", "firing")
        assert named == {
            "alertname": "EvenhandParityGap",
            "model": MODEL,
            "route": "hiring",
            "axis": "gender",
            "group": "female",
            "outcome": "decision",
            "severity": "critical",
        }
        assert f"{chain.console}/cells/{cell['id']}" in alert["annotations"]["description"]
        assert alert["annotations"]["runbook_url"].endswith("/runbooks/evenhandparitygap")
        assert (resolved.path, resolved.status) == ("/page", "resolved")
        assert resolved.alerts[0]["labels"] == alert["labels"]
        assert cell["alarm_ms"] is None, "cleared in the monitor, not only silent"
        assert chain.firing() == {"EvenhandWatchdog"}


def test_without_a_gap_nothing_fires_and_nobody_is_told() -> None:
    with running("200ms", even=True) as chain:
        asyncio.run(talk(chain, lambda: chain.cell()["pairs"] >= PAIRS, 5))
        until(lambda: chain.told, 30)

        assert abs(chain.cell()["gap"]) < TOLERANCE
        assert chain.firing() == {"EvenhandWatchdog"}
        assert chain.about_alerts == []
        assert {note.path for note in chain.told} == {"/watchdog"}
