import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from evenhand.demo.readings import Cell, Console, Pair, decision_cell

METRICS = """# HELP evenhand_queue_length Items in the queue, not yet taken.
# TYPE evenhand_queue_length gauge
evenhand_queue_length 17.0
evenhand_queue_bytes 9999.0
evenhand_exchanges_in_progress 4
"""


def read(answers: dict[str, httpx.Response], ask: Callable[[Console], Any]) -> Any:
    """Ask a console whose HTTP answers by path and query are given."""

    async def go() -> Any:
        transport = httpx.MockTransport(lambda request: answers[request.url.raw_path.decode()])
        async with httpx.AsyncClient(transport=transport) as client:
            return await ask(Console("http://console", client))

    return asyncio.run(go())


def test_cells_are_read_and_what_the_demo_does_not_need_is_passed_over(make_cell: Callable[..., Cell]) -> None:
    entries = [vars(make_cell("rigged")) | {"tier": "T2", "origins": []}, vars(make_cell("fair"))]
    answer = httpx.Response(200, content=json.dumps({"cells": entries}))
    assert read({"/api/v1/cells": answer}, lambda console: console.cells()) == [make_cell("rigged"), make_cell("fair")]


def test_pairs_are_those_of_the_cell_asked_for(make_cell: Callable[..., Cell]) -> None:
    pair = {
        "direction": "group_lower",
        "reference_text": "a",
        "group_text": "b",
        "reference_reply": "c",
        "group_reply": "d",
        "kind": "pair",
    }
    answer = httpx.Response(200, json={"cell": 7, "pairs": [pair]})
    assert read({"/api/v1/pairs?cell=7": answer}, lambda console: console.pairs(make_cell(id=7))) == [
        Pair("group_lower", "a", "b", "c", "d")
    ]


def test_what_waits_is_queued_or_in_progress() -> None:
    assert read({"/metrics": httpx.Response(200, text=METRICS)}, lambda console: console.waiting()) == 21


def test_an_error_of_the_console_is_an_error_of_the_reading() -> None:
    with pytest.raises(httpx.HTTPError):
        read({"/api/v1/cells": httpx.Response(500)}, lambda console: console.cells())


@pytest.mark.parametrize(
    "changes",
    [{"kind": "placebo"}, {"route": ""}, {"axis": "ethnicity"}, {"group": "nonbinary"}, {"outcome": "decision_given"}, {"model": "fair"}],
)
def test_the_decision_cell_is_that_of_the_model_the_route_and_the_group(make_cell: Callable[..., Cell], changes: dict[str, str]) -> None:
    other = make_cell(**changes)
    assert decision_cell([other], "rigged") is None
    assert decision_cell([other, make_cell()], "rigged") == make_cell()


@pytest.mark.parametrize(
    ("verdict", "alarm"), [("learning", False), ("within_tolerance", False), ("beyond_tolerance", True), ("suspended", True)]
)
def test_a_cell_is_in_alarm_when_its_verdict_pages(make_cell: Callable[..., Cell], verdict: str, alarm: bool) -> None:
    assert make_cell(verdict=verdict).in_alarm is alarm
