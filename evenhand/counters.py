"""The folder in which gateway workers keep their counters, so that any of them can add up those of all.

prometheus-client maps the files into memory. A mapped page that its disk has no room for kills the process that touches it (SIGBUS),
so they lie where a full disk under `data_dir` cannot reach: in memory, where the system has a file system for that.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""How prometheus-client is told of the folder; for workers only, since it turns other processes' histograms into files there as well."""


@contextmanager
def counters_folder(data_dir: Path, memory: Path = IN_MEMORY) -> Iterator[Path]:
    """An empty folder of our own (0700) for one server's workers, gone afterwards; under ``data_dir``/run where ``memory`` cannot be used.

    What a predecessor that was killed left of the same ``data_dir`` is swept first.
    """
    digest = hashlib.blake2b(os.fsencode(data_dir.resolve()), digest_size=8).hexdigest()
    folder = memory / f"evenhand-{os.getuid()}-{digest}"
    try:
        _make(folder)
    except OSError:  # no such file system, or somebody else's folder of that name
        folder = data_dir / "run" / "metrics"
        _make(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_gauges(folder: Path, pid: int) -> None:
    """Take out what a dead worker said of itself at the time of its death; what it counted stays."""
    for file in folder.glob(f"gauge_live*_{pid}.db"):
        file.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_symlink():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
