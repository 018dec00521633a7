"""A checkpoint of Detoxify's, checked and put where the scorer finds it: nothing in it is run, and what is kept is pinned by its hash."""

import json
import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.weights.base import CONFIG, base_files
from monitors.scorers.toxicity.detector import CHECKPOINT, Detector
from monitors.scorers.weights import MANIFEST, Manifest, folder_of, sha256

ARCHITECTURES = frozenset(f"{name}ForSequenceClassification" for name in ("Bert", "Roberta", "XLMRoberta", "Albert"))
TOKENIZERS = frozenset(
    f"{name}Tokenizer{fast}" for name in ("Bert", "Roberta", "XLMRoberta", "Albert") for fast in ("", "Fast")
) | {"AutoTokenizer"}  # fmt: skip
PROBE = "You are very welcome."


class CheckpointError(Exception):
    """The file cannot be used as a checkpoint; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is in the file: the state of the model, and the ``config`` that Detoxify reads."""

    state: Mapping[str, Any]
    config: dict[str, Any]

    @property
    def classes(self) -> list[str]:
        """The categories that it scores, as it names them."""
        return list(self.config["dataset"]["args"]["classes"])

    @property
    def arch(self) -> dict[str, Any]:
        """The names of its model and tokenizer classes, and of what they are configured by (``model_type``)."""
        arch: dict[str, Any] = self.config["arch"]["args"]
        return arch


def install(path: Path, base: Path | None, weights: Path, model: str, now_ms: int, expected: str | None = None) -> Manifest:
    """Check the checkpoint at ``path`` and make it the weights of ``model``; what was there before stays until the new one works.

    ``expected`` is the SHA-256 it must have. Raises ``CheckpointError``, ``BaseMissingError``, ``OSError``, ``ImportError`` without torch.
    """
    file = _file(path)
    digest = sha256(file)
    if expected is not None and digest != expected.lower():
        raise CheckpointError(f"{file} has the SHA-256 {digest}, not the one given → fetch it again")
    checkpoint = read(file)
    parts = base_files(base, file.parent, str(checkpoint.arch["model_type"]))
    weights.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    weights.mkdir(mode=0o700, exist_ok=True)
    final, scratch = folder_of(weights, "toxicity", model), weights / ".new"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        trial = folder_of(scratch, "toxicity", model)
        trial.mkdir(mode=0o700, parents=True)
        for name, part in parts.items():
            shutil.copyfile(part, trial / name)
        _write_config(trial / CONFIG, len(checkpoint.classes))
        made = _write(checkpoint, trial, trial, Manifest("toxicity", model, file.name, digest, (), now_ms, {}))
        classes = _try(scratch, model, made)
        manifest = _write(checkpoint, trial, final.absolute(), Manifest("toxicity", model, file.name, digest, classes, now_ms, {}))
        _replace(final, trial, scratch / "old")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return manifest


def read(file: Path) -> Checkpoint:
    """The checkpoint in a file, loaded so that no code in it can run. Raises ``CheckpointError``, ``ImportError``."""
    import torch

    try:
        document = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(f"{file} holds more than weights, or is no checkpoint: it is not loaded ({_first(error)})") from error
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(f"{file} cannot be read as a checkpoint: {_first(error)}") from error
    try:
        found = Checkpoint(document["state_dict"], document["config"])
        classes, arch = found.classes, found.arch
        known = arch["model_name"] in ARCHITECTURES and arch["tokenizer_name"] in TOKENIZERS
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{file} is not in Detoxify's form: {error} is missing → use a checkpoint of Detoxify's") from error
    if not known:
        raise CheckpointError(f"{file} wants {arch['model_name']} with {arch['tokenizer_name']}, which are not among those we load")
    if not classes or arch["num_classes"] != len(classes) or not all(isinstance(name, str) for name in classes):
        raise CheckpointError(f"{file} does not name its {arch['num_classes']} classes")
    wrong = [name for name, tensor in found.state.items() if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())]
    if wrong:
        raise CheckpointError(f"{file} has numbers in {wrong[0]} that are not finite")
    return found


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.ckpt"))
    if len(found) != 1:
        raise CheckpointError(f"{path} holds {len(found)} files that end in .ckpt → name one")
    return found[0]


def _write_config(file: Path, classes: int) -> None:
    """The architecture with as many outputs as there are classes, whatever it was configured for."""
    config = {name: value for name, value in json.loads(file.read_text(encoding="utf-8")).items() if name not in ("id2label", "label2id")}
    file.write_text(json.dumps(config | {"num_labels": classes}, indent=2), encoding="utf-8")


def _write(checkpoint: Checkpoint, folder: Path, at: Path, about: Manifest) -> Manifest:
    """Save the checkpoint for a scorer that finds it in ``at``, and the manifest.

    Detoxify asks for its ``model_type`` by name, on the hub unless it is a folder, so that becomes the folder itself.
    """
    import torch

    arch = {**checkpoint.arch, "model_type": str(at)}
    config = {**checkpoint.config, "arch": {**checkpoint.config["arch"], "args": arch}}
    torch.save({"state_dict": dict(checkpoint.state), "config": config}, folder / CHECKPOINT)
    files = {part.name: sha256(part) for part in sorted(folder.iterdir()) if part.name != MANIFEST}
    manifest = Manifest(about.scorer, about.model, about.source, about.sha256, about.classes, about.added_ms, files)
    (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    for part in folder.iterdir():
        part.chmod(0o600)
    return manifest


def _try(weights: Path, model: str, manifest: Manifest) -> tuple[str, ...]:
    """The categories by Detoxify's own names, after it has loaded the checkpoint and scored a sentence."""
    detector = Detector(weights, model)
    problem = detector.load()
    if problem is not None:
        raise CheckpointError(f"{manifest.source} does not load: {problem}")
    scores = detector.scores([PROBE])[0]
    if not all(0.0 <= score <= 1.0 for score in scores.values()):
        raise CheckpointError(f"{manifest.source} gives scores that are not between 0 and 1: {scores}")
    return tuple(scores)


def _replace(final: Path, made: Path, old: Path) -> None:
    if final.exists():
        final.rename(old)
    made.rename(final)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
