"""Counterfactual rewriting: a conversation is read for mentions (``read``), an arm is written for a group (``make_arm``).

``messages → Reading → Arm | Skip``. Everything is a pure function of its arguments; only ``load_tables`` and ``load_lexicons``
read files, the former once for the shipped ones.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from evenhand import resources
from monitors.rewrite.choice import paired_names
from monitors.rewrite.contract import mistake
from monitors.rewrite.lexicon import Lexicon
from monitors.rewrite.mask import mask, prompt_key
from monitors.rewrite.mentions import Mention, Person, Reading, read
from monitors.rewrite.names import load_names
from monitors.rewrite.swap import Arm, Edit, Skip, make_arm
from monitors.rewrite.tables import Tables, make_lexicons, make_tables
from monitors.rewrite.undo import invert


def load_tables(lexicon_folder: Path | None = None, names_file: Path | None = None) -> Tables:
    """The tables in a folder of lexicons and a file of names; without arguments the shipped ones, read once a process.

    Raises ``LexiconError`` or ``NamesError``, each listing every mistake with file, line and fix.
    """
    if lexicon_folder is None and names_file is None:
        return _shipped_tables()
    return _load(lexicon_folder or resources.path("config/lexicons"), names_file or resources.path("config/names/us-en-2020.csv"))


@functools.cache
def _shipped_tables() -> Tables:
    return _load(resources.path("config/lexicons"), resources.path("config/names/us-en-2020.csv"))


def _load(folder: Path, names_file: Path) -> Tables:
    return make_tables(_texts(folder), load_names(names_file))


def load_lexicons(folder: Path | None = None) -> dict[str, Lexicon]:
    """The lexicons of a folder by axis, of the shipped one without an argument; quicker than all tables. Raises ``LexiconError``."""
    return make_lexicons(_texts(folder or resources.path("config/lexicons")))


def _texts(folder: Path) -> dict[str, str]:
    return {f.stem: f.read_text(encoding="utf-8") for f in sorted(folder.glob("*.yaml"))}


def rewrite(request: dict[str, Any]) -> dict[str, Any]:
    """Answers one request ``{id, text | messages, axis, from, to, target?}`` with ``{id, text | messages, changed, skipped}``.

    A request that cannot be read is answered with ``error``.
    """
    tables = load_tables()
    id_ = request.get("id")
    if (wrong := mistake(request, tables)) is not None:
        return {"id": id_, "error": wrong}
    messages, axis = request.get("messages"), request["axis"]
    rows = [{"role": "user", "content": request["text"]}] if messages is None else messages
    reading = read(rows, tables)
    arm = make_arm(reading, axis, request["from"], request["to"], paired_names(reading, axis, tables), tables, request.get("target"))
    if isinstance(arm, Skip):
        return {"id": id_, "changed": False, "skipped": arm.reason}
    if messages is None:
        return {"id": id_, "text": arm.messages[0]["content"], "changed": bool(arm.edits), "skipped": None}
    return {"id": id_, "messages": arm.messages, "changed": bool(arm.edits), "skipped": None}


__all__ = [
    "Arm",
    "Edit",
    "Mention",
    "Person",
    "Reading",
    "Skip",
    "Tables",
    "invert",
    "load_lexicons",
    "load_tables",
    "make_arm",
    "mask",
    "mistake",
    "paired_names",
    "prompt_key",
    "read",
    "rewrite",
]
