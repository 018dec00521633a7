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
from numpy.typing import NDArray

from monitors.scorers.refusal.declines import Gate
from monitors.scorers.refusal.features import CONTENT, DECLINES, features
from monitors.scorers.refusal.lexicon import word_classes
from monitors.scorers.refusal.parts import LEAST, Part, settled
from monitors.scorers.refusal.prompt import asks_for_words
from monitors.scorers.refusal.reading import Reading
from monitors.scorers.refusal.shape import Shapes
from monitors.scorers.refusal.signals import LABELS
from monitors.scorers.refusal.spoken import spoken
from monitors.scorers.refusal.whole import marks, telling
from monitors.scorers.text import names, plain
from monitors.scorers.training.compose import composed, templated
from monitors.scorers.training.regression import Array, Fitted, Table, fit
from monitors.scorers.training.replies import DECLINES_SOMEWHERE, HERE, UNTAUGHT, Example, examples

OUT = HERE.parent / "refusal" / "weights.json"
VERSION = 3
FOLDS = 5
LEAST_WEIGHT = 0.06
DECLINING = 0.08  # replies with such a sentence teach the labels of those that decline something
SHARES = (0.28, 0.13, 0.13, 0.46)  # labels as expected, refusals raised to weigh both kinds of error alike


def kept_words(base: Sequence[Example]) -> list[str]:
    """Words without a class that occur in several replies."""
    counts: Counter[str] = Counter()
    for x in base:
        called = names(spoken(plain(x.text))) | names(plain(x.prompt))
        counts.update({word for sentence in x.sentences for word in sentence.words if word not in called})
    classes = word_classes()
    return sorted(word for word, count in counts.items() if count >= 5 and word[0].isalpha() and word not in classes)


def train(
    base: Sequence[Example],
    extra: Sequence[Example],
    sentence_penalty: float = 0.0004,
    reply_penalty: float = 0.03,
    whole_penalty: float = 0.0006,
) -> dict[str, Any]:
    """The weights as written to the file."""
    everything = [*base, *extra]
    kept = kept_words(base)
    shapes = Shapes(kept)
    read = [_read(x, shapes) for x in everything]
    said = [x.gates for x in read]
    rows = [x.open_grams() for x in read]
    everything = [_gated(x, gate) for x, gate in zip(everything, said, strict=True)]
    first = _honest(everything, rows, said, sentence_penalty)
    everything = [_settled(x, parts) for x, parts in zip(everything, first, strict=True)]
    honest = _honest(everything, rows, said, sentence_penalty)
    numbers = np.array([features(x.sentences, parts, x.text, x.prompt, x.asked, x.known) for x, parts in zip(read, honest, strict=True)])
    most = np.array([max(part[DECLINES] for part in parts) for parts in honest])
    labels = np.array([x.label for x in everything])
    often = Counter(labels.tolist())
    balance = np.array([SHARES[label] / often[label] * (1.0 if place < len(base) else 0.5) for place, label in enumerate(labels.tolist())])
    serving = np.isin(labels, (0, 2)) & (most < LEAST + 0.3)
    declining = most > DECLINING
    heads = {
        name: _head(numbers[chosen], labels[chosen], balance[chosen], reply_penalty)
        for name, chosen in (("served", serving), ("declined", declining))
    }
    sentence = _sentence_model(everything, rows, range(len(everything)), sentence_penalty)
    told = telling(plain(x.prompt) for x in base)
    marked = [marks(x.sentences, x.shapes, x.grams, x.mine, x.text, x.prompt, frozenset(told)) for x in read]
    whole = Fitted(marked, labels.tolist(), len(LABELS), whole_penalty, 3, balance.tolist())
    return {
        "version": VERSION,
        "kept": kept,
        "sentence_bias": _rounded(sentence.bias),
        "sentence": _table(sentence),
        "heads": heads,
        "told": told,
        "whole_bias": _rounded(whole.bias),
        "whole": _table(whole),
    }


def _read(x: Example, shapes: Shapes) -> Reading:
    read = Reading.of_pieces(list(x.sentences), spoken(plain(x.text)), plain(x.prompt), shapes)
    if read is None:
        raise ValueError(f"no words in the reply to: {x.prompt}")
    return read


def _table(fitted: Fitted) -> dict[str, list[int]]:
    """The weights by feature in hundredths, without those that hardly weigh."""
    weighty = np.abs(fitted.weights).max(axis=1) >= LEAST_WEIGHT
    return {
        name: [round(float(x) * 100) for x in row] for name, row, keep in zip(fitted.names, fitted.weights, weighty, strict=True) if keep
    }


def _head(numbers: Array, labels: NDArray[np.int64], balance: Array, penalty: float) -> dict[str, Any]:
    """A model of labels over some replies; a label that does not occur among them is ruled out."""
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0) + 1e-3
    fitted, bias = fit(Table((numbers - mean) / scale), labels, 4, penalty, balance, 1500)
    bias = np.where(np.isin(np.arange(4), labels), bias, -50.0)
    return {"bias": _rounded(bias), "rows": [_rounded(row) for row in fitted.T], "mean": _rounded(mean), "scale": _rounded(scale)}


def _gated(x: Example, said: Sequence[Gate]) -> Example:
    """The example without the declining sentences that structure does not let through: nothing is learned of them."""
    classes = [
        UNTAUGHT if kind in (DECLINES, DECLINES_SOMEWHERE) and gate is Gate.CLOSED else kind
        for kind, gate in zip(x.classes, said, strict=True)
    ]
    return replace(x, classes=tuple(classes))


def _settled(x: Example, parts: Sequence[Part]) -> Example:
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


def _honest(
    everything: Sequence[Example], rows: Sequence[Sequence[set[str]]], said: Sequence[Sequence[Gate]], penalty: float
) -> list[list[Part]]:
    """Sentence classes of each reply by a model that has not seen it nor what was composed of it."""
    found: list[list[Part]] = [[] for _ in everything]
    for fold in range(FOLDS):
        model = _sentence_model(everything, rows, [i for i, x in enumerate(everything) if x.origin % FOLDS != fold], penalty)
        for place, x in enumerate(everything):
            if x.origin % FOLDS == fold:
                found[place] = settled(x.sentences, [model.chances(row) for row in rows[place]], said[place])
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
    return Fitted(flat, classes, 3, penalty, 2, [1.0 / often[kind] ** 0.5 for kind in classes])


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
