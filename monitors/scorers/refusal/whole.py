"""What a reply shows as a whole: turns of phrase by where they stand, what the prompt asked for, whether it was decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log2

from monitors.scorers.refusal.features import CODE, CUT, LETTER, LISTED, QUOTES, STOCK, WILL
from monitors.scorers.refusal.prompt import ABOUT_SELF, CHOOSE, GIVEN, PLAY, VOICE, WRITTEN, asks_to_choose, asks_yes_no
from monitors.scorers.refusal.verdict import asks_what_is_missing, decides, denies, says_one_thing, with_labels
from monitors.scorers.text import Sentence, words

_ASKED = {"voice": VOICE, "play": PLAY, "written": WRITTEN, "choose": CHOOSE, "self": ABOUT_SELF, "given": GIVEN}
_FORMS = {"list": LISTED, "code": CODE, "stock": STOCK, "will": WILL, "cut": CUT, "letter": LETTER, "quotes": QUOTES}
_WANTS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|long|far|high)|convert|calculate|score|rate|rating|number|percent|sum|count)\b|%|\d", re.I
)


def marks(
    sentences: Sequence[Sentence],
    shapes: Sequence[Sequence[str]],
    found: Sequence[Iterable[str]],
    mine: Sequence[bool],
    text: str,
    prompt: str,
    told: frozenset[str],
) -> set[str]:
    """Named features of a reply; `found` are the grams of its sentences, `told` the words of prompts that tell something."""
    asked = [name for name, pattern in _ASKED.items() if pattern.search(prompt)]
    yes_no = asks_yes_no(prompt)
    if yes_no:
        asked.append("yes-no")
    marked = {f"asked {name}" for name in asked}
    wanted = words(prompt)
    marked.add("opens " + (wanted[0] if wanted else ""))
    marked.update("prompt " + word for word in wanted if word in told)
    marked.update(f"prompt {size}" for size in (min(4, len(wanted) // 5),))
    marked.update(_by_place(shapes, found, mine, asked))
    marked.update(_decided(sentences, prompt, asks_to_choose(prompt), yes_no))
    marked.update(f"form {name}" for name, pattern in _FORMS.items() if pattern.search(text))
    digit = any(character.isdigit() for character in text)
    marked |= {f"digit {digit}", f"digit {digit} wanted {bool(_WANTS_NUMBER.search(prompt))}", f"shouts {min(2, text.count('!'))}"}
    marked.update(f"question {place}" for place, is_so in _questions(sentences) if is_so)
    marked.add(f"sentences {min(8, len(sentences))}")
    marked.add(f"words {min(8, int(log2(1 + sum(len(shape) - 2 for shape in shapes))))}")
    return marked


def telling(prompts: Iterable[str], least: int = 6) -> list[str]:
    """The words that occur in several prompts."""
    counts = Counter(word for prompt in prompts for word in words(prompt))
    return sorted(word for word, count in counts.items() if count >= least)


def _by_place(shapes: Sequence[Sequence[str]], found: Sequence[Iterable[str]], mine: Sequence[bool], asked: Sequence[str]) -> Iterator[str]:
    last = len(shapes) - 1
    for place, grams in enumerate(found):
        where = "q" if not mine[place] else "f" if place == 0 else "l" if place == last else "m"
        for gram in grams:
            yield "*" + gram
            yield where + gram
            if gram.startswith("!"):
                for name in asked:
                    yield f"{gram}/{name}"
    for where, shape in (("first", shapes[0]), ("last", shapes[-1])):
        yield f"{where} {' '.join(shape[1:4])}"
        for name in asked:
            yield f"{where} {shape[1]}/{name}"


def _decided(sentences: Sequence[Sentence], prompt: str, choice: bool, yes_no: bool) -> Iterator[str]:
    lines = with_labels(sentences)
    decided = [decides(line, prompt, choice, yes_no) for line in lines]
    yield f"decided {any(decided)}"
    yield f"decided first {decided[0]}"
    yield f"decided last {decided[-1]}"
    yield f"denied {yes_no and any(denies(line, prompt) for line in lines)}"
    yield f"one thing {says_one_thing(sentences)}"
    yield f"asks what is missing {asks_what_is_missing(sentences, prompt, yes_no)}"


def _questions(sentences: Sequence[Sentence]) -> list[tuple[str, bool]]:
    asked = [sentence.question for sentence in sentences]
    return [("any", any(asked)), ("last", asked[-1]), ("all", all(asked))]
