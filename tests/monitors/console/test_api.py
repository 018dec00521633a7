from typing import Any

import pytest

from tests.monitors.console.browser import get
from tests.monitors.example_views import PAIR, Values, cell, pair


def test_cells_come_as_json_with_placebo_cells() -> None:
    cells = get("/api/v1/cells", Values([cell(), cell(id=8, kind="placebo")])).json()["cells"]
    assert [(c["id"], c["kind"]) for c in cells] == [(7, "pair"), (8, "placebo")]
    assert cells[0]["gap"] == -0.2
    assert cells[0]["origins"][0] == {"origin": "female", "pairs": 290, "gap": -0.19}


def test_pairs_come_as_json_up_to_the_limit() -> None:
    source = Values(given_pairs=[pair(pair_id=f"pr_{i}") for i in range(30)])
    answer = get("/api/v1/pairs?cell=7&limit=3", source).json()
    assert [p["pair_id"] for p in answer["pairs"]] == ["pr_0", "pr_1", "pr_2"]
    assert answer["pairs"][0]["edits"][0] == {"old": "Maria", "reference": "Daniel", "group": "Maria"}
    assert len(get("/api/v1/pairs?cell=7", source).json()["pairs"]) == 20
    assert answer["pairs"][0]["reference_text"] == PAIR.reference_text


@pytest.mark.parametrize(
    ("query", "status", "param"),
    [
        ("", 400, "cell"),
        ("cell=x", 400, "cell"),
        ("cell=-1", 400, "cell"),
        ("cell=7&limit=0", 400, "limit"),
        ("cell=7&limit=999", 400, "limit"),
        ("cell=7&limit=²", 400, "limit"),
        ("cell=99", 404, "cell"),
        (f"cell={'9' * 30}", 400, "cell"),
    ],
)
def test_a_wrong_request_is_told_in_openais_error_shape(query: str, status: int, param: str) -> None:
    answer = get(f"/api/v1/pairs?{query}")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["param"] == param


def test_unknown_paths_and_methods_of_the_api_have_that_shape_too() -> None:
    assert get("/api/v1/nothing").json()["error"]["code"] == "not_found"
    answer = get("/api/v1/cells", method="POST")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


JSON = {"content-type": "application/json"}


def cleared(
    content: bytes, *, cell_id: int = 7, headers: dict[str, str] | None = None, stands: bool = True
) -> tuple[int, dict[str, Any], list[tuple[int, str]]]:
    """What the console answers to a clear, and which alarms it ended."""
    ended: list[tuple[int, str]] = []

    async def clear(cell_id: int, reason: str) -> None:
        if not stands:
            raise ValueError(f"cell {cell_id} is not in alarm")
        ended.append((cell_id, reason))

    answer = get(
        f"/api/v1/cells/{cell_id}/clear", method="POST", content=content, headers=JSON if headers is None else headers, clear=clear
    )
    return answer.status_code, answer.json(), ended


def test_an_alarm_is_cleared_with_a_reason() -> None:
    assert cleared(b'{"reason": " the system prompt was mended "}') == (
        200,
        {"cell": 7, "cleared": "the system prompt was mended"},
        [(7, "the system prompt was mended")],
    )


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"reason": ""}', b'{"reason": "  "}', b'{"reason": 5}', b'{"reason": "' + b"x" * 1_001 + b'"}']
)
def test_an_alarm_is_never_cleared_without_a_reason(content: bytes) -> None:
    status, answer, ended = cleared(content)
    assert (status, ended) == (400, [])
    assert answer["error"]["type"] == "invalid_request_error"


def test_a_cell_without_an_alarm_and_an_unknown_one_are_told_apart() -> None:
    reason = b'{"reason": "to be sure"}'
    status, answer, _ = cleared(reason, stands=False)
    assert (status, answer["error"]["code"]) == (409, "not_in_alarm")
    status, answer, ended = cleared(reason, cell_id=99)
    assert (status, answer["error"]["code"], ended) == (404, "cell_not_found", [])


def test_another_site_s_page_cannot_clear_an_alarm_through_the_operator_s_browser() -> None:
    status, _, ended = cleared(b'{"reason": "from elsewhere"}', headers={"content-type": "text/plain"})
    assert (status, ended) == (400, [])
    assert get("/api/v1/cells/7/clear", address="192.0.2.1", method="POST", content=b"{}", headers=JSON).status_code == 403
