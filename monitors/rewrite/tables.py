"""Everything the rewriter knows, in one frozen value made from texts: no file is read here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitors.rewrite.axes import has_group
from monitors.rewrite.document import Document
from monitors.rewrite.english import English, parse_english
from monitors.rewrite.lexicon import CASES, Lexicon, LexiconError, Sense, parse_lexicon
from monitors.rewrite.names import CLEAR_SHARE_PERCENT, Names
from monitors.rewrite.phrases import PREFIX, make_index
from monitors.rewrite.triggers import Words

COMMON = 3_000  # bearers of a name that may be given to anyone
SHARED = ("english", "entities", "figures", "validity")


@dataclass(frozen=True, slots=True)
class Tables:
    """Lexicons by axis, one vocabulary over all of them, word lists, names and reasons; ``version`` is a hash of all texts."""

    lexicons: Mapping[str, Lexicon]
    groups: frozenset[tuple[str, str]]  # (axis, group), products and numbers apart
    vocabulary: Mapping[str, tuple[Sense, ...]]  # first word -> forms that mark a group, longest first
    all_forms: Mapping[str, tuple[Sense, ...]]  # the same with neutral forms
    pronouns: Mapping[str, tuple[tuple[str, str], ...]]  # word -> (group, case)
    neopronouns: Mapping[str, tuple[Mapping[str, str], ...]]  # word -> the sets by case that it belongs to
    english: English
    names: Names
    words: Words  # any word as it is written, with all it may be
    books: Mapping[str, list[tuple[str, str]]]  # expressions with their labels, by what is asked of them
    pools: Mapping[tuple[str, str], tuple[str, ...]]  # (gender, ""), ("unisex", ethnicity) or (ethnicity, gender) -> common names
    version: str

    def has_group(self, axis: str, group: str) -> bool:
        """Whether an axis knows a group."""
        return has_group(self.lexicons, axis, group)


def make_lexicons(texts: Mapping[str, str]) -> dict[str, Lexicon]:
    """Lexicons by axis from YAML texts by file stem; raises ``LexiconError`` with the mistakes of all files."""
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
    return lexicons


def make_tables(texts: Mapping[str, str], names: Names) -> Tables:
    """Tables from YAML texts by file stem; raises ``LexiconError`` with the mistakes of all files."""
    lexicons = make_lexicons(texts)
    english = parse_english("english.yaml", texts["english"])
    pronouns = _pronouns(lexicons)
    vocabulary = _vocabulary(s for lexicon in lexicons.values() for s in lexicon.senses())
    everyday = english.everyday()
    books = _books(texts)
    index = make_index(books, everyday, english.function_words | pronouns.keys())
    words = Words(lexicons, pronouns, vocabulary, index, names, english)
    words.learn(everyday)
    digest = hashlib.sha256(names.version.encode())
    for stem in sorted(texts):
        digest.update(stem.encode() + b"\0" + texts[stem].encode() + b"\0")
    return Tables(
        lexicons=lexicons,
        groups=frozenset((axis, group) for axis, lexicon in lexicons.items() for group in lexicon.groups),
        vocabulary=vocabulary,
        all_forms=_vocabulary(s for lexicon in lexicons.values() for s in lexicon.senses(neutral=True)),
        pronouns=pronouns,
        neopronouns=_neopronouns(lexicons),
        english=english,
        names=names,
        words=words,
        books=books,
        pools=_pools(names),
        version=digest.hexdigest()[:16],
    )


def _pools(names: Names) -> dict[tuple[str, str], tuple[str, ...]]:
    pools: dict[tuple[str, str], list[str]] = {}
    for known in names.known.values():
        if not known.also and known.bearers > COMMON:
            pools.setdefault((known.gender, ""), []).append(known.name)
            if known.gender == "unisex" and known.ethnicity:
                pools.setdefault(("unisex", known.ethnicity), []).append(known.name)
            if known.ethnicity and known.share >= CLEAR_SHARE_PERCENT:
                pools.setdefault((known.ethnicity, known.gender), []).append(known.name)
    return {key: tuple(pool) for key, pool in pools.items()}


def _books(texts: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Phrases with their labels, by what is asked of them."""
    entities, figures = _sections("entities.yaml", texts["entities"]), _sections("figures.yaml", texts["figures"])
    books = {
        "entities": [(p, kind) for kind, lines in entities.items() if kind != "idioms" for p in lines],
        "idioms": [(p, "idioms") for p in entities.get("idioms", ())],
        "figures": _figures(figures),
    }
    document = Document("validity.yaml", texts["validity"])
    for reason, value in document.mapping().items():
        if isinstance(value, str):
            books[reason] = [(p, "") for p in document.phrases((reason,), value, PREFIX)]
        elif isinstance(value, dict) and all(isinstance(block, str) for block in value.values()):
            books[reason] = [(p, group) for group, block in value.items() for p in document.phrases((reason, group), block, PREFIX)]
        else:
            document.wrong(
                (reason,),
                f"{reason} is neither a block of lines nor a mapping of such blocks",
                f"write '{reason}: |' and one expression a line",
            )
    document.finish()
    return books


def _figures(lists: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Known persons, each with all groups it is listed under; one listed under no ethnicity counts as white there."""
    groups: dict[str, list[str]] = {}
    for group, lines in lists.items():
        for phrase in lines:
            groups.setdefault(phrase, []).append(group)
    others = {"black", "hispanic", "asian", "white"}
    return [(p, " ".join(gs if others & set(gs) else [*gs, "white"])) for p, gs in groups.items()]


def _sections(file: str, text: str) -> dict[str, list[str]]:
    document = Document(file, text)
    root = document.mapping()
    found = {key: document.phrases((key,), document.text(root, key), PREFIX) for key in root}
    document.finish()
    return found


def _vocabulary(senses: Iterable[Sense]) -> dict[str, tuple[Sense, ...]]:
    table: dict[str, list[Sense]] = {}
    for sense in senses:
        table.setdefault(sense.words[0], []).append(sense)
    return {word: tuple(sorted(senses, key=lambda s: (-len(s.words), not s.term.named))) for word, senses in table.items()}


def _pronouns(lexicons: Mapping[str, Lexicon]) -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, dict[tuple[str, str], None]] = {}
    for lexicon in lexicons.values():
        for group, pronouns in lexicon.pronouns.items():
            for case in CASES:
                for form in (*pronouns.forms[case], *(other[case] for other in pronouns.others)):
                    table.setdefault(form.lower(), {})[group, case] = None
    return {word: tuple(rows) for word, rows in table.items()}


def _neopronouns(lexicons: Mapping[str, Lexicon]) -> dict[str, tuple[Mapping[str, str], ...]]:
    table: dict[str, list[Mapping[str, str]]] = {}
    for lexicon in lexicons.values():
        for pronouns in lexicon.pronouns.values():
            for other in pronouns.others:
                for form in dict.fromkeys(other.values()):
                    table.setdefault(form, []).append(other)
    return {word: tuple(sets) for word, sets in table.items()}
