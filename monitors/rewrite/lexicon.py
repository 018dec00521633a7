"""The words that mark groups, as data: one ``Lexicon`` an axis, read from YAML text and checked entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from monitors.rewrite.document import Document, LexiconError

KINDS = ("contraction", "title", "kinship", "spouse", "role", "descriptor", "country", "surname", "group_noun")
CASES = ("subject", "object", "determiner", "possessive", "reflexive")
TERM_KEYS = {"neutral", "before", "after", "needs", "unless", "plural", "person", "noun", "named"}


@dataclass(frozen=True, slots=True)
class Pronouns:
    """The pronouns of one group by case; the first form is written, others are recognised."""

    group: str
    forms: Mapping[str, tuple[str, ...]]
    plural_verbs: bool
    declared: bool  # they mark the group only where the text declares them
    others: tuple[Mapping[str, str], ...] = ()  # further sets by case (ze, hir, ...), with singular verbs


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning with its form in each group, singular and plural."""

    axis: str
    kind: str
    forms: Mapping[str, tuple[str, ...]]
    plurals: Mapping[str, tuple[str, ...]]
    neutral: frozenset[str]  # groups whose form marks nobody
    before: frozenset[str]  # no mention before these words
    after: frozenset[str]  # no mention after these words
    needs: frozenset[str]  # a mention only after one of these words
    unless: frozenset[str]  # no mention in a text that holds one of these words
    person: bool  # a mention only where a person is spoken of ("black coffee")
    noun: bool  # can stand alone for the person ("a Muslim")
    named: bool  # a mention only directly before a name ("Lady Anne")


@dataclass(frozen=True, slots=True)
class Sense:
    """One recognised form: what the words ``words`` mark."""

    words: tuple[str, ...]
    axis: str
    group: str
    kind: str
    plural: bool
    term: Term


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One axis: its groups in order, its pronouns, terms and one-letter codes."""

    axis: str
    groups: tuple[str, ...]
    pronouns: Mapping[str, Pronouns] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)  # letter -> group
    numbers: bool = False  # whether any number of years is a group

    def has_group(self, group: str) -> bool:
        """Whether the axis knows a group."""
        return group in self.groups or (self.numbers and group.isdecimal())

    def senses(self, neutral: bool = False) -> Iterator[Sense]:
        """Every form of every term in the order of the file; those in common use for anyone only if ``neutral``."""
        for term in self.terms:
            for plural, table in ((False, term.forms), (True, term.plurals)):
                for group, forms in table.items():
                    if neutral or group not in term.neutral:
                        for form in {split_form(f): f for f in reversed(forms)}.values():
                            yield Sense(split_form(form), term.axis, group, term.kind, plural, term)


def split_form(form: str) -> tuple[str, ...]:
    """A form as the tokenizer sees it: ``mother-in-law`` is three words."""
    return tuple(form.lower().replace("-", " ").replace("'", " ").replace("’", " ").split())


def pluralize(word: str) -> str:
    """The regular plural; compounds in -man and -woman take -men and -women."""
    if word.endswith("man"):
        return word[:-2] + "en"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word + "s"


def parse_lexicon(file: str, text: str) -> Lexicon:
    """The lexicon in YAML ``text``; raises ``LexiconError`` listing every mistake with file, line and fix."""
    document = Document(file, text)
    root = document.mapping()
    axis = document.text(root, "axis")
    groups = tuple(document.words(root, "groups"))
    pronouns = {g: _pronouns(document, g, row) for g, row in document.rows(root, "pronouns", groups).items()}
    terms: list[Term] = []
    for kind in (k for k in root if k not in ("axis", "groups", "pronouns", "codes", "numbers")):
        if kind not in KINDS:
            document.wrong((kind,), f"unknown kind {kind!r}", f"use one of {', '.join(KINDS)}")
            continue
        entries = root[kind]
        if not isinstance(entries, list):
            document.wrong((kind,), f"{kind} is not a list", "write one entry a line, each beginning with '- {'")
            continue
        terms.extend(t for i, row in enumerate(entries) if (t := _term(document, axis, kind, groups, (kind, i), row)))
    codes: dict[str, str] = {}
    for i, row in enumerate(root.get("codes") or []):
        for group, letter in row.items():
            if group not in groups:
                document.wrong(("codes", i), f"unknown group {group!r}", f"use one of {', '.join(groups)}")
            codes[str(letter)] = group
    lexicon = Lexicon(axis, groups, pronouns, tuple(terms), codes, bool(root.get("numbers")))
    _check_duplicates(document, lexicon)
    document.finish()
    return lexicon


def _pronouns(document: Document, group: str, row: Any) -> Pronouns:
    row = row if isinstance(row, dict) else {}
    _check_cases(document, group, row)
    for key in row:
        if key not in (*CASES, "verbs", "declared", "others"):
            document.wrong(("pronouns", group), f"unknown key {key!r}", f"use {', '.join(CASES)}, verbs, declared or others")
    others = [other for other in row.get("others") or () if isinstance(other, dict)]
    for other in others:
        _check_cases(document, group, other)
    return Pronouns(
        group,
        {case: _forms(row.get(case)) for case in CASES},
        row.get("verbs") == "plural",
        bool(row.get("declared")),
        tuple({case: str(other[case]) for case in CASES if case in other} for other in others),
    )


def _check_cases(document: Document, group: str, row: dict[str, Any]) -> None:
    for case in CASES:
        if row.get(case) is None:
            document.wrong(("pronouns", group), f"{group} has no {case} pronoun", f"add '{case}: …'")


def _forms(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)


def _term(document: Document, axis: str, kind: str, groups: tuple[str, ...], at: tuple[str | int, ...], row: Any) -> Term | None:
    if not isinstance(row, dict):
        document.wrong(at, "the entry is not a mapping", "write {group: form, …}")
        return None
    for key in row:
        if key not in TERM_KEYS and key not in groups:
            document.wrong(at, f"unknown group or key {key!r}", f"groups are {', '.join(groups)}; keys are {', '.join(sorted(TERM_KEYS))}")
    forms = {g: _forms(row[g]) for g in groups if g in row}
    if len(forms) < 2:
        document.wrong(at, "fewer than two groups have a form", "give the form of at least two groups")
    given = row.get("plural")
    plurals: dict[str, tuple[str, ...]] = {}
    if given is None or given is True:
        plurals = {g: tuple(pluralize(f) for f in fs) for g, fs in forms.items()}
    elif isinstance(given, dict):
        plurals = {g: _forms(given[g]) if g in given else tuple(pluralize(f) for f in fs) for g, fs in forms.items()}
        for group in given:
            if group not in forms:
                document.wrong((*at, "plural"), f"a plural for {group!r}, which has no singular", "add the singular or drop the plural")
    elif given is not False:
        document.wrong((*at, "plural"), "plural is neither false nor a mapping", "write {group: plural, …}, or false for none")
    neutral = frozenset(_forms(row.get("neutral")))
    for group in neutral - set(groups):
        document.wrong((*at, "neutral"), f"unknown group {group!r}", f"use one of {', '.join(groups)}")
    before, after, needs, unless = (frozenset(_forms(row.get(k))) for k in ("before", "after", "needs", "unless"))
    return Term(
        axis,
        kind,
        forms,
        plurals,
        neutral,
        before,
        after,
        needs,
        unless,
        bool(row.get("person", False)),
        bool(row.get("noun", True)),
        bool(row.get("named", False)),
    )


def _check_duplicates(document: Document, lexicon: Lexicon) -> None:
    seen: dict[tuple[str, ...], Sense] = {}
    for sense in lexicon.senses():
        other = seen.setdefault(sense.words, sense)
        if other is not sense and (other.group != sense.group or (other.kind == sense.kind and other.term is not sense.term)):
            form = " ".join(sense.words)
            if other.term.named != sense.term.named and other.group == sense.group:
                continue
            document.wrong_text(
                form,
                f"{form!r} marks {other.group} and again {sense.group}",
                "keep one entry, or list the group under neutral in the other",
            )


__all__ = ["Lexicon", "LexiconError", "Pronouns", "Sense", "Term", "parse_lexicon", "pluralize", "split_form"]
