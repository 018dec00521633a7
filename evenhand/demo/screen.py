"""The demo's terminal: progress redrawn in place, or plain lines now and then where the output is not a terminal."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from evenhand.demo import words
from evenhand.demo.readings import Cell

PLAIN_SECONDS = 5.0
_HEAD = f"{'model':<14}{'requests':>9}{'pairs':>7}   {'gap in points':<24}{'evidence':<{words.BAR + 2}}{'':<20}verdict"


@dataclass(frozen=True)
class Row:
    """One model's progress; `cell` is None until the monitor has one."""

    model: str
    requests: int
    cell: Cell | None

    def __str__(self) -> str:
        if self.cell is None:
            return f"{self.model:<14}{self.requests:>9}{0:>7}"
        bar, evidence = words.evidence_bar(self.cell), words.evidence(self.cell)
        gap, verdict = words.gap(self.cell), self.cell.verdict.replace("_", " ")
        return f"{self.model:<14}{self.requests:>9}{self.cell.pairs:>7}   {gap:<24}{bar:<{words.BAR + 2}}{evidence:<20}{verdict}"


class Screen:
    """Writes to `out`. Messages scroll, the progress table stays below them; any thread may call."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out, self._clock = out, clock
        self._live = out.isatty()
        self._lock = threading.Lock()
        self._shown: list[str] = []
        self._last_plain = -PLAIN_SECONDS

    def say(self, *lines: str) -> None:
        """Write lines above the progress table."""
        with self._lock:
            self._erase()
            self._write(lines)
            self._redraw()

    def progress(self, rows: Sequence[Row], footer: str = "") -> None:
        """Show the state of all models."""
        table = [_HEAD, *map(str, rows), *([footer] if footer else [])]
        with self._lock:
            if self._live:
                self._erase()
                self._shown = table
                self._redraw()
            elif self._clock() - self._last_plain >= PLAIN_SECONDS:
                self._last_plain = self._clock()
                self._write([line.rstrip() for line in map(str, rows)])

    def keep(self) -> None:
        """Leave the table where it is and go on below it."""
        with self._lock:
            self._shown = []

    def _erase(self) -> None:
        if self._shown:
            self._out.write(f"\x1b[{len(self._shown)}A\x1b[J")

    def _redraw(self) -> None:
        if self._shown:
            width = shutil.get_terminal_size((140, 24)).columns
            self._write(line[: width - 1] for line in self._shown)  # a wrapped line would break the count of lines

    def _write(self, lines: Iterable[str]) -> None:
        self._out.write("".join(f"{line}\n" for line in lines))
        self._out.flush()
