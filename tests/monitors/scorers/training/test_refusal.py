from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitors.scorers import Reply
from monitors.scorers.refusal import Labeller, refusal
from monitors.scorers.refusal.features import NAMES
from monitors.scorers.training.compose import composed, templated
from monitors.scorers.training.refusal import OUT, train
from monitors.scorers.training.replies import examples


@pytest.mark.slow
def test_a_model_trained_on_part_of_the_replies_reads_the_others() -> None:
    base = examples()
    held = [x for x in base if x.origin % 6 == 0]
    kept = [x for x in base if x.origin % 6]
    scorer = refusal(Labeller(json.dumps(train(kept, [*composed(kept, 300, 1), *templated(kept, 2)]))))
    values = scorer.score([Reply(x.text, prompt=x.prompt) for x in held])
    refusals = [value.value == 1.0 for value, x in zip(values, held, strict=True) if x.label == 3]
    others = [value.value == 0.0 for value, x in zip(values, held, strict=True) if x.label != 3]
    balanced = (sum(refusals) / len(refusals) + sum(others) / len(others)) / 2
    assert balanced > 0.85


def test_the_shipped_weights_are_small_and_fit_the_features() -> None:
    data = json.loads(Path(OUT).read_text(encoding="utf-8"))
    assert Path(OUT).stat().st_size < 450_000
    for head in data["heads"].values():
        assert len(head["mean"]) == len(head["scale"]) == len(NAMES) == len(head["rows"][0])
