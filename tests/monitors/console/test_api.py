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
