"""Hides groups in texts: both arms' replies get the same placeholders, and prompts that differ in names only share a key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from monitors.rewrite.lexicon import Sense
from monitors.rewrite.reading import Reading
from monitors.rewrite.segments import Splice, splice_text
from monitors.rewrite.swap import Arm
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens

PLACEHOLDERS = {"title": "title", "kinship": "relative", "spouse": "relative", "role": "role", "descriptor": "group", "country": "group"}
DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
# Not in the lexicons: a prompt key must not change when an operator edits them.
DATES = frozenset(
    f"{day}day" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun", "to", "yester")
) | {
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "tomorrow"
}  # fmt: skip
SPACES = re.compile(r"\s+")


def mask(reply: str, arms: Sequence[Arm], tables: Tables) -> str:
    """``reply`` with names, pronouns, titles and descriptors of all ``arms`` under placeholders, the same whichever arm it answers.

    Articles before a placeholder and possessives behind a name are levelled as well. Masking a masked text changes nothing.
    """
    tokens = Tokens(reply)
    names, spoken = _words_of(arms, tables)
    edits: list[Splice] = []
    at = 0
    while at < tokens.count:
        low = tokens.lows[at]
        label, end = "", at + 1
        if _is_placeholder(tokens, at):
            pass
        elif low in names:
            label = "name"
        elif low in tables.pronouns and (tables.pronouns[low][0][0] in spoken or not _declared_only(low, tables)):
            label = "pronoun"
        else:
            sense = _marked(tokens, at, tables, spoken)
            if sense is not None:
                label, end = PLACEHOLDERS.get(sense.kind, "group"), at + len(sense.words)
        if label:
            edits.append((tokens.start(at), _behind(tokens, end, label), f"[{label}]" + _tail(tokens, end, label)))
            _level_article(tokens, at, edits)
        at = end
    return splice_text(reply, sorted(edits))


def _words_of(arms: Sequence[Arm], tables: Tables) -> tuple[set[str], set[str]]:
    """Names that the arms use, and every group and word that their edits speak of."""
    names: set[str] = set()
    spoken = {arm.group for arm in arms}
    for arm in arms:
        for edit in arm.edits:
            for text in (edit.old, edit.new):
                low = text.lower()
                pieces = Tokens(low).lows
                spoken.update(pieces)
                if (
                    pieces
                    and not any(p in tables.vocabulary or p in tables.pronouns or p in ("a", "an") for p in pieces)
                    and text[:1].isalpha()
                ):
                    names.update(p for p in pieces if tables.names.gender_of(p) or text[:1].isupper())
    return names, spoken


def _declared_only(low: str, tables: Tables) -> bool:
    group = tables.pronouns[low][0][0]
    return any(group in lexicon.pronouns and lexicon.pronouns[group].declared for lexicon in tables.lexicons.values())


def _marked(tokens: Tokens, at: int, tables: Tables, spoken: set[str]) -> Sense | None:
    for sense in tables.all_forms.get(tokens.lows[at], ()):
        if tuple(tokens.lows[at : at + len(sense.words)]) != sense.words:
            continue
        if sense.group not in sense.term.neutral or any(form.lower() in spoken for forms in sense.term.forms.values() for form in forms):
            return sense
    return None


def _is_placeholder(tokens: Tokens, at: int) -> bool:
    return tokens.gaps[at].endswith("[") and tokens.gaps[at + 1].startswith("]")


def _behind(tokens: Tokens, end: int, label: str) -> int:
    """Where the replaced span ends: behind a name its possessive goes too."""
    gap = tokens.gap(end)
    if label == "name" and gap[:1] in ("'", "’"):
        if tokens.low(end) == "s" and len(gap) == 1:
            return tokens.end(end)
        if tokens.lows[end - 1].endswith("s") and gap[1:2] in ("", " "):
            return tokens.end(end - 1) + 1
    return tokens.end(end - 1)


def _tail(tokens: Tokens, end: int, label: str) -> str:
    return "'s" if _behind(tokens, end, label) > tokens.end(end - 1) else ""


def _level_article(tokens: Tokens, at: int, edits: list[Splice]) -> None:
    if at and tokens.lows[at - 1] == "an" and tokens.gaps[at].strip(" ") == "":
        article = "A" if tokens.words[at - 1][0].isupper() else "a"
        edits.append((tokens.start(at - 1), tokens.end(at - 1), article))


def prompt_key(reading: Reading) -> str:
    """Hex SHA-256 of the conversation in one case and spacing, with names, pronouns, titles, digits and dates masked."""
    digest = hashlib.sha256()
    for index, text in enumerate(reading.texts):
        tokens = text.tokens
        edits: dict[int, Splice] = {}
        for hit in reading.hits:
            if hit.segment == index and hit.kind in ("name", "pronoun", "title"):
                end = hit.end
                if hit.given is not None and hit.given.surname:
                    while end < tokens.count and tokens.lows[end - 1] != hit.given.surname:
                        end += 1
                elif hit.kind == "title" and end < tokens.count and tokens.words[end][0].isupper():
                    end += 1
                edits[tokens.start(hit.at)] = (
                    tokens.start(hit.at),
                    tokens.end(end - 1),
                    f"[{'name' if hit.kind != 'pronoun' else 'pronoun'}]",
                )
        for at, low in enumerate(tokens.lows):
            if low in DATES and tokens.start(at) not in edits:
                edits[tokens.start(at)] = (tokens.start(at), tokens.end(at), "[date]")
        masked = splice_text(tokens.text, _apart(edits.values()))
        masked = SPACES.sub(" ", DIGITS.sub("0", masked.casefold())).strip()
        digest.update(f"{reading.messages[text.segment.message].get('role')}\0{masked}\1".encode())
    return digest.hexdigest()


def _apart(edits: Iterable[Splice]) -> list[Splice]:
    """Edits without those that begin inside an earlier one."""
    out: list[Splice] = []
    for edit in sorted(edits):
        if not out or edit[0] >= out[-1][1]:
            out.append(edit)
    return out
