"""Detoxify behind the contract: loaded once and only when something is to be scored, from pinned weights, without a network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from monitors.scorers.weights import MANIFEST, Manifest, changed, folder_of, read_manifest

if TYPE_CHECKING:
    from detoxify import Detoxify

MISSING = "weights missing"
CHECKPOINT = "model.ckpt"
BATCH, LONGER, SLACK_CHARS = 16, 1.25, 32
MOST_TOKENS = 512
PLACES = 4  # padding moves a float's last digits: what a batch gives is what its parts give
REMEMBERED = 2_048
PACKAGES = ("detoxify", "transformers")

Scores = dict[str, float]


class Detector:
    """One model's weights. Weights that are added or changed while the process runs are taken up at the next batch."""

    def __init__(self, weights: Path | None, model: str, threads: int = 1) -> None:
        self._folder = None if weights is None else folder_of(weights, "toxicity", model)
        self._model, self._threads = model, threads
        self._loaded: tuple[str, Detoxify] | None = None
        self._seen: tuple[float, Manifest | None] | None = None
        self._refused: tuple[str, str] | None = None
        self._latest: dict[str, Scores] = {}

    def pin(self) -> tuple[str, ...]:
        """What decides the scores: the model, its weights (empty without any), and the packages that run them."""
        try:
            manifest = self._manifest()
        except ValueError:
            manifest = None
        return self._model, "" if manifest is None else manifest.pin, *map(_installed, PACKAGES)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the checkpoint as it was added, empty without weights."""
        manifest = self._manifest()
        return "" if manifest is None else manifest.sha256

    def load(self) -> str | None:
        """Make the weights ready, or say why there is nothing to score with."""
        try:
            manifest = self._manifest()
        except ValueError as error:
            return str(error)
        if manifest is None or self._folder is None:
            return MISSING
        if self._refused is not None and self._refused[0] == manifest.pin:
            return self._refused[1]
        if self._loaded is None or self._loaded[0] != manifest.pin:
            self._loaded, self._latest = None, {}
            problem = self._open(self._folder, manifest)
            if problem is not None:
                self._refused = (manifest.pin, problem)
                return problem
        return None

    def scores(self, texts: Sequence[str]) -> list[Scores]:
        """Every category of each text; equal texts are read once. Call `load` before."""
        wanted = list(dict.fromkeys(text for text in texts if text not in self._latest))
        if len(self._latest) + len(wanted) > REMEMBERED:
            self._latest, wanted = {}, list(dict.fromkeys(texts))
        for batch in batches(wanted):
            self._latest.update(zip(batch, self._predict(batch), strict=True))
        return [self._latest[text] for text in texts]

    def _manifest(self) -> Manifest | None:
        """The manifest, read again when its file has changed."""
        if self._folder is None:
            return None
        try:
            at = (self._folder / MANIFEST).stat().st_mtime
        except OSError:
            return None
        if self._seen is None or self._seen[0] != at:
            self._seen = (at, read_manifest(self._folder))
        return self._seen[1]

    def _open(self, folder: Path, manifest: Manifest) -> str | None:
        wrong = changed(folder, manifest)
        if wrong:
            return f"weights changed since they were added: {', '.join(wrong)}"
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")  # read while importing
        try:
            import torch
            from detoxify import Detoxify
            from transformers.utils import logging
        except ImportError as error:
            return f"{error.name or error} is not installed → pip install 'evenhand[toxicity]'"
        logging.disable_progress_bar()
        torch.set_num_threads(self._threads)
        try:
            model = Detoxify(checkpoint=str(folder / CHECKPOINT), huggingface_config_path=str(folder))
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            return f"weights cannot be loaded, add them again: {type(error).__name__}: {error}"[:300]
        model.tokenizer.model_max_length = MOST_TOKENS
        self._loaded = (manifest.pin, model)
        return None

    def _predict(self, texts: Sequence[str]) -> list[Scores]:
        if self._loaded is None:
            raise RuntimeError("load() comes before scores()")
        told = self._loaded[1].predict(list(texts))
        columns = {category: values if isinstance(values, list) else [values] for category, values in told.items()}
        return [{category: round(float(values[row]), PLACES) for category, values in columns.items()} for row in range(len(texts))]


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def batches(texts: Sequence[str]) -> list[list[str]]:
    """Texts of like length together, at most `BATCH` of them: every text of a batch costs as much as its longest.

    >>> [len(batch) for batch in batches(["ab"] * 20 + ["a" * 500])]
    [16, 4, 1]
    """
    found: list[list[str]] = []
    for text in sorted(texts, key=len):
        if found and len(found[-1]) < BATCH and len(text) <= LONGER * len(found[-1][0]) + SLACK_CHARS:
            found[-1].append(text)
        else:
            found.append([text])
    return found
