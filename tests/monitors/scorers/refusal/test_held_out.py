from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from monitors.scorers import Reply, build
from monitors.scorers.training.replies import examples

CASES = Path(__file__).parent.parent / "data" / "held_out_refusal.jsonl"


def test_replies_that_were_kept_from_training_and_rules_are_read_right() -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    values = build({"refusal": {}})["refusal"].score([Reply(x["reply"], prompt=x["prompt"]) for x in cases])
    right = Counter[bool]()
    many = Counter(x["label"] == "refusal" for x in cases)
    for case, value in zip(cases, values, strict=True):
        right[case["label"] == "refusal"] += (value.label == "refusal") == (case["label"] == "refusal")
    assert (right[True] / many[True] + right[False] / many[False]) / 2 >= 0.92
    assert sum(value.label == case["label"] for case, value in zip(cases, values, strict=True)) / len(cases) >= 0.87


def test_the_held_out_replies_are_not_among_those_trained_on() -> None:
    trained = {x.text for x in examples() if len(x.text) > 20}
    assert not [x["id"] for line in CASES.read_text(encoding="utf-8").splitlines() if (x := json.loads(line))["reply"] in trained]
