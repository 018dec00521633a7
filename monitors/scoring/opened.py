"""A desk for a configuration."""

from pathlib import Path

from gateway.settings import Settings
from monitors.rewrite import Tables
from monitors.scoring.configured import Entries
from monitors.scoring.desk import Desk
from monitors.scoring.lane import Lane, Observe
from monitors.scoring.process import LOAD_SECONDS
from monitors.scoring.remote import Patience, Remote
from monitors.scoring.threaded import Threaded
from monitors.scoring.wire import FILE, read_address

ENDPOINT_SECONDS = 300.0
PROCESS_BATCH = 32  # what has a model sorts them by length once more
ENDPOINT_WORKERS, ENDPOINT_BATCH = 4, 4


def open_desk(settings: Settings, entries: Entries, data_dir: Path, tables: Tables, observe: Observe) -> Desk:
    """A lane for each place; the scorer process is found by the file that the parent wrote for this start."""
    timeout = settings.monitor.scorer_process.timeout_seconds if settings.monitor else 0.0
    remote = Remote(lambda: read_address(data_dir / "run" / FILE), Patience(timeout + LOAD_SECONDS))
    endpoint = Lane(Threaded(ENDPOINT_SECONDS), observe, workers=ENDPOINT_WORKERS, batch=ENDPOINT_BATCH)
    process = Lane(remote, observe, batch=PROCESS_BATCH)
    return Desk(entries, {"monitor": Lane(Threaded(), observe), "process": process, "endpoint": endpoint}, tables)
