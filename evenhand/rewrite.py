"""``evenhand rewrite``: one text for a person to look at, or JSON lines for a program."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterator
from typing import IO, Any

from monitors.rewrite import Arm, Reading, Skip, load_tables, make_arm, mistake, paired_names, read, rewrite

DEFAULTS = {"axis": "gender", "from": "female", "to": "male"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser("rewrite", help="rewrite a text from one group to another", description=__doc__)
    parser.add_argument("text", nargs="*", help="the text; without it standard input is read")
    parser.add_argument("--axis", default=DEFAULTS["axis"], help="gender, ethnicity, religion, nationality, age, disability, ...")
    parser.add_argument("--from", dest="origin", default=DEFAULTS["from"], metavar="GROUP", help="the group that the text names")
    parser.add_argument("--to", dest="group", default=DEFAULTS["to"], metavar="GROUP", help="the group to write it for")
    parser.add_argument("--target", metavar="NAME", help="rewrite only the person of this name")
    parser.add_argument("--show", action="store_true", help="print what changed, line by line")
    parser.add_argument("--explain", action="store_true", help="name each mention, its group and the rule that found it")
    parser.add_argument("--jsonl", action="store_true", help="read and write one JSON object a line; its fields override the options")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the subcommand: 0 when it answered, 2 for an axis or group that does not exist."""
    if args.jsonl:
        defaults = {"axis": args.axis, "from": args.origin, "to": args.group}
        for answer in answers(sys.stdin, defaults):
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return 0
    tables = load_tables()
    text = " ".join(args.text) if args.text else sys.stdin.read()
    request = {"text": text, "axis": args.axis, "from": args.origin, "to": args.group, "target": args.target}
    if (wrong := mistake(request, tables)) is not None:
        return _complain(wrong)
    reading = read([{"role": "user", "content": text}], tables)
    arm = make_arm(reading, args.axis, args.origin, args.group, paired_names(reading, args.axis, tables), tables, args.target)
    if args.explain:
        sys.stderr.writelines(f"{line}\n" for line in explain(reading, args.axis))
    if isinstance(arm, Skip):
        sys.stderr.write(f"not rewritten: {arm.reason}\n")
        sys.stdout.write(text if args.text == [] else text + "\n")
        return 0
    _print_arm(text, arm, args.show, bool(args.text))
    return 0


def answers(lines: IO[str], defaults: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not empty; a line that cannot be read gets an ``error``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield {"id": None, "error": f"line {number}: not JSON: {error}"}
            continue
        if not isinstance(request, dict):
            yield {"id": None, "error": f"line {number}: not a JSON object"}
            continue
        yield rewrite(defaults | request)


def explain(reading: Reading, axis: str) -> Iterator[str]:
    """A line for each mention of an axis: where it is, what it marks and why."""
    for mention in reading.mentions:
        if mention.axis in axis.split("×"):
            person = reading.persons[mention.person]
            who = person.name or f"person {person.index + 1}"
            place = f"{mention.segment}:{mention.start}-{mention.end}"
            yield f"{place}  {mention.text!r}  {mention.kind}, {mention.group}, {who}: {mention.rule or 'a word of the lexicon'}"


def _print_arm(text: str, arm: Arm, show: bool, newline: bool) -> None:
    new = str(arm.messages[0]["content"])
    if show:
        lines = difflib.unified_diff(text.splitlines(), new.splitlines(), "original", arm.group, lineterm="", n=0)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    else:
        sys.stdout.write(new + ("\n" if newline else ""))


def _complain(message: str) -> int:
    sys.stderr.write(f"evenhand rewrite: {message}\n")
    return 2
