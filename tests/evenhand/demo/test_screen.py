import io
from collections.abc import Callable

import pytest

from evenhand.demo.readings import Cell
from evenhand.demo.screen import Row, Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_on_a_terminal_the_table_is_redrawn_in_place(clock: Clock, make_cell: Callable[..., Cell]) -> None:
    out = Terminal()
    screen = Screen(out, clock)
    for requests in (1, 2):
        screen.progress([Row("rigged", requests, make_cell()), Row("fair", requests, None)], "3 waiting")
    first, second = out.getvalue().split("\x1b[4A\x1b[J")
    assert [line.split()[0] for line in first.splitlines()] == ["model", "rigged", "fair", "3"]
    assert "rigged" in second


def test_messages_stay_above_the_table(clock: Clock) -> None:
    out = Terminal()
    screen = Screen(out, clock)
    screen.progress([Row("fair", 1, None)])
    screen.say("news")
    assert out.getvalue().endswith("\x1b[2A\x1b[Jnews\n" + out.getvalue().split("\x1b")[0])


def test_a_kept_table_is_not_drawn_over(clock: Clock) -> None:
    out = Terminal()
    screen = Screen(out, clock)
    screen.progress([Row("fair", 1, None)])
    screen.keep()
    screen.say("news")
    assert "\x1b" not in out.getvalue()


def test_without_a_terminal_there_are_plain_lines_now_and_then(clock: Clock) -> None:
    out = io.StringIO()
    screen = Screen(out, clock)
    for clock.now in range(12):
        screen.progress([Row("fair", int(clock.now), None)], "3 waiting")
    assert [line.split()[:2] for line in out.getvalue().splitlines()] == [["fair", "0"], ["fair", "5"], ["fair", "10"]]


def test_a_row_shows_gap_interval_evidence_and_verdict(make_cell: Callable[..., Cell]) -> None:
    row = str(Row("rigged", 412, make_cell(evidence_log10=1.75)))
    for part in ("412", "400", "−20.0 [−31.0, −9.0]", "█" * 10 + "░" * 10, "10^1.8 of 10^3.5", "learning"):
        assert part in row


def test_the_bar_keeps_its_width_beyond_both_ends(make_cell: Callable[..., Cell]) -> None:
    for evidence in (-3.0, 0.0, 9.0):
        row = str(Row("rigged", 1, make_cell(evidence_log10=evidence)))
        assert row.count("█") + row.count("░") == 20
