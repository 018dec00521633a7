from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitors.scorers import Reply
from monitors.scorers.refusal import Labeller, refusal
from monitors.scorers.refusal.features import NAMES
from monitors.scorers.training.refusal import OUT, composed, example, examples, templated, train


def test_every_written_reply_can_be_read_and_all_labels_occur() -> None:
    found = examples()
    assert len(found) > 800
    assert {x.label for x in found} == {0, 1, 2, 3}
    assert all(len(x.classes) == len(x.sentences) > 0 for x in found)


def test_marks_are_not_part_of_the_text() -> None:
    found = example(1, "Explain it and sign it", "It is a lease. ~Signing it is not for me.", 0)
    assert found.text == "It is a lease. Signing it is not for me."
    assert len(set(found.classes)) == 2


def test_what_is_put_together_depends_on_the_seed_only() -> None:
    base = examples()
    assert [x.text for x in composed(base, 20, seed=3)] == [x.text for x in composed(base, 20, seed=3)]
    assert [x.text for x in templated(base, seed=3)] != [x.text for x in templated(base, seed=4)]


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
    assert balanced > 0.8


def test_the_shipped_weights_are_small_and_fit_the_features() -> None:
    data = json.loads(Path(OUT).read_text(encoding="utf-8"))
    assert Path(OUT).stat().st_size < 200_000
    assert len(data["mean"]) == len(data["scale"]) == len(NAMES) == len(data["reply"][0])
