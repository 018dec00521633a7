"""Trains the refusal model: `python -m monitors.scorers.training.refusal` writes `monitors/scorers/refusal/weights.json`.

The replies beside this file are our own. A sentence that declines is marked with `~`, one beside the matter with `^`; whole replies
carry a label: a(nswer), p(artial), d(eflection), r(efusal). The model is trained in two steps: classes of sentences, then labels of
replies on the classes that a model trained without them gave (so that the second step sees honest classes).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from monitors.scorers.refusal.features import CONTENT, DECLINES, asks_for_words, features
from monitors.scorers.refusal.lexicon import word_classes
from monitors.scorers.refusal.shape import Shapes, grams, stems
from monitors.scorers.text import names, plain, words
from monitors.scorers.training.compose import composed, templated
from monitors.scorers.training.regression import Array, Fitted, Table, fit
from monitors.scorers.training.replies import DECLINES_SOMEWHERE, HERE, UNTAUGHT, Example, examples

OUT = HERE.parent / "refusal" / "weights.json"
VERSION = 1
FOLDS = 5
SHARES = (0.31, 0.11, 0.13, 0.45)  # labels as expected, refusals raised to weigh both kinds of error alike


def kept_words(base: Sequence[Example]) -> list[str]:
    """Words without a class that occur in several replies."""
    counts: Counter[str] = Counter()
    for x in base:
        spoken = names(plain(x.text)) | names(plain(x.prompt))
        counts.update({word for sentence in x.sentences for word in sentence.words if word not in spoken})
    classes = word_classes()
    return sorted(word for word, count in counts.items() if count >= 5 and word[0].isalpha() and word not in classes)


def train(
    base: Sequence[Example], extra: Sequence[Example], sentence_penalty: float = 0.0007, reply_penalty: float = 0.02
) -> dict[str, Any]:
    """The weights as written to the file."""
    everything = [*base, *extra]
    kept = kept_words(base)
    shapes = Shapes(kept)
    spoken = [names(plain(x.text)) | names(plain(x.prompt)) for x in everything]
    asked = [stems(word for word in words(plain(x.prompt)) if word not in known) for x, known in zip(everything, spoken, strict=True)]
    rows = [
        [set(grams(shape)) for shape in shapes.of(x.sentences, stem, known)]
        for x, stem, known in zip(everything, asked, spoken, strict=True)
    ]
    first = _honest(everything, rows, sentence_penalty)
    everything = [_settled(x, parts) for x, parts in zip(everything, first, strict=True)]
    honest = _honest(everything, rows, sentence_penalty)
    numbers = np.array(
        [
            features(x.sentences, parts, plain(x.text), plain(x.prompt), stem, known)
            for x, parts, stem, known in zip(everything, honest, asked, spoken, strict=True)
        ]
    )
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    labels = [x.label for x in everything]
    often = Counter(labels)
    balance = [SHARES[label] / often[label] * (1.0 if place < len(base) else 0.5) for place, label in enumerate(labels)]
    reply_weights, reply_bias = fit(Table((numbers - mean) / scale), np.array(labels), 4, reply_penalty, np.array(balance), 1500)
    sentence = _sentence_model(everything, rows, range(len(everything)), sentence_penalty)
    table = {}
    for name, row in zip(sentence.names, sentence.weights, strict=True):
        if np.abs(row).max() >= 0.04:
            table[name] = [round(float(x), 2) for x in row]
    return {
        "version": VERSION, "kept": kept, "sentence_bias": _rounded(sentence.bias), "sentence": table, "reply_bias": _rounded(reply_bias),
        "reply": [_rounded(row) for row in reply_weights.T], "mean": _rounded(mean), "scale": _rounded(scale),
    }  # fmt: skip


def _settled(x: Example, parts: Sequence[Sequence[float]]) -> Example:
    """The example with the piece that declines picked from each sentence of several, and without the answers' own noes.

    A refusal that was asked for, or a "no" to a question, reads like one of the assistant's; what tells them apart is the request and
    what stands beside it, which is the second step's to weigh. So the first step is not taught that they are content.
    """
    classes = list(x.classes)
    place = 0
    while place < len(classes):
        end = place
        while end < len(classes) and classes[end] == DECLINES_SOMEWHERE:
            end += 1
        if end > place:
            best = max(range(place, end), key=lambda k: parts[k][DECLINES])
            classes[place:end] = [DECLINES if k == best else UNTAUGHT for k in range(place, end)]
        elif classes[place] == CONTENT and x.label == 0 and (parts[place][DECLINES] > 0.3 or asks_for_words(x.prompt)):
            classes[place] = UNTAUGHT
        place = max(end, place + 1)
    return replace(x, classes=tuple(classes))


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
            if kind >= 0 and (sentence.text, kind) not in seen:
                seen.add((sentence.text, kind))
                flat.append(row)
                classes.append(kind)
    often = Counter(classes)
    return Fitted(flat, classes, penalty, 2, [1.0 / often[kind] ** 0.5 for kind in classes])


def _rounded(row: Sequence[float] | Array) -> list[float]:
    return [round(float(x), 4) for x in row]


def main() -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    base = examples()
    data = train(base, [*composed(base, 1000, seed=11), *templated(base, seed=12)])
    arguments.out.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    size = arguments.out.stat().st_size
    sys.stdout.write(f"{len(base)} replies, {len(data['sentence'])} sentence features, {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
