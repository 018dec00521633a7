"""Which tool a model chose to call; no call is ever carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitors.scorers.contract import AnyScorer, OptionsError, Place, Polarity, Reply, Value, fingerprint

VERSION = 1


class OtherTools:
    """Whether the two replies of a pair call different tools: 1 if so, 0 if the same ones in the same order; arguments do not count.

    A difference has no direction, so it is shown beside the placebo and never pages.

    >>> call = {"type": "function", "function": {"name": "refund", "arguments": "{}"}}
    >>> OtherTools().compare([(Reply(None, tool_calls=(call,)), Reply("No refund."))])[0].value
    1.0
    """

    outcome = "tool_choice"
    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = False
    binary = True
    masked = False
    place: Place = "monitor"
    fingerprint = fingerprint("tool_choice", VERSION)

    def compare(self, pairs: Sequence[tuple[Reply, Reply]]) -> list[Value]:
        """No value where neither arm calls a tool."""
        return [_different(called(reference), called(group)) for reference, group in pairs]


class ToolCalled:
    """Whether a reply calls the named tool: 1 or 0, with a direction, tested like any other outcome."""

    outcome = "tool_choice"
    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = True
    binary = True
    masked = False
    place: Place = "monitor"

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self.fingerprint = fingerprint("tool_choice", VERSION, tool)

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [Value(float(self._tool in names), label=", ".join(names) or "none") for names in map(called, replies)]

    def difference(self, reference: float, group: float) -> float:
        return group - reference


def tool_choice(given: Mapping[str, Any]) -> AnyScorer:
    """The scorer of a `tool_choice:` section: of one `tool`, else whether the arms choose alike."""
    faults = [f"tool_choice.{key}: not a field of tool_choice; it has tool" for key in given if key != "tool"]
    tool = given.get("tool")
    if "tool" in given and (not isinstance(tool, str) or not tool.strip()):
        faults.append("tool_choice.tool: give the name of a tool that requests bring")
    if faults:
        raise OptionsError(faults)
    return ToolCalled(tool) if isinstance(tool, str) else OtherTools()


def called(reply: Reply) -> tuple[str, ...]:
    """The names of the functions that a reply calls, in order."""
    functions = [call.get("function") for call in reply.tool_calls]
    return tuple(str(function.get("name") or "") for function in functions if isinstance(function, Mapping))


def _different(reference: tuple[str, ...], group: tuple[str, ...]) -> Value:
    if not reference and not group:
        return Value(None, reason="no tool call in either reply")
    return Value(float(reference != group), label=f"{', '.join(reference) or 'none'} / {', '.join(group) or 'none'}")
