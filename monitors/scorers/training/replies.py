"""The replies that the refusal model learns from: our own, with their marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from monitors.scorers.refusal.features import CONTENT, DECLINES, SIDE
from monitors.scorers.refusal.shape import pieces
from monitors.scorers.refusal.spoken import spoken
from monitors.scorers.text import Sentence, plain, sentences, unmarked

HERE = Path(__file__).parent
UNTAUGHT = -1
DECLINES_SOMEWHERE = -2
_MARK = re.compile(r"[~^]|%(?=[A-Z])")
_NAMES = {"a": 0, "p": 1, "d": 2, "r": 3}


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
    raw = sentences(unmarked(spoken(plain(marked))))
    bare = sentences(unmarked(spoken(plain(text))))
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
