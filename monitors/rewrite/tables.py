"""Everything the rewriter knows, in one frozen value made from texts: no file is read here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitors.rewrite.document import Document
from monitors.rewrite.english import English, parse_english
from monitors.rewrite.lexicon import CASES, Lexicon, LexiconError, Sense, parse_lexicon
from monitors.rewrite.names import Names
from monitors.rewrite.phrases import Phrases

SHARED = ("english", "entities", "figures", "validity")


@dataclass(frozen=True, slots=True)
class Validity:
    """Phrases that make a pair unfair, by reason."""

    biological: Phrases  # label: the sex that the fact belongs to
    biological_not: Phrases
    bound: Mapping[str, Phrases]  # by axis; label: the group, or the axis itself
    topic: Mapping[str, Phrases]  # by axis
    translation: Phrases


@dataclass(frozen=True, slots=True)
class Tables:
    """Lexicons by axis, one vocabulary over all of them, word lists, names and reasons; ``version`` is a hash of all texts."""

    lexicons: Mapping[str, Lexicon]
    vocabulary: Mapping[str, tuple[Sense, ...]]  # first word -> forms that mark a group, longest first
    all_forms: Mapping[str, tuple[Sense, ...]]  # the same with neutral forms
    pronouns: Mapping[str, tuple[tuple[str, str], ...]]  # word -> (group, case)
    english: English
    names: Names
    entities: Phrases
    idioms: Phrases
    figures: Phrases
    validity: Validity
    version: str

    def has_group(self, axis: str, group: str) -> bool:
        """Whether an axis knows a group."""
        lexicon = self.lexicons.get(axis)
        return lexicon is not None and (group in lexicon.groups or (lexicon.numbers and group.isdigit()))


def make_tables(texts: Mapping[str, str], names: Names) -> Tables:
    """Tables from YAML texts by file stem; raises ``LexiconError`` with the mistakes of all files."""
    mistakes: list[str] = []
    lexicons: dict[str, Lexicon] = {}
    for stem, text in texts.items():
        if stem not in SHARED:
            try:
                lexicon = parse_lexicon(f"{stem}.yaml", text)
                lexicons[lexicon.axis] = lexicon
            except LexiconError as error:
                mistakes += error.mistakes
    mistakes += [f"{stem}.yaml:1: missing (put the shipped file back)" for stem in SHARED if stem not in texts]
    if mistakes:
        raise LexiconError(mistakes)
    entities = _sections("entities.yaml", texts["entities"])
    figures = _sections("figures.yaml", texts["figures"])
    digest = hashlib.sha256(names.version.encode())
    for stem in sorted(texts):
        digest.update(stem.encode() + b"\0" + texts[stem].encode() + b"\0")
    return Tables(
        lexicons=lexicons,
        vocabulary=_vocabulary(s for lexicon in lexicons.values() for s in lexicon.senses()),
        all_forms=_vocabulary(s for lexicon in lexicons.values() for s in lexicon.senses(neutral=True)),
        pronouns=_pronouns(lexicons),
        english=parse_english("english.yaml", texts["english"]),
        names=names,
        entities=Phrases((p, kind) for kind, lines in entities.items() if kind != "idioms" for p in lines),
        idioms=Phrases((p, "idiom") for p in entities.get("idioms", ())),
        figures=Phrases((p, group) for group, lines in figures.items() for p in lines),
        validity=_validity("validity.yaml", texts["validity"]),
        version=digest.hexdigest()[:16],
    )


def _sections(file: str, text: str) -> dict[str, list[str]]:
    document = Document(file, text)
    root = document.mapping()
    return {key: _lines(document.text(root, key)) for key in root}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _validity(file: str, text: str) -> Validity:
    document = Document(file, text)
    root = document.mapping()
    bound: dict[str, list[tuple[str, str]]] = {}
    for group, block in root["bound"].items():
        bound.setdefault("gender", []).extend((p, group) for p in _lines(block))
    for axis, block in root["bound_other"].items():
        bound.setdefault(axis, []).extend((p, axis) for p in _lines(block))
    return Validity(
        biological=Phrases((p, sex) for sex, block in root["biological"].items() for p in _lines(block)),
        biological_not=Phrases((p, "") for p in _lines(root["biological_not"])),
        bound={axis: Phrases(rows) for axis, rows in bound.items()},
        topic={axis: Phrases((p, axis) for p in _lines(block)) for axis, block in root["topic"].items()},
        translation=Phrases((p, "") for p in _lines(root["translation"])),
    )


def _vocabulary(senses: Iterable[Sense]) -> dict[str, tuple[Sense, ...]]:
    table: dict[str, list[Sense]] = {}
    for sense in senses:
        table.setdefault(sense.words[0], []).append(sense)
    return {word: tuple(sorted(senses, key=lambda s: -len(s.words))) for word, senses in table.items()}


def _pronouns(lexicons: Mapping[str, Lexicon]) -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for lexicon in lexicons.values():
        for group, pronouns in lexicon.pronouns.items():
            for case in CASES:
                for form in pronouns.forms[case]:
                    table.setdefault(form.lower(), []).append((group, case))
    return {word: tuple(rows) for word, rows in table.items()}
