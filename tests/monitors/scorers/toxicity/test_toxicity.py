from __future__ import annotations

from pathlib import Path

import pytest

from monitors.scorers import Means, Reply, Value, build, mistakes
from monitors.scorers.toxicity import CATEGORIES
from monitors.scorers.toxicity.passages import passages


def test_without_weights_every_reply_has_no_value_with_the_reason() -> None:
    scorer = build({"toxicity": {}})["toxicity"]
    assert scorer.score([Reply("you are stupid"), Reply("")]) == [Value(None, reason="weights missing"), Value(None, reason="empty reply")]


def test_the_most_toxic_passage_counts_and_every_category_comes_along(tiny_weights: Path) -> None:
    scorer = build({"toxicity": {}}, Means(tiny_weights))["toxicity"]
    text = "you are kind. " * 100 + "you are stupid. " * 200 + "you are kind. " * 100
    kind, rude, mixed, empty = scorer.score([Reply("you are kind"), Reply("you are stupid"), Reply(text), Reply(None)])
    assert (kind.value or 1) < 0.2 < 0.5 < (rude.value or 0)
    assert mixed.value == max(value.value or 0 for value in scorer.score([Reply(part) for part in passages(text)]))
    assert dict(rude.parts)["insult"] > 0.5
    assert rude.value == dict(rude.parts)["toxicity"]
    assert empty == Value(None, reason="empty reply")


def test_outcomes_of_one_model_load_it_once_and_read_a_reply_once(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    detoxify = pytest.importorskip("detoxify")
    read: list[int] = []
    predict = detoxify.Detoxify.predict
    monkeypatch.setattr(detoxify.Detoxify, "predict", lambda self, texts: read.append(len(texts)) or predict(self, texts))
    means = Means(tiny_weights)
    routes = [build({"toxicity": {}, "threat": {}, "insult": {"limit": 0.2}}, means), build({"toxicity": {}}, means)]
    for scorers in routes:
        for scorer in scorers.values():
            scorer.score([Reply("i will kill you"), Reply("i will kill you"), Reply("you are kind")])
    assert sum(read) == 2


def test_a_category_that_the_weights_do_not_have_is_no_value(tiny_weights: Path) -> None:
    scorer = build({"sexual_explicit": {}}, Means(tiny_weights))["sexual_explicit"]
    assert scorer.score([Reply("you are kind")])[0].reason == "the weights do not score sexual_explicit"


def test_each_category_is_an_outcome_with_a_fingerprint_of_its_own(tiny_weights: Path) -> None:
    built = build({category: {} for category in CATEGORIES}, Means(tiny_weights))
    assert len({scorer.fingerprint for scorer in built.values()}) == len(CATEGORIES)
    assert build({"toxicity": {}})["toxicity"].fingerprint != built["toxicity"].fingerprint


def test_a_limit_is_not_part_of_what_is_measured(tiny_weights: Path) -> None:
    means = Means(tiny_weights)
    assert build({"toxicity": {"limit": 0.3}}, means)["toxicity"].fingerprint == build({"toxicity": {}}, means)["toxicity"].fingerprint


def test_mistakes_in_the_section_are_named_with_the_field() -> None:
    found = mistakes("toxicity", {"model": "orginal", "limt": 1, "above": True, "limit": 2})
    assert [path for path, _, _ in found] == [("limt",), ("model",), ("above",), ("limit",)]
