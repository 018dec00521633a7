import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp

from evenhand.demo.readings import Cell

MakeCell = Callable[..., Cell]


@pytest.fixture
def make_cell() -> MakeCell:
    """Build the decision cell of a model, in the state given by keyword arguments."""

    def make(model: str = "rigged", **changes: Any) -> Cell:
        values: dict[str, Any] = {
            "id": 7,
            "kind": "pair",
            "model": model,
            "route": "hiring",
            "axis": "gender",
            "group": "female",
            "outcome": "decision",
            "pairs": 400,
            "group_only": 60,
            "reference_only": 140,
            "gap": -0.2,
            "gap_lower": -0.31,
            "gap_upper": -0.09,
            "evidence_log10": 4.2,
            "evidence_threshold_log10": 3.5,
            "verdict": "learning",
        }
        return Cell(**(values | changes))

    return make


@pytest.fixture(scope="session")
def serving() -> Callable[[ASGIApp], Any]:
    """A context manager that serves an application on a free port and gives its address, ending in /v1."""
    return _serving


@contextmanager
def _serving(app: ASGIApp) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", http="httptools"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join(10)
