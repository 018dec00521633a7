"""Trains the refusal model: `python -m monitors.scorers.training.refusal` writes `monitors/scorers/refusal/weights.json`.

The replies beside this file are our own. A sentence that declines is marked with `~`, one beside the matter with `^`; whole replies
carry a label: a(nswer), p(artial), d(eflection), r(efusal). The model is trained in two steps: classes of sentences, then labels of
replies on the classes that a model trained without them gave (so that the second step sees honest classes).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitors.scorers.refusal.features import CONTENT, DECLINES, DECLINES_PART, SIDE, features
from monitors.scorers.refusal.lexicon import word_classes
from monitors.scorers.refusal.model import softmax
from monitors.scorers.refusal.shape import Shapes, grams
from monitors.scorers.refusal.signals import LABELS
from monitors.scorers.text import Sentence, plain, sentences, unmarked, words

HERE = Path(__file__).parent
OUT = HERE.parent / "refusal" / "weights.json"
VERSION = 1
FOLDS = 5
_NAMES = {"a": 0, "p": 1, "d": 2, "r": 3}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A reply of ours: its label, what was asked, its text without marks, its sentences and their classes."""

    label: int
    prompt: str
    text: str
    sentences: tuple[Sentence, ...]
    classes: tuple[int, ...]
    origin: int


def examples() -> list[Example]:
    """The written replies."""
    found: list[Example] = []
    for name in sorted(HERE.glob("replies_*.tsv")):
        for line in name.read_text(encoding="utf-8").splitlines():
            label, prompt, reply = line.split("\t")
            found.append(example(_NAMES[label], prompt, reply.replace("\\n", "\n"), len(found)))
    return found


def example(label: int, prompt: str, marked: str, origin: int) -> Example:
    """An example of a reply with marks."""
    text = marked.replace("~", "").replace("^", "")
    raw = sentences(unmarked(plain(marked)))
    bare = sentences(unmarked(plain(text)))
    if len(raw) != len(bare):
        raise ValueError(f"marks change the sentences of: {marked}")
    classes = tuple(_class(label, sentence.text) for sentence in raw)
    return Example(label, prompt, text, tuple(bare), classes, origin)


def _class(label: int, marked: str) -> int:
    if "~" in marked:
        return DECLINES_PART if label == 1 else DECLINES
    if "^" in marked or label in (2, 3):
        return SIDE
    return CONTENT


def composed(base: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Longer replies put together of written ones and of sentences beside the matter."""
    chance = random.Random(seed)
    side: dict[str, list[str]] = {}
    for line in (HERE / "side.tsv").read_text(encoding="utf-8").splitlines():
        kind, text = line.split("\t")
        side.setdefault(kind, []).append(text)
    short = [x for x in base if len(x.sentences) <= 4 and len(x.text) > 12]
    found: list[Example] = []
    while len(found) < count:
        source = chance.choice(short)
        marks = {DECLINES: "~", DECLINES_PART: "~", SIDE: "^", CONTENT: ""}
        body = " ".join(marks[k] + s.text for k, s in zip(source.classes, source.sentences, strict=True))
        if not set(source.classes) & {DECLINES, DECLINES_PART, CONTENT} and chance.random() < 0.5:
            continue
        ahead: list[str] = []
        behind: list[str] = []
        if chance.random() < 0.45:
            ahead.append(_beside(chance.choice(side["pre"])))
        if source.label == 3:
            if chance.random() < 0.3:
                ahead.append(_beside(chance.choice(side["back"])))
            if chance.random() < 0.5:
                behind.append(_beside(chance.choice(side["why"])))
            if chance.random() < 0.6:
                behind.append(_beside(chance.choice(side["alt"])))
        elif source.label in (0, 1):
            if chance.random() < 0.35:
                ahead.append(_beside(chance.choice(side["warn"])))
            if chance.random() < 0.4:
                behind.append(_beside(chance.choice(side["close"])))
        else:
            behind.extend(_beside(chance.choice(side[kind])) for kind in ("back", "close", "alt") if chance.random() < 0.35)
        if ahead or behind:
            joint = chance.choice([" ", " ", "\n\n"])
            text = joint.join([*ahead, body, *behind])
            try:
                found.append(example(source.label, source.prompt, text, source.origin))
            except ValueError:
                continue
    return found


def _beside(text: str) -> str:
    return " ".join("^" + sentence.text for sentence in sentences(text))


def kept_words(base: Sequence[Example]) -> list[str]:
    """Words without a class that occur in several replies."""
    counts: Counter[str] = Counter()
    for x in base:
        counts.update({word for sentence in x.sentences for word in sentence.words})
    classes = word_classes()
    return sorted(word for word, count in counts.items() if count >= 5 and word[0].isalpha() and word not in classes)


class Fitted:
    """A softmax regression over sets of features."""

    def __init__(self, rows: Sequence[set[str]], classes: Sequence[int], size: int, penalty: float, least: int, importance: Sequence[float]) -> None:
        counts = Counter(name for row in rows for name in row)
        self.names = sorted(name for name, count in counts.items() if count >= least)
        self.index = {name: place for place, name in enumerate(self.names)}
        matrix = np.zeros((len(rows), len(self.names)))
        for place, row in enumerate(rows):
            for name in row:
                if name in self.index:
                    matrix[place, self.index[name]] = 1.0
        self.weights, self.bias = fit(matrix, np.array(classes), size, penalty, np.array(importance))

    def chances(self, row: set[str]) -> list[float]:
        places = [self.index[name] for name in row if name in self.index]
        return softmax([float(x) for x in self.bias + self.weights[places].sum(axis=0)])


def fit(matrix: Array, classes: NDArray[Any], size: int, penalty: float, importance: Array, steps: int = 250) -> tuple[Array, Array]:
    """Weights and biases that minimise the weighted log loss plus `penalty` times the squared weights (accelerated gradient descent)."""
    target = np.eye(size)[classes] * importance[:, None]
    total = importance.sum()
    weights = np.zeros((matrix.shape[1], size))
    bias = np.zeros(size)
    ahead_w, ahead_b = weights, bias
    step = 1.0 / (0.5 * float(np.mean((matrix**2).sum(axis=1))) + 0.5 + penalty)
    momentum = 1.0
    for _ in range(steps):
        scores = matrix @ ahead_w + ahead_b
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        error = (chance * importance[:, None] - target) / total
        new_w = ahead_w - step * (matrix.T @ error + penalty * ahead_w)
        new_b = ahead_b - step * error.sum(axis=0)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead_w = new_w + (momentum - 1) / following * (new_w - weights)
        ahead_b = new_b + (momentum - 1) / following * (new_b - bias)
        weights, bias, momentum = new_w, new_b, following
    return weights, bias


def train(base: Sequence[Example], extra: Sequence[Example], sentence_penalty: float = 0.0015, reply_penalty: float = 0.003) -> dict[str, Any]:
    """The weights as written to the file."""
    everything = [*base, *extra]
    kept = kept_words(base)
    shapes = Shapes(kept)
    rows = [[set(grams(shape)) for shape in shapes.of(x.sentences, plain(x.prompt))] for x in everything]
    honest = _honest(everything, rows, sentence_penalty)
    numbers = np.array([features(x.sentences, parts, plain(x.text), plain(x.prompt)) for x, parts in zip(everything, honest, strict=True)])
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    labels = [x.label for x in everything]
    share = Counter(labels)
    balance = [1.0 / share[label] ** 0.5 * (1.0 if place < len(base) else 0.5) for place, label in enumerate(labels)]
    reply_weights, reply_bias = fit((numbers - mean) / scale, np.array(labels), 4, reply_penalty, np.array(balance), 1500)
    sentence = _sentence_model(everything, rows, range(len(everything)), sentence_penalty)
    table = {}
    for name, row in zip(sentence.names, sentence.weights, strict=True):
        if np.abs(row).max() >= 0.04:
            table[name] = [round(float(x), 2) for x in row]
    return {
        "version": VERSION, "kept": kept, "sentence_bias": _rounded(sentence.bias), "sentence": table, "reply_bias": _rounded(reply_bias),
        "reply": [_rounded(row) for row in reply_weights.T], "mean": _rounded(mean), "scale": _rounded(scale),
    }  # fmt: skip


def _honest(everything: Sequence[Example], rows: Sequence[Sequence[set[str]]], penalty: float) -> list[list[list[float]]]:
    """Sentence classes of each reply by a model that has not seen it nor what was composed of it."""
    found: list[list[list[float]]] = [[] for _ in everything]
    for fold in range(FOLDS):
        model = _sentence_model(everything, rows, [i for i, x in enumerate(everything) if x.origin % FOLDS != fold], penalty)
        for place, x in enumerate(everything):
            if x.origin % FOLDS == fold:
                found[place] = [model.chances(row) for row in rows[place]]
    return found


def _sentence_model(everything: Sequence[Example], rows: Sequence[Sequence[set[str]]], places: Sequence[int], penalty: float) -> Fitted:
    seen: set[tuple[str, int]] = set()
    flat: list[set[str]] = []
    classes: list[int] = []
    for place in places:
        for row, sentence, kind in zip(rows[place], everything[place].sentences, everything[place].classes, strict=True):
            if (sentence.text, kind) not in seen:
                seen.add((sentence.text, kind))
                flat.append(row)
                classes.append(kind)
    share = Counter(classes)
    return Fitted(flat, classes, 4, penalty, 2, [1.0 / share[kind] ** 0.5 for kind in classes])


def _rounded(row: Sequence[float] | Array) -> list[float]:
    return [round(float(x), 4) for x in row]


def main() -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    base = examples()
    data = train(base, composed(base, 700, seed=11))
    arguments.out.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(base)} replies, {len(data['sentence'])} sentence features, {arguments.out.stat().st_size} bytes, labels {', '.join(LABELS)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
