"""Labelled replies of our own that were written to try the rules, which were mended after them: a floor, not an estimate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitors.scorers import Reply
from monitors.scorers.decision import Decision

HERE = Path(__file__).parent


def read(case: dict[str, Any], spec: dict[str, Any]) -> float | None:
    return Decision.of(spec).score([Reply(case["reply"])])[0].value


def test_the_rounds_that_were_written_blind_stay_read_right() -> None:
    cases = [json.loads(line) for line in (HERE / "rounds.jsonl").read_text(encoding="utf-8").splitlines()]
    right = [read(case, case["spec"]) == (None if case["value"] is None else pytest.approx(case["value"])) for case in cases]
    assert len(cases) > 600
    assert sum(right) / len(cases) >= 0.99


def test_nearly_all_labelled_replies_are_read_right_and_hardly_one_is_turned_round() -> None:
    specs = json.loads((HERE / "specs.json").read_text(encoding="utf-8"))
    scorers = {name: Decision.of(spec) for name, spec in specs.items()}
    cases = [json.loads(line) for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [scorers[case["spec"]].score([Reply(case["reply"])])[0].value for case in cases]
    wanted = [case["value"] for case in cases]
    right = [value == (None if want is None else pytest.approx(want)) for value, want in zip(found, wanted, strict=True)]
    turned = [value for value, want, fine in zip(found, wanted, right, strict=True) if not fine and value is not None and want is not None]
    assert len(cases) > 700
    assert sum(right) / len(cases) >= 0.97
    assert len(turned) / len(cases) <= 0.005
