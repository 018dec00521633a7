"""Logs of every process: one JSON object a line on standard error, or words for people where that is a terminal.

What a request or a reply says never gets there. Our own messages are written without it; of exceptions only the type and the places are
told, and of other packages' messages the fixed words, since both may quote what was being worked on.
"""

import json
import logging
import queue
import re
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

MAX_WAITING_LINES = 10_000
_FLUSH_SECONDS = 2.0
_OURS = ("evenhand", "gateway", "monitors")
_FIXED_WORDS = re.compile(r"[^\n(<{\[\"']*")
_INNERMOST_PLACES = 12


def about(event: str, **fields: object) -> dict[str, Any]:
    """What goes with a message as ``extra``: the event's name, which stays when words change, and its fields (None is left out)."""
    return {"event": event, "fields": {name: value for name, value in fields.items() if value is not None}}


def open_log(process: str, stream: TextIO | None = None) -> "LineHandler":
    """Send what this process logs, warns of and dies of to ``stream`` (standard error), each line with the process's name."""
    stream = stream or sys.stderr
    handler = LineHandler(stream)
    handler.setFormatter(Words(process) if stream.isatty() else JsonLines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _tell_crash
    threading.excepthook = lambda ended: _tell_crash(ended.exc_type, ended.exc_value, ended.exc_traceback)
    return handler


class LineHandler(logging.Handler):
    """Writes in a thread of its own: who reads the log slowly, or not at all, holds nobody up. Lines that find no room are counted."""

    def __init__(self, stream: TextIO, max_waiting: int = MAX_WAITING_LINES) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: queue.Queue[str | None] = queue.Queue(max_waiting)
        self._dropped = 0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if self._thread is None:
            self._start()
        try:
            if self._dropped and not self._waiting.full():
                dropped, self._dropped = self._dropped, 0
                lost = logging.LogRecord("evenhand", logging.WARNING, "", 0, "%d lines of this log are lost", (dropped,), None)
                lost.__dict__.update(about("log_lines_lost", count=dropped))
                self._waiting.put_nowait(self.format(lost))
            self._waiting.put_nowait(self.format(record))
        except queue.Full:
            self._dropped += 1

    def flush(self) -> None:
        """Wait until all is written, a moment at most."""
        end = time.monotonic() + _FLUSH_SECONDS
        while self._waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.005)

    def close(self) -> None:
        """Write what waits, a moment at most, and end the thread."""
        super().close()
        self.flush()
        if self._thread is not None and not self._waiting.full():
            self._waiting.put_nowait(None)
            self._thread.join(_FLUSH_SECONDS)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="evenhand-log", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            line = self._waiting.get()
            if line is None:
                return
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # a full disk or a closed stream: there is nowhere left to say so
                self._dropped += 1
            finally:
                self._waiting.task_done()


class JsonLines(logging.Formatter):
    """``ts`` (ISO 8601, UTC), ``level``, ``process``, ``event``, ``message``, and the event's own fields."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._process,
            **told(record),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


class Words(logging.Formatter):
    """The same for people: time, process, level, message, and the fields in brackets."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = told(record)
        message, places = line.pop("message", "") or line["event"], line.pop("places", [])
        fields = ", ".join(f"{name} {value}" for name, value in line.items() if name != "event")
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        head = f"{clock} {self._process} {record.levelname.lower()}: {message}" + (f" [{fields}]" if fields else "")
        return "\n".join([head, *(f"    {place}" for place in places)])


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What may be told of a record, as fields of a line."""
    line: dict[str, Any]
    if record.name.partition(".")[0] in _OURS:
        line = {"event": getattr(record, "event", "message"), "message": record.getMessage(), **getattr(record, "fields", {})}
    else:
        line = {"event": "message", "logger": record.name, "message": _fixed_words(record)}
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        line |= {"error": kind.__name__, "places": list(_places(trace))}
    return line


def _fixed_words(record: logging.LogRecord) -> str:
    """The part of another package's message that does not come from what it was working on."""
    if record.name == "py.warnings":
        return ": ".join(record.getMessage().split(": ", 2)[:2])  # file, line and category
    found = _FIXED_WORDS.match(str(record.msg))
    return found.group().strip() if found else ""


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Where an exception came through, innermost last, without the lines of source and the values."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    yield from places[-_INNERMOST_PLACES:]


def _tell_crash(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        exc_info = (kind, error, trace)
        logging.getLogger("evenhand").critical("this process or a thread of it ends by a fault", exc_info=exc_info, extra=about("crashed"))
