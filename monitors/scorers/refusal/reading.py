"""A reply and its prompt made ready for the model: sentences, their shapes and grams, whose words they are, what structure says."""

from __future__ import annotations

from dataclasses import dataclass

from monitors.scorers.refusal.declines import Gate
from monitors.scorers.refusal.parts import gates
from monitors.scorers.refusal.prompt import asks_yes_no
from monitors.scorers.refusal.shape import Shapes, grams, pieces, stems
from monitors.scorers.refusal.spoken import spoken
from monitors.scorers.refusal.voice import own
from monitors.scorers.text import NAMELESS, Sentence, names, plain, sentences, unmarked, words

MAX_PIECES = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of a reply: one entry a piece of a sentence in all lists."""

    text: str
    prompt: str
    sentences: tuple[Sentence, ...]
    shapes: tuple[tuple[str, ...], ...]
    grams: tuple[set[str], ...]
    mine: tuple[bool, ...]
    gates: tuple[Gate, ...]
    asked: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, text: str, prompt: str, shapes: Shapes) -> Reading | None:
        """The reading of a reply as it was sent, None where it holds no word."""
        bare, wanted = spoken(plain(text)), plain(prompt)
        return cls.of_pieces(parted(bare), bare, wanted, shapes)

    @classmethod
    def of_pieces(cls, found: list[Sentence], bare: str, wanted: str, shapes: Shapes) -> Reading | None:
        """The reading of a plain text that is in pieces already."""
        if not found:
            return None
        known = names(bare) | names(wanted) | {NAMELESS.lower()}
        asked = stems(word for word in words(wanted) if word not in known)
        shaped = tuple(map(tuple, shapes.of(found, asked, known)))
        mine = own(found, bare, wanted)
        return cls(
            bare,
            wanted,
            tuple(found),
            shaped,
            tuple(set(grams(shape)) for shape in shaped),
            tuple(mine),
            tuple(gates(shaped, mine, asks_yes_no(wanted))),
            asked,
            known,
        )

    def open_grams(self) -> list[set[str]]:
        """The grams of each sentence, without turns of phrase where it cannot decline."""
        return [
            {gram for gram in found if gram[0] != "!"} if gate is Gate.CLOSED else found
            for found, gate in zip(self.grams, self.gates, strict=True)
        ]

    def written(self) -> int:
        """How many words are not the assistant's own."""
        return sum(len(x.words) for x, own_words in zip(self.sentences, self.mine, strict=True) if not own_words)


def parted(bare: str) -> list[Sentence]:
    """The pieces of sentences that are read: of a long text the first and the last ones."""
    found = [piece for sentence in sentences(unmarked(bare)) for piece in pieces(sentence)]
    return found if len(found) <= MAX_PIECES else found[: MAX_PIECES // 2] + found[-MAX_PIECES // 2 :]
