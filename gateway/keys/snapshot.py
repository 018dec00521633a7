"""The created keys as last read, in ``run/``, for a worker that starts while ``gateway.db`` cannot be read."""

import json
import os
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from gateway.keys.key import Allowance, Key

FILE = "keys.json"


def save(run_dir: Path, keys: Iterable[Key]) -> None:
    """Replace the snapshot as a whole; readable by its owner only. Raises ``OSError``."""
    rows = [[key.digest.hex(), key.name, key.models, astuple(key.allowance)] for key in keys]
    scratch = run_dir / f"{FILE}.{os.getpid()}"
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump(rows, handle)
    scratch.replace(run_dir / FILE)


def load(run_dir: Path) -> list[Key]:
    """The keys of the snapshot; none where there is no whole one."""
    try:
        rows = json.loads((run_dir / FILE).read_text(encoding="utf-8"))
        return [Key(bytes.fromhex(digest), name, tuple(models), Allowance(*limits)) for digest, name, models, limits in rows]
    except (OSError, ValueError, TypeError):
        return []
