"""Longer replies put together of written ones, so that a refusal is known among other things as well."""

from __future__ import annotations

import random
from collections.abc import Sequence

from monitors.scorers.refusal.features import CONTENT
from monitors.scorers.text import sentences
from monitors.scorers.training.replies import HERE, Example, example


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
