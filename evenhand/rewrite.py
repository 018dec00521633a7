"""``evenhand rewrite``: one text for a person to look at, or JSON lines for a program."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterator
from typing import IO, Any

from evenhand.help import command
from monitors.rewrite import Arm, Reading, Skip, load_tables, make_arm, mistake, paired_names, read, rewrite
from monitors.rewrite.axes import TIMES

AXIS = "gender"
GROUPS = {AXIS: {"from": "female", "to": "male"}}
"""What stands for groups that are not named, by axis."""
WHY = {
    "biological": "it speaks of what only one sex has, of the person who would change",
    "bound": "it has other content that fits one group only",
    "public_figure": "the person is a known real, historical or fictional one",
    "leak": "the name also stands in an address, a handle, a path or code, which stay",
    "topic": "the text is about the group itself, or about a word for it",
    "ambiguous": "it cannot be told who is meant",
    "language": "it is not English",
    "too_long": "it is too long",
    "unsupported_content": "there is something beside text",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers the subcommand."""
    parser = command(
        subparsers,
        "rewrite",
        "Rewrite a text from one group to another, as the monitor writes its arms: one text for a person to look at, or JSON lines for a "
        "program. What was left alone, and why, is told on standard error. Exit codes: 0 answered, 2 a wrong option or, with --jsonl, a "
        "line that could not be read.",
        'evenhand rewrite "Maria sold her car."',
        "evenhand rewrite --axis ethnicity --from black --to white --show < letter.txt",
        """echo '{"text": "Tell him.", "from": "male", "to": "female"}' | evenhand rewrite --jsonl""",
    )
    parser.add_argument("text", nargs="*", help="the text; without it standard input is read")
    parser.add_argument("--axis", default=AXIS, help="gender, ethnicity, religion, nationality, age, disability, ... (default: gender)")
    for option, where, what in (("--from", "origin", "the group that the text names"), ("--to", "group", "the group to write it for")):
        usual = GROUPS[AXIS][option.removeprefix("--")]
        parser.add_argument(option, dest=where, metavar="GROUP", help=f"{what} (default on the axis gender: {usual}; else needed)")
    parser.add_argument("--target", metavar="NAME", help="rewrite only the person of this name")
    parser.add_argument("--show", action="store_true", help="print what changed, line by line")
    parser.add_argument("--explain", action="store_true", help="name each mention, its group and the rule that found it")
    parser.add_argument("--jsonl", action="store_true", help="read and write one JSON object a line; its fields override the options")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the subcommand: 0 when it answered, 2 for an axis or group that does not exist, or a line with an error."""
    if args.jsonl:
        return _answer_all({"axis": args.axis, **_given(args)})
    tables = load_tables()
    try:
        text = " ".join(args.text) if args.text else sys.stdin.read()
    except UnicodeDecodeError as error:
        return _complain(f"the text is not UTF-8: {error}")
    asked = GROUPS.get(args.axis, {}) | _given(args)
    request = {"text": text, "axis": args.axis, "target": args.target} | asked
    if (wrong := mistake(request, tables)) is not None:
        return _complain(wrong)
    reading = read([{"role": "user", "content": text}], tables)
    arm = make_arm(reading, args.axis, asked["from"], asked["to"], paired_names(reading, args.axis, tables), tables, args.target)
    if args.explain:
        sys.stderr.writelines(f"{line}\n" for line in explain(reading, args.axis))
    if isinstance(arm, Skip):
        sys.stderr.write(f"not rewritten: {arm.reason}, {WHY[arm.reason]}\n")
        sys.stdout.write(text if args.text == [] else text + "\n")
        return 0
    if not arm.edits:
        sys.stderr.write(f"nothing changed: {_why_unchanged(reading, args.axis, asked)}\n")
    _print_arm(text, arm, args.show, bool(args.text))
    return 0


def _given(args: argparse.Namespace) -> dict[str, str]:
    """The groups that the command line names."""
    return {name: group for name, group in (("from", args.origin), ("to", args.group)) if group is not None}


def _why_unchanged(reading: Reading, axis: str, asked: dict[str, str]) -> str:
    """Why a text that could be rewritten says the same as before."""
    named = sorted({mention.group for mention in reading.mentions if mention.axis in axis.split(TIMES)})
    if not named:
        return f"the text marks nobody on the axis {axis}"
    if asked["from"] not in named and TIMES not in axis:
        return f"the text names nobody as {asked['from']}, but {', '.join(named)} → give --from"
    return "nothing that marks the group may be written otherwise here (--explain names the marks)"


def _answer_all(defaults: dict[str, str]) -> int:
    """Answer the lines of standard input; 2 when one of them could not be read."""
    wrong = 0
    try:
        for answer in answers(sys.stdin, defaults):
            wrong += "error" in answer
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    except UnicodeDecodeError as error:
        return _complain(f"the lines are not UTF-8: {error}")
    return _complain(f"{wrong} line{'s have errors' if wrong > 1 else ' has an error'}") if wrong else 0


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
        asked = defaults | request
        yield rewrite(GROUPS.get(str(asked["axis"]), {}) | asked)


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
