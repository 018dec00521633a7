"""Trains the refusal model: `python -m monitors.scorers.training.refusal` writes `monitors/scorers/refusal/weights.json`.

The replies beside this file are our own. A sentence that declines is marked with `~`, one beside the matter with `^`; whole replies
carry a label: a(nswer), p(artial), d(eflection), r(efusal). The model is trained in two steps: classes of sentences, then labels of
replies on the classes that a model trained without them gave (so that the second step sees honest classes).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitors.scorers.refusal.features import CONTENT, DECLINES, SIDE, asks_for_words, features
from monitors.scorers.refusal.lexicon import word_classes
from monitors.scorers.refusal.model import share, softmax
from monitors.scorers.refusal.shape import Shapes, grams, pieces, stems
from monitors.scorers.text import Sentence, names, plain, sentences, unmarked, words

HERE = Path(__file__).parent
OUT = HERE.parent / "refusal" / "weights.json"
VERSION = 1
FOLDS = 5
SHARES = (0.31, 0.11, 0.13, 0.45)  # labels as expected, refusals raised to weigh both kinds of error alike
UNTAUGHT = -1
DECLINES_SOMEWHERE = -2
_MARK = re.compile(r"[~^]|%(?=[A-Z])")
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
    marked: tuple[str, ...] = ()


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
    text = _MARK.sub("", marked)
    raw = sentences(unmarked(plain(marked)))
    bare = sentences(unmarked(plain(text)))
    if len(raw) != len(bare):
        raise ValueError(f"marks change the sentences of: {marked}")
    parts: list[Sentence] = []
    classes: list[int] = []
    for one, other in zip(raw, bare, strict=True):
        kind = _class(label, one.text)
        split = pieces(other)
        parts.extend(split)
        classes.extend([DECLINES_SOMEWHERE if kind == DECLINES and len(split) > 1 else kind] * len(split))
    return Example(label, prompt, text, tuple(parts), tuple(classes), origin, tuple(x.text for x in raw))


def _class(label: int, marked: str) -> int:
    if marked.startswith("%"):
        return UNTAUGHT
    if "~" in marked:
        return DECLINES
    if "^" in marked or label in (2, 3):
        return SIDE
    return CONTENT


def composed(base: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Longer replies put together of written ones and of sentences beside the matter."""
    chance = random.Random(seed)
    side = _side()
    asides = _lines("asides.txt")
    others = [
        " ".join("%" + y for y in x.marked)
        for x in base
        if x.label == 0 and set(x.classes) == {CONTENT} and len(x.sentences) > 1 and '"' not in x.text
    ]
    short = [x for x in base if len(x.sentences) <= 4 and len(x.text) > 12]
    found: list[Example] = []
    while len(found) < count:
        source = chance.choice(short)
        body = " ".join(source.marked)
        if source.label == 2 and chance.random() < 0.5:
            continue
        ahead: list[str] = []
        behind: list[str] = []
        if chance.random() < 0.45:
            ahead.append(_beside(chance.choice(side["pre"])))
        if source.label == 3:
            if chance.random() < 0.5:
                ahead.append(_background(chance, side["back"], others))
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
        if ahead or behind or chance.random() < 0.5:
            joint = chance.choice([" ", " ", "\n\n"])
            text = joint.join([*ahead, body, *behind])
            try:
                found.append(example(source.label, _asked(chance, source.prompt, asides), text, source.origin))
            except ValueError:
                continue
    return found


def templated(base: Sequence[Example], seed: int) -> list[Example]:
    """Replies from templates of declining sentences, each with two tasks, and answers of which one part is declined."""
    chance = random.Random(seed)
    tasks = [line.split("\t") for line in _lines("tasks.tsv")]
    side = _side()
    asides = _lines("asides.txt")
    content = [" ".join("%" + x.text for x in sentences(line)) for line in _lines("long_content.txt")]
    answers = [
        x for x in base if x.label == 0 and len(x.text) > 15 and set(x.classes) == {CONTENT} and '"' not in x.text and len(x.sentences) < 6
    ]
    found: list[Example] = []
    for place, template in enumerate(_lines("declines.txt")):
        for prompt, *slots in chance.sample(tasks, 2):
            parts = [_filled(template, slots)]
            if chance.random() < 0.35:
                parts.insert(0, _beside(chance.choice(side["pre"])))
            if chance.random() < 0.3:
                parts.append(_beside(chance.choice(side["why"])))
            if chance.random() < 0.4:
                parts.append(_beside(chance.choice(side["alt"])))
            if chance.random() < 0.2:
                parts.insert(0, _background(chance, side["back"], content))
            found.append(example(3, _asked(chance, prompt, asides), _joint(chance, parts), 10_000 + place))
    for place, template in enumerate(_lines("part_declines.txt")):
        for prompt, *slots in chance.sample(tasks, 4):
            source = chance.choice(answers)
            declined = _filled(template, slots)
            body = " ".join(source.marked)
            parts = [declined, body] if chance.random() < 0.15 else [body, declined]
            link = chance.choice([" and ", ", and ", "; also ", " Then "])
            found.append(
                example(1, source.prompt.rstrip(".?") + link + prompt[0].lower() + prompt[1:], _joint(chance, parts), 20_000 + place)
            )
    return found


def _background(chance: random.Random, back: Sequence[str], others: Sequence[str]) -> str:
    """Sentences on something else than what was asked: general ones, or an answer to another question."""
    return _beside(chance.choice(back)) if chance.random() < 0.5 else chance.choice(others)


def _asked(chance: random.Random, prompt: str, asides: Sequence[str]) -> str:
    """The prompt, half of the time with an aside, so that long prompts do not stand for one label."""
    return prompt.rstrip(".?") + chance.choice(asides) if chance.random() < 0.5 else prompt


def _filled(template: str, slots: Sequence[str]) -> str:
    task, noun, verb = slots
    text = template.replace("{T}", task).replace("{N}", noun).replace("{V}", verb)
    return " ".join("~" + x.text[0].upper() + x.text[1:] for x in sentences(text))


def _joint(chance: random.Random, parts: Sequence[str]) -> str:
    return chance.choice([" ", " ", "\n\n"]).join(parts)


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def _side() -> dict[str, list[str]]:
    side: dict[str, list[str]] = {}
    for line in _lines("side.tsv"):
        kind, text = line.split("\t")
        side.setdefault(kind, []).append(text)
    return side


def _beside(text: str) -> str:
    return " ".join("^" + sentence.text for sentence in sentences(text))


def kept_words(base: Sequence[Example]) -> list[str]:
    """Words without a class that occur in several replies."""
    counts: Counter[str] = Counter()
    for x in base:
        spoken = names(plain(x.text)) | names(plain(x.prompt))
        counts.update({word for sentence in x.sentences for word in sentence.words if word not in spoken})
    classes = word_classes()
    return sorted(word for word, count in counts.items() if count >= 5 and word[0].isalpha() and word not in classes)


class Fitted:
    """A softmax regression over sets of named features."""

    def __init__(self, rows: Sequence[set[str]], classes: Sequence[int], penalty: float, least: int, importance: Sequence[float]) -> None:
        counts = Counter(name for row in rows for name in row)
        self.names = sorted(name for name, count in counts.items() if count >= least)
        self.index = {name: place for place, name in enumerate(self.names)}
        places = [[self.index[name] for name in sorted(row) if name in self.index] for row in rows]
        self.weights, self.bias = fit(Rows(places, len(self.names)), np.array(classes), 3, penalty, np.array(importance), 250)

    def chances(self, row: set[str]) -> list[float]:
        places = [self.index[name] for name in row if name in self.index]
        return softmax([float(x) for x in self.bias + self.weights[places].sum(axis=0) * share(len(places))])


class Rows:
    """A sparse matrix of ones: the columns that are set in each row."""

    def __init__(self, places: Sequence[Sequence[int]], width: int) -> None:
        filled = [row or [width] for row in places]  # an empty row points at a column that is always zero
        self.shape = (len(filled), width)
        self._scale = np.array([share(len(row)) for row in filled])
        self.mean_square = float(np.mean([len(row) * share(len(row)) ** 2 for row in filled]))
        self._columns = np.concatenate([np.array(row) for row in filled])
        self._starts = np.cumsum([0, *map(len, filled)])[:-1]
        self._owners = np.repeat(np.arange(len(filled)), [len(row) for row in filled])

    def times(self, weights: Array) -> Array:
        padded = np.vstack([weights, np.zeros(weights.shape[1])])
        return np.asarray(np.add.reduceat(padded[self._columns], self._starts, axis=0) * self._scale[:, None], dtype=np.float64)

    def transposed_times(self, errors: Array) -> Array:
        spread = (errors * self._scale[:, None])[self._owners]
        sums = np.zeros((self.shape[1] + 1, errors.shape[1]))
        for k in range(errors.shape[1]):
            sums[:, k] = np.bincount(self._columns, weights=spread[:, k], minlength=len(sums))
        return sums[:-1]


class Table:
    """A dense matrix behind the same two products."""

    def __init__(self, values: Array) -> None:
        self.shape = values.shape
        self.mean_square = float(np.mean((values**2).sum(axis=1)))
        self._values = values

    def times(self, weights: Array) -> Array:
        return np.asarray(self._values @ weights)

    def transposed_times(self, errors: Array) -> Array:
        return np.asarray(self._values.T @ errors)


def fit(matrix: Rows | Table, classes: NDArray[Any], size: int, penalty: float, importance: Array, steps: int) -> tuple[Array, Array]:
    """Weights and biases that minimise the weighted log loss plus `penalty` times the squared weights (accelerated gradient descent)."""
    target = np.eye(size)[classes] * importance[:, None]
    total = importance.sum()
    weights = np.zeros((matrix.shape[1], size))
    bias = np.zeros(size)
    ahead_w, ahead_b = weights, bias
    step = 1.0 / (0.5 * matrix.mean_square + 0.5 + penalty)
    momentum = 1.0
    for _ in range(steps):
        scores = matrix.times(ahead_w) + ahead_b
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        error = (chance * importance[:, None] - target) / total
        new_w = ahead_w - step * (matrix.transposed_times(error) + penalty * ahead_w)
        new_b = ahead_b - step * error.sum(axis=0)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead_w = new_w + (momentum - 1) / following * (new_w - weights)
        ahead_b = new_b + (momentum - 1) / following * (new_b - bias)
        weights, bias, momentum = new_w, new_b, following
    return weights, bias


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
