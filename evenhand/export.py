"""``evenhand export``: what the monitor knows, as data for notebooks and spreadsheets."""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from evenhand.configuration import add_config_argument, read_or_exit
from evenhand.help import command
from monitors.look import cells_of
from monitors.store import StoreError
from monitors.views import CellView

COLUMNS = tuple(field.name for field in fields(CellView))
"""Fields of a cell in the order of the columns; `docs/cells.md` explains each."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand and what it can export."""
    parser = command(subparsers, "export", "Write what the monitor knows as CSV or JSON.", "evenhand export cells --csv > cells.csv")
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    cells = command(
        kinds, "cells", "Write every cell as it stands: counts, gap and intervals, evidence, verdict.", "evenhand export cells --jsonl"
    )
    add_config_argument(cells)
    form = cells.add_mutually_exclusive_group()
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="a line a cell under a line of names (the default)")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="one document, that of GET /api/v1/cells")
    form.add_argument("--jsonl", dest="form", action="store_const", const="jsonl", help="one JSON object a line")
    cells.set_defaults(run=run, form="csv")


def run(arguments: argparse.Namespace) -> int:
    """Write the cells of the configuration's data_dir to standard output; 2 where there are none to be read. A monitor may be running."""
    _, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    now_ms = time.time_ns() // 1_000_000
    try:
        cells = cells_of(loaded.settings, loaded.settings.data_dir, lambda: now_ms)
    except (StoreError, ValueError) as error:
        print(f"evenhand export: {error}", file=sys.stderr)
        return 2
    rows = [asdict(cell) for cell in cells]
    if arguments.form == "json":
        print(json.dumps({"cells": rows}, indent=1))
    elif arguments.form == "jsonl":
        for row in rows:
            print(json.dumps(row))
    else:
        write_csv(rows)
    return 0


def write_csv(rows: Iterable[dict[str, Any]]) -> None:
    """Cells as CSV: nothing for what is not known, true and false for a flag, lists as JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_plain(row[column]) for column in COLUMNS])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool | list | tuple | dict) else value
