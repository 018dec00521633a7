import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evenhand.cli import main
from monitors.scorers.weights import read_manifest, sha256


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "evenhand.yaml"
    model = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": "http://127.0.0.1:1/v1"}}
    file.write_text(json.dumps({"model_list": [model], "data_dir": str(tmp_path / "data")}), encoding="utf-8")
    return file


def weights(config: Path, *words: str) -> int:
    return main(["weights", *words, "--config", str(config)])


def stored(config: Path, model: str = "original") -> Path:
    return config.parent / "data" / "weights" / f"toxicity-{model}"


def altered(checkpoint: Path, folder: Path, change: Any) -> Path:
    """A copy of the checkpoint and what is beside it, its document changed."""
    torch = pytest.importorskip("torch")
    shutil.copytree(checkpoint.parent, folder)
    document = torch.load(checkpoint, weights_only=True)
    change(document)
    torch.save(document, folder / checkpoint.name)
    return folder / checkpoint.name


def test_a_checkpoint_is_added_pinned_listed_and_scored(config: Path, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert weights(config, "add", "toxicity", str(tiny_checkpoint), "--sha256", sha256(tiny_checkpoint)) == 0
    manifest = read_manifest(stored(config))
    assert manifest is not None
    assert manifest.sha256 == sha256(tiny_checkpoint)
    assert manifest.classes[0] == "toxicity"
    assert manifest.files.keys() == {"model.ckpt", "config.json", "vocab.txt", "tokenizer_config.json"}
    assert {file.stat().st_mode & 0o777 for file in stored(config).iterdir()} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (stored(config), stored(config).parent, config.parent / "data")} == {0o700}
    assert weights(config, "list") == 0
    assert weights(config, "terms", "toxicity") == 0
    shown = capsys.readouterr().out
    assert "toxicity original  sha256 " in shown
    assert "as it was added" in shown
    assert shown.count("\n| ") == 30
    assert "| gay | 0." in shown


def test_a_checkpoint_says_its_own_folder_where_it_named_something_on_the_hub(config: Path, tiny_checkpoint: Path) -> None:
    torch = pytest.importorskip("torch")
    assert weights(config, "add", "toxicity", str(tiny_checkpoint.parent), "--model", "multilingual") == 0
    kept = torch.load(stored(config, "multilingual") / "model.ckpt", weights_only=True)
    assert kept["config"]["arch"]["args"]["model_type"] == str(stored(config, "multilingual"))


def test_a_file_that_changed_after_it_was_added_is_listed_as_changed(
    config: Path, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights(config, "add", "toxicity", str(tiny_checkpoint))
    (stored(config) / "vocab.txt").write_text("other\n", encoding="utf-8")
    assert weights(config, "list") == 1
    assert "changed since it was added: vocab.txt" in capsys.readouterr().out


def test_a_pickle_that_would_run_code_is_refused_and_nothing_runs(
    config: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    def set_trap(document: dict[str, Any]) -> None:
        document["config"]["trap"] = Trap()

    bad = altered(tiny_checkpoint, tmp_path / "trap", set_trap)
    assert weights(config, "add", "toxicity", str(bad)) == 2
    assert "it is not loaded" in capsys.readouterr().err
    assert not (tmp_path / "ran").exists()
    assert not stored(config).exists()


def _rename_model(document: dict[str, Any]) -> None:
    document["config"]["arch"]["args"]["model_name"] = "AutoModelForCausalLM"


def _drop_class(document: dict[str, Any]) -> None:
    document["config"]["dataset"]["args"]["classes"].pop()


def _spoil(document: dict[str, Any]) -> None:
    next(iter(document["state_dict"].values())).fill_(float("nan"))


def _drop_config(document: dict[str, Any]) -> None:
    del document["config"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_rename_model, "not among those we load"),
        (_drop_class, "does not name its 6 classes"),
        (_spoil, "not finite"),
        (_drop_config, "'config' is missing"),
    ],
)
def test_what_is_no_checkpoint_of_detoxify_is_refused_with_the_reason(
    change: Any, message: str, config: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights(config, "add", "toxicity", str(altered(tiny_checkpoint, tmp_path / "bad", change))) == 2
    assert message in capsys.readouterr().err


def test_what_is_refused_leaves_the_weights_of_before(
    config: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights(config, "add", "toxicity", str(tiny_checkpoint)) == 0
    before = sha256(stored(config) / "manifest.json")
    garbage = tmp_path / "garbage.ckpt"
    garbage.write_bytes(b"not a checkpoint")
    assert weights(config, "add", "toxicity", str(garbage)) == 2
    assert weights(config, "add", "toxicity", str(tiny_checkpoint), "--sha256", "0" * 64) == 2
    assert "not the one given" in capsys.readouterr().err
    assert sha256(stored(config) / "manifest.json") == before
    assert sorted(file.name for file in stored(config).parent.iterdir()) == ["toxicity-original"]


def test_a_checkpoint_alone_lacks_its_tokenizer_unless_a_base_is_named(
    config: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone.ckpt"
    shutil.copyfile(tiny_checkpoint, alone)
    assert weights(config, "add", "toxicity", str(alone)) == 2
    assert "with --base" in capsys.readouterr().err
    assert weights(config, "add", "toxicity", str(alone), "--base", str(tiny_checkpoint.parent)) == 0


def test_without_weights_there_is_nothing_to_list_and_no_table(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert weights(config, "list") == 0
    assert weights(config, "terms", "toxicity") == 4
    assert "weights missing" in capsys.readouterr().err
    assert weights(config, "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_replies_in_a_file_can_be_scored_with_them(tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"id": 1, "reply": "you are stupid"}\n{"id": 2, "reply": "you are kind"}\n', encoding="utf-8")
    assert main(["score", "--scorer", "toxicity", "--weights", str(tiny_weights), "--jsonl", str(file)]) == 0
    rude, kind = (json.loads(line)["value"] for line in capsys.readouterr().out.splitlines())
    assert rude > 0.8 > 0.2 > kind
    assert main(["score", "--scorer", "toxicity", "--jsonl", str(file)]) == 0
    assert '"weights missing"' in capsys.readouterr().out
