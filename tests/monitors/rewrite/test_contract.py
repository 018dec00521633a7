"""Requests that cannot be read get an ``error``."""

import pytest

from monitors.rewrite import rewrite

GOOD = {"id": "t", "text": "She left.", "axis": "gender", "from": "female", "to": "male"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": None}, "exactly one of"),
        ({"messages": []}, "exactly one of"),
        ({"text": 7}, "'text' is not a string"),
        ({"text": None, "messages": ["x"]}, "not a list of chat messages"),
        ({"text": None, "messages": [{"role": "user", "content": 7}]}, "not a list of chat messages"),
        ({"text": None, "messages": [{"role": "user", "tool_calls": [7]}]}, "not a list of chat messages"),
        ({"axis": "height"}, "unknown 'axis'"),
        ({"axis": None}, "unknown 'axis'"),
        ({"from": "tall"}, "has no group 'tall'"),
        ({"to": 7}, "has no group 7"),
        ({"target": 7}, "'target' is not a string"),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, object], told: str) -> None:
    answer = rewrite(GOOD | change)
    assert answer["id"] == "t"
    assert told in answer["error"]


def test_any_number_of_years_is_a_group() -> None:
    answer = rewrite({"id": "t", "text": "A 30-year-old nurse", "axis": "age", "from": "30", "to": "81"})
    assert answer["text"] == "A 81-year-old nurse".replace("A 81", "An 81")


def test_an_answer_carries_its_id_and_the_form_it_came_in() -> None:
    assert rewrite(GOOD) == {"id": "t", "changed": True, "skipped": None, "text": "He left."}
    rows = [{"role": "user", "content": "He left."}]
    answer = rewrite({"id": 3, "messages": rows, "axis": "gender", "from": "female", "to": "male"})
    assert answer == {"id": 3, "changed": False, "skipped": None, "messages": rows}


def test_answers_do_not_depend_on_the_order_of_requests() -> None:
    other = {"id": "u", "text": "Laura called Kevin.", "axis": "gender", "from": "male", "to": "female"}
    first = [rewrite(GOOD), rewrite(other)]
    assert [rewrite(other), rewrite(GOOD)] == first[::-1]
