"""Whether the process lives, whether it can forward, and how all parts are: three questions with three answers.

Readiness never depends on queue, monitor or store: nothing behind the hand-off may take a gateway out of rotation.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson

MONITOR_STALE_MS = 15_000
STATUS_FILE = Path("run") / "status.json"  # under data_dir; the parent writes it


class HandoffState(Protocol):
    """What health shows of the hand-off to the queue."""

    @property
    def problem(self) -> str | None: ...


@dataclass(slots=True)
class Readiness:
    """Set by the process: the configuration that runs, and whether it is on its way out."""

    config_hash: str
    draining: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All parts; ``problems`` in words, empty when all is well."""

    status: str
    config_hash: str
    draining: bool
    problems: list[str]
    children: list[dict[str, Any]] = field(default_factory=list)
    monitor: dict[str, Any] | None = None
    handoff: dict[str, Any] | None = None
    needs_restart: list[str] = field(default_factory=list)

    def brief(self) -> dict[str, Any]:
        """What anybody may know."""
        return {"status": self.status}

    def full(self) -> dict[str, Any]:
        """What loopback and the master key may know."""
        return asdict(self)


def taken_up(status_file: Path) -> bool:
    """Whether the last change of the configuration is what runs, as the parent says; it is while nobody says otherwise."""
    status = _read(status_file, [])
    return status is None or not status.get("config_problems")


def report(
    readiness: Readiness, run_dir: Path, handoff: HandoffState | None, own: Sequence[str] = (), *, monitored: bool, now_ms: int
) -> Report:
    """Look at what parent and monitor last wrote; reads files, so call it in a thread.

    ``own`` are problems that only this process knows, ``monitored`` says that there should be a monitor.
    """
    problems = ["the gateway is draining", *own] if readiness.draining else [*own]
    status = _read(run_dir / STATUS_FILE.name, problems) or {}
    problems += status.get("config_problems", [])
    children = status.get("children", [])
    for child in children:
        if child.get("state") not in ("running", "ready", "starting"):
            problems.append(f"{child.get('name')} is {child.get('state')} (restarted {child.get('restarts', 0)} times)")
    monitor = _read(run_dir / "monitor.json", problems) if monitored else None
    if monitored:
        pid = next((child.get("pid") for child in children if child.get("name") == "monitor"), None)
        problems += _monitor_problems(monitor, pid, now_ms)
    if handoff is not None and handoff.problem:
        problems.append(f"hand-off to the queue: {handoff.problem}")
    shown = _public(handoff) if handoff is not None else None
    health = "ok" if not problems else "degraded"
    waiting = status.get("needs_restart", [])
    return Report(health, readiness.config_hash, readiness.draining, problems, children, monitor, shown, waiting)


def _monitor_problems(monitor: dict[str, Any] | None, pid: int | None, now_ms: int) -> list[str]:
    """``pid`` is the monitor's that runs now; a report of one before it is told with that."""
    if monitor is None:
        return ["the monitor has not reported yet"]
    if pid is not None and monitor.get("pid", pid) != pid:
        return ["the monitor was started again and has not reported yet", *(f"monitor: {p}" for p in monitor.get("problems", []))]
    silent_ms = now_ms - int(monitor.get("at_ms", 0))
    problems = [f"the monitor has been silent for {silent_ms // 1000} seconds"] if silent_ms > MONITOR_STALE_MS else []
    return problems + [f"monitor: {problem}" for problem in monitor.get("problems", [])]


def _read(path: Path, problems: list[str]) -> dict[str, Any] | None:
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, orjson.JSONDecodeError) as error:
        problems.append(f"{path.name} cannot be read: {error}")
        return None
    return document if isinstance(document, dict) else None


def _public(state: HandoffState) -> dict[str, Any]:
    shown: dict[str, Any] = orjson.loads(
        orjson.dumps(state, default=lambda value: vars(value) if hasattr(value, "__dict__") else str(value))
    )
    return shown
