"""Notes of upstreams that are busy, from workers to the monitor."""

import logging
from pathlib import Path

import pytest

from gateway.upstream import Busy, BusyNotes, read_busy


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def test_what_workers_note_is_read_together(tmp_path: Path) -> None:
    clock = Clock()
    first, second = BusyNotes(tmp_path / "busy" / "a.json", clock), BusyNotes(tmp_path / "busy" / "b.json", clock)
    first.note("m@1", 7.0)
    first.note("n@1", None)
    second.note("m@1", 0.5)
    for notes in (first, second):
        assert notes.pending
        notes.write()
        assert not notes.pending
    assert list(read_busy(tmp_path / "busy")) == [
        Busy("m@1", 1_000_000, 1_007_000),
        Busy("n@1", 1_000_000, 1_000_000),
        Busy("m@1", 1_000_000, 1_000_500),
    ]
    assert (tmp_path / "busy" / "a.json").stat().st_mode & 0o777 == 0o600


def test_a_shorter_wait_does_not_shorten_one_that_runs(tmp_path: Path) -> None:
    clock = Clock()
    notes = BusyNotes(tmp_path / "a.json", clock)
    notes.note("m", 60.0)
    clock.now += 1_000
    notes.note("m", 1.0)
    notes.write()
    assert list(read_busy(tmp_path)) == [Busy("m", 1_001_000, 1_060_000)]


def test_an_absurd_wait_is_an_hour_and_old_notes_go(tmp_path: Path) -> None:
    clock = Clock()
    notes = BusyNotes(tmp_path / "a.json", clock)
    notes.note("m", 1e12)
    notes.note("old", 1.0)
    clock.now += 3_000_000
    notes.write()
    assert [note.deployment for note in read_busy(tmp_path)] == ["m"]
    assert next(read_busy(tmp_path)).until_ms == 1_000_000 + 3_600_000


def test_a_disk_that_refuses_is_told_and_the_next_note_tries_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "busy").write_text("a file where the folder should be")
    notes = BusyNotes(tmp_path / "busy" / "a.json", Clock())
    notes.note("m", 1.0)
    with caplog.at_level(logging.WARNING):
        notes.write()
    assert "the monitor cannot be told of a busy upstream" in caplog.text
    (tmp_path / "busy").unlink()
    notes.note("m", 1.0)
    notes.write()
    assert [note.deployment for note in read_busy(tmp_path / "busy")] == ["m"]


@pytest.mark.parametrize("text", ["", "[", "{}", '[["m", 1]]', "[1]", '[["m", "x", 1]]'])
def test_a_file_that_is_none_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "b.json").write_text('[["m", 1, 2]]')
    assert list(read_busy(tmp_path)) == [Busy("m", 1, 2)]
