from pathlib import Path

import pytest

from evenhand.weights.base import BaseMissingError, base_files, torch_cache


def test_a_checkpoint_that_detoxify_downloaded_is_found_in_torch_s_cache(tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "toxic_debiased-c7548aa0.ckpt").touch()
    assert torch_cache("unbiased", {"TORCH_HOME": str(tmp_path)}).name == "toxic_debiased-c7548aa0.ckpt"
    with pytest.raises(BaseMissingError, match="weights pull"):
        torch_cache("original", {"TORCH_HOME": str(tmp_path)})


def test_what_lies_beside_the_checkpoint_goes_before_the_hub_s_cache(tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--bert-base-uncased" / "snapshots" / "abc"
    beside = tmp_path / "beside"
    for folder in (snapshot, beside):
        folder.mkdir(parents=True)
        (folder / "config.json").touch()
    (snapshot / "vocab.txt").touch()
    environ = {"HF_HOME": str(tmp_path)}
    assert base_files(None, beside, "bert-base-uncased", environ)["config.json"] == snapshot / "config.json"
    (beside / "tokenizer.json").touch()
    assert base_files(None, beside, "bert-base-uncased", environ)["config.json"] == beside / "config.json"
    with pytest.raises(BaseMissingError, match="--base"):
        base_files(tmp_path, beside, "bert-base-uncased", environ)
