from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from monitors.scorers import Reply, Scorer, Value, build, registry


class Shouting:
    """Somebody else's scorer: the share of capitals."""

    outcome, low, high, polarity, signed, binary, masked, fingerprint = "shouting", 0.0, 1.0, "neither", True, False, False, "f" * 16

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [Value(sum(map(str.isupper, reply.text or "")) / max(1, len(reply.text or ""))) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        return group - reference


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("shouting", f"{__name__}:Shouting", "evenhand.scorers")]
    monkeypatch.setattr(EntryPoint, "load", lambda self: Shouting)
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "evenhand.scorers" else [])


def test_a_route_s_outcomes_become_scorers_by_name() -> None:
    built = build({"decision": {"kind": "yes_no", "tolerance": 0.02}, "refusal": {"tolerance": 0.05}, "length": {}})
    assert list(built) == ["decision", "refusal", "length"]
    assert [scorer.outcome for scorer in built.values()] == list(built)


def test_tolerance_is_not_part_of_what_is_measured() -> None:
    plain = build({"decision": {"kind": "yes_no"}, "refusal": {}})
    loose = build({"decision": {"kind": "yes_no", "tolerance": 0.5}, "refusal": {"tolerance": 0.5}})
    assert {name: s.fingerprint for name, s in plain.items()} == {name: s.fingerprint for name, s in loose.items()}


def test_another_specification_is_another_fingerprint() -> None:
    first = build({"decision": {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}})["decision"]
    second = build({"decision": {"kind": "words", "favourable": ["hire", "invite"], "unfavourable": ["reject"]}})["decision"]
    assert first.fingerprint != second.fingerprint


def test_an_unknown_outcome_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(ValueError, match="desicion: no such outcome; did you mean decision"):
        build({"desicion": {}})


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"decision\.kind.*; length\.words: length has no fields"):
        build({"decision": {"kind": "guess"}, "length": {"words": 3}})


@pytest.mark.usefixtures("registered")
def test_a_registered_scorer_is_built_with_its_section() -> None:
    built = build({"shouting": {"loud": True, "tolerance": 0.1}})["shouting"]
    assert isinstance(built, Shouting)
    assert built.given == {"loud": True}
    assert built.score([Reply("HEy")])[0].value == pytest.approx(2 / 3)


@pytest.mark.usefixtures("registered")
def test_a_registered_scorer_must_measure_what_it_is_registered_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shouting, "outcome", "whispering")
    with pytest.raises(ValueError, match="shouting: the registered scorer measures whispering"):
        build({"shouting": {}})


def test_what_is_built_keeps_the_contract() -> None:
    scorer: Scorer = build({"not_served": {}})["not_served"]
    assert (scorer.low, scorer.high, scorer.polarity, scorer.signed, scorer.binary, scorer.masked) == (
        0,
        1,
        "higher_is_worse",
        True,
        True,
        True,
    )
