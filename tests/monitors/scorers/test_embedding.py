from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitors.scorers import Means, PairScorer, Reply, build, mistakes, place_of


@pytest.fixture(scope="module")
def folder(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder with random weights, as a sentence model's folder has it."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    made = tmp_path_factory.mktemp("encoder")
    for name in ("vocab.txt", "tokenizer_config.json"):
        shutil.copyfile(tiny_checkpoint.parent / name, made / name)
    torch.manual_seed(3)
    config = transformers.BertConfig.from_pretrained(str(tiny_checkpoint.parent))
    transformers.BertModel(config).save_pretrained(str(made))
    return made


def scorer(folder: Path) -> PairScorer:
    made = build({"similarity": {"embeddings": str(folder)}}, Means())["similarity"]
    assert isinstance(made, PairScorer)
    return made


def test_equal_replies_are_wholly_alike_others_less_and_an_empty_one_has_no_likeness(folder: Path) -> None:
    same, other, empty = scorer(folder).compare(
        [
            (Reply("you are kind"), Reply("you are kind")),
            (Reply("you are kind"), Reply("i will kill people")),
            (Reply("you are kind"), Reply(None)),
        ]
    )
    assert same.value == 1.0
    assert other.value is not None
    assert other.value < 0.99
    assert (empty.value, empty.reason) == (None, "empty reply")


def test_a_batch_gives_what_its_pairs_give_alone_whichever_arm_comes_first(folder: Path) -> None:
    texts = ["you are kind", "people are late " * 200, "👍", "\ud800", "i will help zed with the work ."]
    pairs = [(Reply(one), Reply(other)) for one, other in zip(texts, texts[1:] + texts[:1], strict=True)]
    made = scorer(folder)
    together = made.compare(pairs)
    assert together == [made.compare([pair])[0] for pair in pairs]
    assert together == made.compare([(other, one) for one, other in pairs])
    assert all(value.value is not None and 0.0 <= value.value <= 1.0 for value in together)


def test_it_is_without_direction_runs_in_the_process_and_is_known_by_its_weights(folder: Path, tmp_path: Path) -> None:
    made = scorer(folder)
    assert (made.signed, made.masked, place_of(made)) == (False, True, "process")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert scorer(copy).fingerprint == made.fingerprint
    with (copy / "model.safetensors").open("ab") as handle:
        handle.write(b"\0")
    assert scorer(copy).fingerprint != made.fingerprint


def test_a_folder_without_a_model_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    ((path, what, mend),) = mistakes("similarity", {"embeddings": str(tmp_path)})
    assert path == ("embeddings",)
    assert "has no model.safetensors and no config.json" in what
    assert mend == "name a model's folder"
    ((path, _, _),) = mistakes("similarity", {"embedings": "x"})
    assert path == ("embedings",)
