"""Given names as evidence of a group, matched names to rotate, and a pairing of names that can be undone without memory."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from monitors.rewrite.pairing import KnownName, Pairing

GENDERS = ("female", "male")
ETHNICITIES = ("white", "black", "hispanic", "asian")
DICTIONARY = "given-names.csv"
WORLD = "world-names.csv"
POOL_COLUMNS = ("name", "gender", "ethnicity", "count", "birth_year", "letters", "held_out")
DICTIONARY_COLUMNS = ("name", "female", "ethnicity", "share", "count", "also")
WORLD_COLUMNS = ("name", "gender", "also")
CLEAR_SEX_PERCENT = 95
LEANING_SEX_PERCENT = 80  # enough where the pronouns of the text agree
ANYONES = frozenset(
    [
        *("alex", "ash", "ashton", "bailey", "billie", "bobbie", "cameron", "casey", "chris", "dana", "frankie", "jackie", "jaime"),
        *("jamie", "jo", "jordan", "jules", "kelly", "kelsey", "kerry", "kim", "lee", "leslie", "logan", "lou", "mel", "morgan", "pat"),
        *("quinn", "reese", "riley", "robin", "sam", "sasha", "shannon", "sky", "taylor", "terry", "tracy", "val"),
    ]
)
"""Names that texts use for anyone, however most of their bearers lean."""
CLEAR_SHARE_PERCENT = 80
ENOUGH_NAMES = 30


class NamesError(ValueError):
    """A name table that cannot be used; the message names file, line and fix for every mistake."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name of the rotating pools with the traits it is matched on."""

    name: str
    gender: str
    ethnicity: str
    count: int
    birth_year: float
    letters: int
    held_out: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The loaded tables. Every argument `name` may come in any case; answers are written with a capital."""

    version: str
    """Hash of both files; part of the rewriter's fingerprint."""
    locale: str
    """Country and language of the table, `us-en` for the one that is shipped."""
    pool: Mapping[str, NameRow]
    known: Mapping[str, KnownName]
    cells: Mapping[tuple[str, str, bool], tuple[str, ...]]
    pairing: Pairing

    def cell(self, gender: str, ethnicity: str, held_out: bool = False) -> tuple[str, ...]:
        """Names of one cell in matched order: index i of different cells is a matched name. Empty for a group without names."""
        return self.cells.get((gender, ethnicity, held_out), ())

    def lookup(self, name: str) -> NameRow | None:
        """The row of a name of the pools."""
        return self.pool.get(name.casefold())

    def gender_of(self, name: str) -> str | None:
        """`female` or `male` where at least 95 % of its bearers are, `unisex` for other known names, None for unknown ones."""
        known = self.find(name)
        return known.gender if known else None

    def ethnicity_of(self, name: str, share: int = CLEAR_SHARE_PERCENT) -> str | None:
        """The group that at least `share` percent of the name's bearers report (50 is the least that is recorded)."""
        known = self.find(name)
        return known.ethnicity if known and known.ethnicity and known.share >= share else None

    def also(self, name: str) -> str:
        """What the name may be instead: `word`, `place`, `brand`, `deity`, `surname`; empty for plain and for unknown names."""
        known = self.find(name)
        return known.also if known else ""

    def partner(self, name: str, axis: str, to: str) -> str | None:
        """The name's one partner in group `to` of `gender` or `ethnicity`, whose own partner back is this name.

        A double name (`Mary-Jane`) has a double partner.
        None for unknown names, names without a clear gender (on that axis) or a majority (on `ethnicity`), and the rarest names of a
        group that has more of them than the other.
        """
        key = name.casefold()
        if key in self.known:
            return self.pairing.partner(key, axis, to)
        parts = [self.pairing.partner(part, axis, to) if part in self.known else None for part in key.split("-")]
        return "-".join(part for part in parts if part) if len(parts) > 1 and all(parts) else None

    def find(self, name: str) -> KnownName | None:
        """The dictionary's entry for a name, whatever its case, accents, apostrophes and hyphens."""
        key = name.casefold()
        found = self.known.get(key)
        if found is None and not (key.isascii() and key.isalpha()):
            plain = "".join(c for c in unicodedata.normalize("NFD", key) if c.isalpha() or c == "-")
            found = self.known.get(plain.replace("-", ""))
            if found is None and "-" in plain:  # of a double name, the part that tells a gender: Mary-Jane, Jean-Luc
                parts = [known for part in plain.split("-") if (known := self.known.get(part))]
                found = next((known for known in parts if known.gender != "unisex"), parts[0] if parts else None)
        return found


def few_names(names: Names) -> str:
    """Which alerting cells have too few names for tolerances under 0.05 on pairs that differ in names only; empty where none has."""
    sizes = {f"{gender} {ethnicity}": len(names.cell(gender, ethnicity)) for gender in GENDERS for ethnicity in ETHNICITIES}
    few = [f"{cell} has {size}" for cell, size in sizes.items() if size < ENOUGH_NAMES]
    return f"few names, fewer than {ENOUGH_NAMES} in a cell ({', '.join(few)})" if few else ""


def load_names(file: Path) -> Names:
    """Read a pool table (`us-en-2020.csv`) and the detection dictionary beside it; raises `NamesError` with every mistake."""
    if not (stem := re.fullmatch(r"([a-z]{2}-[a-z]{2})-\w+", file.stem)) or stem[1][3:] != "en":
        raise NamesError(
            f"{file}: the name does not say an English-speaking locale. Call it <country>-en-<year>.csv, as in us-en-2020.csv."
        )
    mistakes: list[str] = []
    digest = hashlib.sha256()
    pool = _read_pool(file, digest, mistakes)
    known = _read_dictionary(file.with_name(DICTIONARY), digest, mistakes)
    if (world := file.with_name(WORLD)).exists():
        known = _read_world(world, digest, mistakes) | known
    if mistakes:
        raise NamesError("\n".join(mistakes))
    for key, row in pool.items():
        known.setdefault(key, KnownName(row.name, row.gender, row.ethnicity, CLEAR_SHARE_PERCENT, row.count, "", row.gender))
    cells: dict[tuple[str, str, bool], list[str]] = {}
    for row in pool.values():
        cells.setdefault((row.gender, row.ethnicity, row.held_out), []).append(row.name)
    return Names(
        version=digest.hexdigest()[:16],
        locale=stem[1],
        pool=pool,
        known=known,
        cells={cell: tuple(names) for cell, names in cells.items()},
        pairing=Pairing(known, CLEAR_SHARE_PERCENT),
    )


def _read_pool(file: Path, digest: "hashlib._Hash", mistakes: list[str]) -> dict[str, NameRow]:
    pool: dict[str, NameRow] = {}
    for line, (name, gender, ethnicity, count, birth_year, letters, held_out) in _rows(file, POOL_COLUMNS, digest, mistakes):
        at = f"{file}:{line}"
        if gender not in GENDERS or ethnicity not in ETHNICITIES:
            mistakes.append(
                f"{at}: unknown group {gender!r}, {ethnicity!r}. Use one of {', '.join(GENDERS)} and one of {', '.join(ETHNICITIES)}."
            )
        elif held_out not in ("0", "1"):
            mistakes.append(f"{at}: held_out is {held_out!r}. Write 0 for a name in rotation, 1 for one kept for confirmation.")
        elif name.casefold() in pool:
            mistakes.append(f"{at}: {name} stands twice. Keep one row: a name belongs to one cell.")
        else:
            try:
                row = NameRow(name, gender, ethnicity, int(count), float(birth_year), int(letters), held_out == "1")
            except ValueError:
                mistakes.append(
                    f"{at}: count {count!r}, birth_year {birth_year!r} or letters {letters!r} is not a number. Write digits only."
                )
            else:
                pool[name.casefold()] = row
    return pool


def _read_dictionary(file: Path, digest: "hashlib._Hash", mistakes: list[str]) -> dict[str, KnownName]:
    known: dict[str, KnownName] = {}
    for line, (name, female, ethnicity, share, count, also) in _rows(file, DICTIONARY_COLUMNS, digest, mistakes):
        try:
            percent = int(female)
            gender, leaning = _told_by(percent, CLEAR_SEX_PERCENT) or "unisex", _told_by(percent, LEANING_SEX_PERCENT)
            if gender == "unisex" and name.casefold() in ANYONES:
                leaning = ""
            known[name.casefold()] = KnownName(name, gender, ethnicity, int(share), int(count), also, leaning)
        except ValueError:
            mistakes.append(
                f"{file}:{line}: female {female!r}, share {share!r} or count {count!r} is not a whole number. Write digits only."
            )
    return known


def _told_by(percent: int, clear: int) -> str:
    """The gender that at least ``clear`` percent of a name's bearers have, of whom ``percent`` are women; empty for neither."""
    return "female" if percent >= clear else "male" if percent <= 100 - clear else ""


def _read_world(file: Path, digest: "hashlib._Hash", mistakes: list[str]) -> dict[str, KnownName]:
    """Names of other countries that are rare in the dictionary's, with their gender there."""
    known: dict[str, KnownName] = {}
    for line, (name, gender, also) in _rows(file, WORLD_COLUMNS, digest, mistakes):
        if gender not in GENDERS:
            mistakes.append(f"{file}:{line}: unknown gender {gender!r}. Use one of {', '.join(GENDERS)}.")
        known[name.casefold()] = KnownName(name, gender, "", 0, 0, also, gender)
    return known


def _rows(file: Path, columns: Sequence[str], digest: "hashlib._Hash", mistakes: list[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Line number and the wanted columns of each row."""
    try:
        content = file.read_bytes()
        lines = list(csv.reader(content.decode("utf-8").splitlines()))
    except FileNotFoundError:
        mistakes.append(f"{file}: no such file. Put it there, or copy the one that is shipped in config/names.")
        return []
    except UnicodeDecodeError as error:
        mistakes.append(f"{file}:{content[: error.start].count(10) + 1}: not UTF-8. Save the file as UTF-8.")
        return []
    digest.update(len(content).to_bytes(8, "big") + content)
    header = lines[0] if lines else []
    if absent := [column for column in columns if column not in header]:
        mistakes.append(f"{file}:1: no column {', '.join(absent)}. The first line names the columns: {','.join(columns)}.")
        return []
    wanted = itemgetter(*map(header.index, columns))
    rows: list[tuple[int, tuple[str, ...]]] = []
    first = header.index(columns[0])
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            mistakes.append(f"{file}:{number}: {len(line)} fields under {len(header)} column names. Give one value for each column.")
        elif not line[first]:
            mistakes.append(f"{file}:{number}: the name is empty. Fill it in or drop the line.")
        else:
            rows.append((number, wanted(line)))
    return rows
