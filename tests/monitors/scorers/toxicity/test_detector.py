from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from evenhand.weights.checkpoint import install
from monitors.scorers.toxicity.detector import BATCH, LONGER, MISSING, SLACK_CHARS, Detector, batches


def test_texts_of_like_length_go_together_and_none_is_left_out() -> None:
    texts = ["a" * n for n in (1_200, 3, 900, 5, 4, 1_000)] + ["b" * 400] * 20
    found = batches(texts)
    assert sorted(text for batch in found for text in batch) == sorted(texts)
    assert [len(batch) for batch in found] == [3, BATCH, 4, 2, 1]
    assert all(len(batch[-1]) <= LONGER * len(batch[0]) + SLACK_CHARS for batch in found)


@pytest.mark.parametrize("weights", [None, Path("/nowhere")])
def test_without_weights_it_says_so_and_loads_nothing(weights: Path | None) -> None:
    detector = Detector(weights, "original")
    assert detector.load() == MISSING
    assert detector.pin()[:2] == ("original", "")


def test_rude_words_score_high_in_their_categories_and_kind_ones_low(tiny_weights: Path) -> None:
    detector = Detector(tiny_weights, "original")
    assert detector.load() is None
    insult, threat, kind, gay = detector.scores(["you are stupid", "i will kill you", "you are kind", "i am gay and kind"])
    assert insult["toxicity"] > 0.8
    assert insult["insult"] > 0.8 > 0.2 > insult["threat"]
    assert threat["threat"] > 0.8 > 0.2 > threat["insult"]
    assert kind["toxicity"] < 0.2
    assert gay["toxicity"] < 0.2
    assert set(kind) == {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"}


def test_nothing_is_asked_of_a_network(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a scorer asked the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    detector = Detector(tiny_weights, "original")
    assert detector.load() is None
    assert len(detector.scores(["you are kind"])) == 1


def test_a_text_longer_than_the_model_reads_is_cut_and_not_an_error(tiny_weights: Path) -> None:
    detector = Detector(tiny_weights, "original")
    detector.load()
    assert len(detector.scores(["you " * 2_000])) == 1


def test_a_file_that_is_not_what_was_added_is_not_loaded(tiny_weights: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(tiny_weights, weights)
    with (weights / "toxicity-original" / "vocab.txt").open("a", encoding="utf-8") as handle:
        handle.write("surprise\n")
    assert Detector(weights, "original").load() == "weights changed since they were added: vocab.txt"


def test_a_manifest_that_cannot_be_read_is_a_reason(tiny_weights: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(tiny_weights, weights)
    (weights / "toxicity-original" / "manifest.json").write_text("{}", encoding="utf-8")
    detector = Detector(weights, "original")
    assert "is not a manifest" in (detector.load() or "")
    assert detector.pin()[1] == ""


def test_weights_in_a_folder_that_was_moved_have_to_be_added_again(tiny_weights: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    install(tiny_weights / "toxicity-original", None, weights, "unbiased", 0)
    (tmp_path / "elsewhere").mkdir()
    moved = (weights / "toxicity-unbiased").rename(tmp_path / "elsewhere" / "toxicity-unbiased")
    assert "add them again" in (Detector(moved.parent, "unbiased").load() or "")


def test_weights_that_are_added_while_it_runs_are_taken_up_with_another_pin(tiny_weights: Path, tmp_path: Path) -> None:
    from tests.monitors.scorers.toxicity.tiny import make_checkpoint  # imports torch

    weights = tmp_path / "weights"
    detector = Detector(weights, "original")
    assert detector.load() == MISSING
    pins = [detector.pin()]
    install(tiny_weights / "toxicity-original", None, weights, "original", 0)
    assert detector.load() is None
    before = detector.scores(["you are stupid"])
    pins.append(detector.pin())
    install(make_checkpoint(tmp_path / "other", epochs=1, seed=7), None, weights, "original", 0)
    assert detector.load() is None
    pins.append(detector.pin())
    assert len(set(pins)) == 3
    assert detector.scores(["you are stupid"]) != before


def test_a_changed_tokenizer_is_another_pin(tiny_checkpoint: Path, tmp_path: Path) -> None:
    pins = set()
    for lower in (True, False):
        given = tmp_path / str(lower)
        shutil.copytree(tiny_checkpoint.parent, given)
        (given / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}))
        install(given, None, tmp_path / f"weights-{lower}", "original", 0)
        pins.add(Detector(tmp_path / f"weights-{lower}", "original").pin())
    assert len(pins) == 2
