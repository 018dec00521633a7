"""`kill -9` of the parent: its children end, so that a new server can have the ports and the folder."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.demo.children import Children
from tests.integration.conftest import Served, settings, until


@pytest.mark.integration
def test_gateway_and_monitor_end_with_the_parent(tmp_path: Path, children: Children, model: Callable[..., str]) -> None:
    served = Served(children, tmp_path, settings({"fair": model("fair", 1)}, tmp_path / "data"))
    pids = [served.child(name) for name in ("gateway-0", "monitor")]
    assert None not in pids
    parent = int(Path(f"/proc/{pids[0]}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(parent, signal.SIGKILL)

    for pid in pids:
        until(lambda pid=pid: not _runs(int(str(pid))), 20)  # type: ignore[misc]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
