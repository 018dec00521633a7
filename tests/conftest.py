"""What all tests share."""

import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def harness() -> Path:
    """The folder of the external harnesses; the test is skipped where there is none."""
    folder = Path(os.environ.get("EVENHAND_HARNESS", ROOT.parent / "shared"))
    if not (folder / "tools").is_dir():
        pytest.skip(f"the harnesses are not at {folder} (set EVENHAND_HARNESS)")
    return folder


@pytest.fixture
def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
