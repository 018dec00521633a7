from pathlib import Path

import pytest

from gateway.upstream import BusyNotes
from monitors.budget import Pace
from monitors.busy import look

NOW = 1_000_000


def noted(folder: Path, deployment: str, wait_seconds: float | None, at_ms: int = NOW) -> None:
    notes = BusyNotes(folder / "gateway-0.json", lambda: at_ms)
    notes.note(deployment, wait_seconds)
    notes.write()


def test_a_429_of_live_traffic_pauses_replays_to_that_deployment_and_halves_their_rate(tmp_path: Path) -> None:
    clock, heeded = [0.0], dict[str, int]()
    pace = Pace(60, lambda: clock[0])
    noted(tmp_path, "m@1", 7.0)
    look(tmp_path, pace, heeded, NOW + 1_000)
    assert pace.wait_seconds("m@1", 2) == pytest.approx(6)
    assert pace.wait_seconds("other", 2) == 0
    clock[0] = 6.0
    pace.take("m@1", 2)
    assert pace.wait_seconds("m@1", 2) == pytest.approx(4), "two replays at half of one a second"


def test_a_note_counts_once_and_a_newer_one_again(tmp_path: Path) -> None:
    clock, heeded = [0.0], dict[str, int]()
    pace = Pace(60, lambda: clock[0])
    noted(tmp_path, "m@1", None)
    look(tmp_path, pace, heeded, NOW)
    clock[0] = 1.0
    look(tmp_path, pace, heeded, NOW + 1_000)
    assert pace.wait_seconds("m@1", 2) == 0, "the pause is over"
    noted(tmp_path, "m@1", 5.0, NOW + 2_000)
    look(tmp_path, pace, heeded, NOW + 2_000)
    assert pace.wait_seconds("m@1", 2) == pytest.approx(5)


def test_a_note_that_is_long_over_slows_down_no_monitor_that_starts_anew(tmp_path: Path) -> None:
    pace = Pace(60, lambda: 0.0)
    noted(tmp_path, "m@1", 5.0)
    look(tmp_path, pace, {}, NOW + 3_600_000)
    pace.take("m@1", 2)
    assert pace.wait_seconds("m@1", 2) == 0, "the rate is whole"


def test_without_notes_nothing_is_slowed_down(tmp_path: Path) -> None:
    pace = Pace(60, lambda: 0.0)
    look(tmp_path / "nowhere", pace, {}, NOW)
    assert pace.wait_seconds("m@1", 2) == 0
