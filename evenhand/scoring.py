"""The scorer process among the children: there while a configured scorer needs it, and only then.

The monitor's side is imported where there is a monitor: a gateway alone starts without it, in half the time.
"""

import secrets
import socket
import sys
from pathlib import Path

from evenhand.child import Child
from evenhand.data_dir import write_private
from evenhand.ports import BACKLOG
from gateway.settings import ScorerProcessSettings, Settings

NAME = "scorer"


class Scoring:
    """One server's. Its socket stays open while the process is being started again, so that the monitor waits instead of failing."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._options: ScorerProcessSettings | None = None
        self._child: Child | None = None
        self._listener: socket.socket | None = None

    def change(self, settings: Settings) -> tuple[Child | None, Child | None]:
        """The child that is no longer right for these settings, and the one in its place, to be ended and started. Raises ``OSError``."""
        options = settings.monitor.scorer_process if settings.monitor is not None and _needed(settings) else None
        if options == self._options:
            return None, None
        leaving = self._child
        self.close()
        if options is not None:
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
            self._child = self._made(self._listener, options)
        self._options = options
        return leaving, self._child

    def close(self) -> None:
        """Nobody comes back to it."""
        if self._listener is not None:
            self._listener.close()
            self._file.unlink(missing_ok=True)
        self._listener, self._child, self._options = None, None, None

    @property
    def _file(self) -> Path:
        from monitors.scoring.wire import FILE

        return self._data_dir / "run" / FILE

    def _made(self, listener: socket.socket, options: ScorerProcessSettings) -> Child:
        from monitors.scoring.wire import Address

        write_private(self._file, Address(listener.getsockname()[1], secrets.token_hex(32)).text())
        words = [sys.executable, "-m", "monitors.scoring.process", "--fd", str(listener.fileno()), "--secret-file", str(self._file)]
        words += ["--weights", str(self._data_dir / "weights"), "--threads", str(options.threads)]
        words += ["--timeout-seconds", str(options.timeout_seconds), "--max-memory-bytes", str(options.max_memory_bytes)]
        return Child(NAME, words, [listener.fileno()], last=True)


def _needed(settings: Settings) -> bool:
    from monitors.scorers import Means
    from monitors.scoring import entries_of, needs_process

    return needs_process(entries_of(settings, Means()))
