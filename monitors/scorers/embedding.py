"""How alike two replies are by the embeddings of a model that the operator has in a folder: shown beside the placebo, like `Similarity`."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitors.scorers.contract import AnyScorer, Means, OptionsError, Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.similarity import Similarity
from monitors.scorers.text import plain
from monitors.scorers.toxicity.passages import passages
from monitors.scorers.weights import sha256

VERSION = 1
WEIGHTS = "model.safetensors"
MOST_TOKENS = 512
PLACES = 4
Vector = tuple[float, ...]


class Embedded:
    """The cosine of the two replies' mean embeddings, 0 where it is negative.

    A reversed decision may be as close as a paraphrase, so this says how much two replies differ, never whether they decide alike.
    """

    outcome = "similarity"
    low, high = 0.0, 1.0
    polarity: Polarity = "neither"
    signed = False
    binary = False
    masked = True
    place: Place = "process"

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder, self._threads = folder, threads
        self._loaded: tuple[Any, Any] | None = None
        self._pinned: tuple[float, str] | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the folder's weights."""
        at = (self._folder / WEIGHTS).stat().st_mtime
        if self._pinned is None or self._pinned[0] != at:
            beside = sorted((file.name, sha256(file)) for file in self._folder.glob("*.json"))
            self._pinned = (at, fingerprint("embedding", VERSION, sha256(self._folder / WEIGHTS), beside))
        return self._pinned[1]

    def compare(self, pairs: Sequence[tuple[Reply, Reply]]) -> list[Value]:
        """One cosine a pair; no value where a reply is empty."""
        read = [(passages(plain(one.text or "")), passages(plain(other.text or ""))) for one, other in pairs]
        texts = list(dict.fromkeys(text for both in read for found in both for text in found))
        known = {text: self._vector(text) for text in texts}
        return [self._alike([known[text] for text in one], [known[text] for text in other]) for one, other in read]

    def _alike(self, one: Sequence[Vector], other: Sequence[Vector]) -> Value:
        if not one or not other:
            return Value(None, reason="empty reply")
        first, second = _mean(one), _mean(other)
        lengths = math.hypot(*first) * math.hypot(*second)
        cosine = sum(x * y for x, y in zip(first, second, strict=True)) / lengths if lengths else 0.0
        return Value(round(min(1.0, max(0.0, cosine)), PLACES))

    def _vector(self, text: str) -> Vector:
        """The mean over a passage's tokens, of length 1. One at a time: padding would move the last digits."""
        import torch

        tokenizer, model = self._model()
        with torch.no_grad():
            hidden = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=MOST_TOKENS)).last_hidden_state[0]
            mean = hidden.mean(dim=0)
            return tuple((mean / mean.norm().clamp(min=1e-9)).tolist())

    def _model(self) -> tuple[Any, Any]:
        if self._loaded is None:
            os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")  # read while importing
            import torch
            from transformers import AutoModel, AutoTokenizer
            from transformers.utils import logging

            logging.disable_progress_bar()
            torch.set_num_threads(self._threads)
            model = AutoModel.from_pretrained(str(self._folder), local_files_only=True, use_safetensors=True)
            model.eval()
            self._loaded = (AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True), model)
        return self._loaded


def similarity(given: Mapping[str, Any], means: Means) -> AnyScorer:
    """The scorer of a `similarity:` section: words in common, or with `embeddings` a folder's model; OptionsError names mistakes."""
    if faults := [f"similarity.{key}: not a field of similarity; it has embeddings" for key in given if key != "embeddings"]:
        raise OptionsError(faults)
    if "embeddings" not in given:
        return Similarity()
    folder = Path(str(given["embeddings"]))
    if missing := [name for name in (WEIGHTS, "config.json") if not (folder / name).is_file()]:
        raise OptionsError([f"similarity.embeddings: {folder} has no {' and no '.join(missing)}; name a model's folder"])
    made: AnyScorer = means.once(("embeddings", folder), lambda: Embedded(folder, means.threads))
    return made


def _mean(vectors: Sequence[Vector]) -> Vector:
    return tuple(sum(column) / len(vectors) for column in zip(*vectors, strict=True))
