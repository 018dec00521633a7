"""The ``evenhand rewrite`` subcommand."""

import argparse
import io
import json

import pytest

from evenhand import rewrite
from monitors.rewrite.validity import REASONS


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> int:
    """Runs the subcommand as the command line does."""
    parser = argparse.ArgumentParser()
    rewrite.add_parser(parser.add_subparsers())
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    args = parser.parse_args(["rewrite", *arguments])
    return int(args.run(args))


def test_a_text_is_rewritten_from_arguments_or_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "Tell", "her.") == 0
    assert capsys.readouterr().out == "Tell him.\n"
    assert run(monkeypatch, "--from", "male", "--to", "female", stdin="Tell him.\r\n") == 0
    assert capsys.readouterr().out == "Tell her.\r\n"


def test_show_prints_what_changed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "--show", "She left.")
    assert "-She left.\n+He left.\n" in capsys.readouterr().out


def test_explain_names_mentions_and_rules(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "--explain", "Ms. Tran saw her.")
    told = capsys.readouterr().err
    assert "'Ms'  title, female" in told
    assert "'her'  pronoun, female" in told


def test_a_skipped_text_comes_back_with_its_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "She is pregnant.") == 0
    told = capsys.readouterr()
    assert told.out == "She is pregnant.\n"
    assert "biological" in told.err


@pytest.mark.parametrize("wrong", [("--axis", "height"), ("--from", "tall"), ("--to", "tall")])
def test_an_unknown_axis_or_group_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]
) -> None:
    assert run(monkeypatch, *wrong, "She left.") == 2
    assert wrong[1] in capsys.readouterr().err


def test_jsonl_answers_every_line_and_fields_override_flags(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        json.dumps({"id": "1", "text": "Tell him.", "axis": "gender", "from": "male", "to": "female"}),
        "",
        "{not json",
        "[1]",
        json.dumps({"id": "2", "text": "She is pregnant."}),
        json.dumps({"id": "3"}),
        json.dumps({"id": "4", "messages": "no list"}),
    ]
    assert run(monkeypatch, "--jsonl", stdin="\n".join(lines)) == 2, "after all were answered"
    told = capsys.readouterr()
    assert told.err == "evenhand rewrite: 4 lines have errors\n"
    answers = [json.loads(line) for line in told.out.splitlines()]
    assert answers[0] == {"id": "1", "changed": True, "skipped": None, "text": "Tell her."}
    assert [bool(a.get("error")) for a in answers] == [False, True, True, False, True, True]
    assert answers[3]["skipped"] == "biological"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("The sky is blue.",), "the text marks nobody on the axis gender"),
        (("Tell him.",), "the text names nobody as female, but male → give --from"),
        (("--axis", "religion", "--from", "muslim", "--to", "jewish", "Tell him."), "the text marks nobody on the axis religion"),
    ],
)
def test_a_text_that_stays_as_it_was_is_told_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    assert run(monkeypatch, *words) == 0
    told = capsys.readouterr()
    assert told.out == f"{words[-1]}\n"
    assert told.err == f"nothing changed: {why}\n"


def test_a_rewritten_text_is_told_nothing_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "Tell her.")
    assert capsys.readouterr().err == ""


def test_another_axis_needs_its_groups_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--axis", "religion", "Tell him.") == 2
    assert "'from': name a group of axis religion: use one of christian" in capsys.readouterr().err


def test_input_that_is_not_utf8_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ((), ("--jsonl",)):
        parser = argparse.ArgumentParser()
        rewrite.add_parser(parser.add_subparsers())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9"), encoding="utf-8"))
        args = parser.parse_args(["rewrite", *words])
        assert args.run(args) == 2
        assert "UTF-8" in capsys.readouterr().err


def test_every_reason_for_which_a_text_is_left_alone_has_its_words() -> None:
    assert rewrite.WHY.keys() == set(REASONS)
