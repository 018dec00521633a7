import argparse
import importlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenhand import resources
from evenhand.__main__ import main as program
from evenhand.cli import COMMANDS, main


def test_ctrl_c_while_a_command_is_being_loaded_ends_with_130_and_no_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)
    assert main(["serve"]) == 130
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_while_the_command_line_itself_is_being_loaded_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __getattr__(self, name: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "evenhand.cli", Interrupted())
    assert program() == 130


def test_an_unknown_option_is_told_with_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--prot", "1"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("usage: evenhand serve")
    assert "unrecognized arguments: --prot 1" in told


def parsers(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The parsers below one, with all the words that lead to them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, child in action.choices.items():
                yield f"{name} {word}", child
                yield from parsers(child, f"{name} {word}")


def all_parsers() -> list[tuple[str, argparse.ArgumentParser]]:
    found = []
    for module, _ in COMMANDS.values():
        top = argparse.ArgumentParser("evenhand")
        importlib.import_module(module).add_parser(top.add_subparsers())
        found += parsers(top, "evenhand")
    return found


def test_every_command_says_what_it_does_and_how_it_is_typed() -> None:
    found = all_parsers()
    assert {name.split()[1] for name, _ in found} == set(COMMANDS)
    for name, parser in found:
        assert parser.description, name
        examples = str(parser.epilog).splitlines()
        assert examples[0] == "examples:", name
        assert all(name in line for line in examples[1:]), name
        assert all(action.help for action in parser._actions if not isinstance(action, argparse._SubParsersAction)), name


def test_examples_that_change_nothing_can_be_typed_as_they_are() -> None:
    for name, parser in all_parsers():
        for line in str(parser.epilog).splitlines()[1:]:
            words = shlex.split(line.split("| evenhand", 1)[-1].split("|")[0].split("<")[0].split(">")[0])
            words = words[words.index("evenhand") + 1 :] if "evenhand" in words else words
            top = argparse.ArgumentParser("evenhand")
            importlib.import_module(COMMANDS[words[0]][0]).add_parser(top.add_subparsers())
            assert top.parse_args(words).run, f"{name}: {line}"


def test_the_example_of_a_configuration_is_printed_and_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--print-example"]) == 0
    text = capsys.readouterr().out
    assert text == resources.path("config/evenhand.yaml").read_text()
    (tmp_path / "evenhand.yaml").write_text(text)
    assert main(["check-config", "--config", str(tmp_path / "evenhand.yaml")]) == 0
    assert "shipped example" not in capsys.readouterr().err


def test_where_only_the_shipped_example_can_be_meant_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVENHAND_CONFIG", raising=False)
    assert main(["check-config"]) == 0
    assert "this is of the shipped example" in capsys.readouterr().err
