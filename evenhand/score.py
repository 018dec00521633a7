"""`evenhand score`: labelled JSON lines in, scores out, with the same scorers that the monitor uses."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evenhand.help import command
from monitors.scorers import PairScorer, Reply, Scorer, Value, build

DEFAULT_SCORERS = "refusal,not_served,length"
BATCH = 64


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "score",
        "Score replies given as JSON lines: id, reply; optional prompt, scorer, spec, finish_reason, refusal, tool_calls. "
        "Exit codes: 0 scored, 2 a line that could not be read (all others are scored) or a wrong option.",
        "evenhand score replies.jsonl",
        """echo '{"id": 1, "reply": "I cannot help with that."}' | evenhand score --scorer refusal --jsonl""",
    )
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines to read (default: standard input)")
    parser.add_argument(
        "--scorer", default=DEFAULT_SCORERS, help=f"scorers of lines that name none, with commas (default: {DEFAULT_SCORERS})"
    )
    parser.add_argument("--spec", help="JSON specification for decisions of lines that bring none")
    parser.add_argument("--jsonl", action="store_true", help="one JSON answer a line instead of a table")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the lines; 2 when a line could not be read (it is answered with an error, all others are scored) or an option is unusable."""
    try:
        spec = None if args.spec is None else json.loads(args.spec)
        answers = Answers([name.strip() for name in args.scorer.split(",") if name.strip()], spec)
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
        sys.stdout.write(table(told))
        return sum("error" in answer for answer in told)
    wrong = 0
    for answer in answers:
        wrong += "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return wrong


class Answers:
    """Answers lines in order, in batches, and builds each scorer once."""

    def __init__(self, names: list[str], spec: Mapping[str, Any] | None = None) -> None:
        self._spec = spec
        self._built: dict[str, Scorer] = {}
        self._names = names
        for name in names:
            if name != "decision" or spec is not None:
                self._scorer(name, spec)

    def of(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        """One answer for each line and scorer asked for; blank lines are passed over."""
        for batch in _batches(line for line in lines if line.strip()):
            yield from self._of_batch(batch)

    def _of_batch(self, lines: list[str]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        asked: dict[str, list[tuple[int, Reply]]] = defaultdict(list)
        for line in lines:
            record: Any = None
            try:
                record = json.loads(line)
                reply = _reply(record)
                for name in [record["scorer"]] if "scorer" in record else self._names:
                    key = self._scorer(name, record.get("spec", self._spec))
                    asked[key].append((len(answers), reply))
                    answers.append({"id": record.get("id"), "scorer": name})
            except (ValueError, TypeError, RecursionError) as error:
                answers.append({"id": record.get("id") if isinstance(record, dict) else None, "error": str(error)})
        for key, wanted in asked.items():
            for (place, _), value in zip(wanted, self._built[key].score([reply for _, reply in wanted]), strict=True):
                answers[place] |= _told(value)
        return answers

    def _scorer(self, name: str, spec: Mapping[str, Any] | None) -> str:
        """The key of a scorer, built when first asked for."""
        section = dict(spec or {}) if name == "decision" else {}
        key = name + json.dumps(section, sort_keys=True)
        if key not in self._built:
            # Outcomes of one labeller stay together, so that refusal and not_served read each reply once.
            sections: dict[str, dict[str, Any]] = (
                {"refusal": {}, "not_served": {}} if name in ("refusal", "not_served") else {name: section}
            )
            for built, scorer in build(sections).items():
                if isinstance(scorer, PairScorer):
                    raise ValueError(f"{built} compares the two replies of a pair; lines here hold one reply each")
                self._built[built + json.dumps(sections[built], sort_keys=True)] = scorer
        return key


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


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reply(record: Any) -> Reply:
    if not isinstance(record, dict):
        raise ValueError("a line holds one JSON object")
    for key in ("reply", "finish_reason", "refusal", "prompt"):
        if not isinstance(record.get(key), (str, type(None))):
            raise ValueError(f"{key}: give a text or null")
    calls = record.get("tool_calls") or []
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise ValueError("tool_calls: give a list of objects")
    if not isinstance(record.get("scorer", ""), str):
        raise ValueError("scorer: give a name")
    if not isinstance(record.get("spec", {}), dict):
        raise ValueError("spec: give an object")
    return Reply(record.get("reply"), record.get("finish_reason"), record.get("refusal"), tuple(calls), record.get("prompt"))


def _told(value: Value) -> dict[str, Any]:
    told: dict[str, Any] = {"value": value.value}
    if value.label is not None:
        told["label"] = value.label
    if value.reason is not None:
        told["reason"] = value.reason
    return told
