"""`evenhand score`: labelled JSON lines in, scores out, with the same scorers that the monitor uses."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evenhand.help import command
from evenhand.score.answers import Answers
from evenhand.score.matrix import labelled, matrices
from monitors.scorers import Means
from monitors.scoring.client import HttpClient

DAY_SECONDS = 86_400
DEFAULT_SCORERS = "refusal,not_served,length"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "score",
        "Score replies given as JSON lines: id, reply; optional prompt, reference (the reply it is compared with), scorer, spec, "
        "finish_reason, refusal, tool_calls, label (the right one, for a table of errors by slice and group). "
        "Exit codes: 0 scored, 2 a line that could not be read (all others are scored) or a wrong option.",
        "evenhand score replies.jsonl",
        """echo '{"id": 1, "reply": "I cannot help with that."}' | evenhand score --scorer refusal --jsonl""",
    )
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines to read (default: standard input)")
    parser.add_argument(
        "--scorer", default=DEFAULT_SCORERS, help=f"scorers of lines that name none, with commas (default: {DEFAULT_SCORERS})"
    )
    parser.add_argument("--spec", help="JSON: the section of decision, or scorers and their sections, for lines that bring none")
    parser.add_argument(
        "--allow-external", metavar="HOST", action="append", default=[], help="a host that judges and moderation may ask (repeatable)"
    )
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="data_dir/weights, for toxicity; see evenhand weights")
    parser.add_argument("--jsonl", action="store_true", help="one JSON answer a line instead of a table")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the lines; 2 when a line could not be read (it is answered with an error, all others are scored) or an option is unusable."""
    try:
        spec = None if args.spec is None else json.loads(args.spec)
        names = [name.strip() for name in args.scorer.split(",") if name.strip()]
        means = Means(args.weights, client=HttpClient(args.allow_external), today=lambda: int(time.time() // DAY_SECONDS))
        answers = Answers(names, spec, means, None if args.jsonl else labelled())
        stream = sys.stdin if args.file is None else args.file.open(encoding="utf-8")
    except (ValueError, OSError) as error:
        sys.stderr.write(f"evenhand score: {error}\n")
        return 2
    with stream:
        try:
            wrong = _write(answers.of(stream), jsonl=args.jsonl)
        except UnicodeDecodeError as error:
            sys.stderr.write(f"evenhand score: the input is not UTF-8: {error}\n")
            return 2
    if wrong:
        sys.stderr.write(f"evenhand score: {wrong} answer{'s are errors' if wrong > 1 else ' is an error'}\n")
    return 2 if wrong else 0


def _write(answers: Iterable[dict[str, Any]], *, jsonl: bool) -> int:
    """Print the answers; how many of them are errors."""
    if not jsonl:
        told = list(answers)
        sys.stdout.write(table(told) + matrices(told))
        return sum("error" in answer for answer in told)
    wrong = 0
    for answer in answers:
        wrong += "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return wrong


def table(answers: list[dict[str, Any]]) -> str:
    """The answers in columns, and below them how many have a value and its mean, by scorer."""
    rows = [("id", "scorer", "value", "label", "reason")]
    values: dict[str, list[float | None]] = defaultdict(list)
    for answer in answers:
        value = answer.get("value")
        shown = "error" if "error" in answer else "-" if value is None else f"{value:g}"
        rows.append(
            (
                str(answer.get("id") or "-"),
                answer.get("scorer", "-"),
                shown,
                answer.get("label") or "",
                answer.get("error") or answer.get("reason") or "",
            )
        )
        if "error" not in answer:
            values[answer["scorer"]].append(value)
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]).rstrip() for row in rows]
    lines.append("")
    for name, scored in values.items():
        known = [value for value in scored if value is not None]
        mean = f", mean {sum(known) / len(known):.3f}" if known else ""
        lines.append(f"{name}: {len(scored)} replies, {len(scored) - len(known)} without a value{mean}")
    return "\n".join(lines) + "\n"
