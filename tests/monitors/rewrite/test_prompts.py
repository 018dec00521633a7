"""Prompts of many kinds, rewritten as a careful reviewer expects."""

import re
from pathlib import Path

import pytest

from monitors.rewrite import load_tables, rewrite

LINES = [
    line for line in Path(__file__).with_name("prompts.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
]
LINE = re.compile(r"(\w+) ([\w-]+)>([\w-]+) (swap|stay|skip) (.*)")
MARK = re.compile(r"\{([^{}>]+)>([^{}]+)\}")
NAMES = load_tables().names


def ask(line: str) -> tuple[str, str, str, dict[str, object]]:
    """What is expected, the marked text, the input and the answer to it."""
    found = LINE.fullmatch(line)
    assert found, f"not a line of the form: {line}"
    axis, origin, group, what, marked = found.groups()
    marked = marked.replace("\\n", "\n")
    text = MARK.sub(lambda m: m[1], marked) if what == "swap" else marked
    answer = rewrite({"id": "p", "axis": axis, "from": origin, "to": group, "text": text})
    assert "error" not in answer
    return what, marked, text, answer


def fitting(marked: str) -> str:
    """A pattern of the outputs that are right."""
    parts, last, slots = [], 0, set[str]()
    for mark in MARK.finditer(marked):
        parts.append(re.escape(marked[last : mark.start()]))
        options = []
        for option in mark[2].split("~"):
            if option.startswith("#"):
                slot = f"n{option[1:]}"
                options.append(f"(?P={slot})" if slot in slots else rf"(?P<{slot}>(?!{re.escape(mark[1])}\b)\w[\w-]+)")
                slots.add(slot)
            else:
                options.append(re.escape(option))
        parts.append(f"(?:{'|'.join(options)})")
        last = mark.end()
    return "".join([*parts, re.escape(marked[last:])])


@pytest.mark.parametrize("line", LINES)
def test_a_prompt_is_rewritten_as_a_reviewer_expects(line: str) -> None:
    what, marked, text, answer = ask(line)
    if what == "skip":
        assert answer["skipped"], answer
        assert "text" not in answer
    elif what == "stay":
        assert answer.get("text", text) == text
    else:
        assert not answer["skipped"], answer["skipped"]
        found = re.fullmatch(fitting(marked), str(answer["text"]))
        assert found, answer["text"]
        assert len(set(found.groupdict().values())) == len(found.groupdict())
