"""A store with one declared cell, and exchanges to plan in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.exchange import Exchange
from monitors.declare import CellSpec
from monitors.store import Store, cells, open_store
from tests.ids import new_exchange_id

SPEC = CellSpec("pair", "m", "hiring", "gender", "female", "decision", "male", "T2", 0.02)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(None, tmp_path)
    opened.write(cells.declare, [SPEC], lambda specs: [0.01] * len(specs), lambda k: 0.001 / k, 1_000)
    yield opened
    opened.close()


@pytest.fixture
def exchange() -> Callable[[], Exchange]:
    def make() -> Exchange:
        return Exchange(new_exchange_id(), 1_000, "chat_completions", "m", "m", "hiring", 200, False, False, {"model": "m"}, "")

    return make
