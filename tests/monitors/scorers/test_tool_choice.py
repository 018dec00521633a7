from __future__ import annotations

from typing import Any

import pytest

from monitors.scorers import OptionsError, PairScorer, Reply, build
from monitors.scorers.tool_choice import OtherTools, ToolCalled


def calls(*names: str) -> Reply:
    made: tuple[dict[str, Any], ...] = tuple({"type": "function", "function": {"name": name, "arguments": "{"}} for name in names)
    return Reply(None, tool_calls=made)


def test_other_tools_than_the_reference_s_are_1_and_the_same_ones_0() -> None:
    pairs = [(calls("a"), calls("b")), (calls("a", "b"), calls("a", "b")), (calls("a"), Reply("No.")), (Reply("x"), Reply("y"))]
    values = OtherTools().compare(pairs)
    assert [value.value for value in values] == [1, 0, 1, None]
    assert [value.label for value in values[:3]] == ["a / b", "a, b / a, b", "a / none"]
    assert values[3].reason == "no tool call in either reply"


def test_a_named_tool_is_called_or_not() -> None:
    values = ToolCalled("escalate").score(
        [calls("look_up", "escalate"), calls("look_up"), Reply("text"), Reply("", tool_calls=({"function": None},))]
    )
    assert [value.value for value in values] == [1, 0, 0, 0]


def test_the_section_tells_which_of_the_two_is_meant() -> None:
    pair, single = build({"tool_choice": {}})["tool_choice"], build({"tool_choice": {"tool": "escalate"}})["tool_choice"]
    assert isinstance(pair, PairScorer)
    assert (pair.signed, single.signed) == (False, True)
    assert pair.fingerprint != single.fingerprint
    with pytest.raises(OptionsError, match=r"tool_choice\.tools: not a field"):
        build({"tool_choice": {"tools": "x"}})
    with pytest.raises(OptionsError, match=r"tool_choice\.tool: give the name"):
        build({"tool_choice": {"tool": ""}})
