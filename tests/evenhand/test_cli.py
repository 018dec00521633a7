import importlib
import sys

import pytest

from evenhand.__main__ import main as program
from evenhand.cli import main


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
