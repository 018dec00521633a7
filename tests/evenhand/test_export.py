"""Cells as data: three forms of one thing, the same as the running monitor's, each field explained."""

import csv
import io
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.cli import main
from evenhand.export import COLUMNS
from monitors.rewrite import load_tables
from monitors.store import open_store
from tests.monitors.console.browser import get
from tests.monitors.example_views import Values, cell
from tests.monitors.traps.stage import deciding, invited, prompt
from tests.monitors.worker_bench import run, settings_of

ROOT = Path(__file__).resolve().parents[2]
CASES = 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A data folder after sixty pairs with a gap, and the cells that its monitor showed."""
    folder = tmp_path_factory.mktemp("data")
    bench = run(folder, load_tables(), deciding(lambda arm: invited(arm.group, "male")), [prompt(case) for case in range(CASES)])
    cells = [asdict(view) for view in bench.status.cells()]
    bench.queue.close()
    bench.store.close()
    return folder, cells


def exported(data_dir: Path, folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    file = folder / "evenhand.yaml"
    settings = settings_of("http://127.0.0.1:1/v1").model_dump(mode="json", include={"model_list", "monitor"}, exclude_unset=True)
    file.write_text(yaml.safe_dump({**settings, "data_dir": str(data_dir)}))
    code = main(["export", "cells", "--config", str(file), *arguments])
    return code, *capsys.readouterr()


def test_json_and_jsonl_are_what_the_monitor_showed(data: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, shown = data
    expected = json.loads(json.dumps(shown))
    code, out, _ = exported(folder, tmp_path, capsys, "--json")
    assert code == 0
    assert json.loads(out) == {"cells": expected}
    _, out, _ = exported(folder, tmp_path, capsys, "--jsonl")
    assert [json.loads(line) for line in out.splitlines()] == expected
    decision = next(cell for cell in expected if cell["outcome"] == "decision" and cell["kind"] == "pair")
    assert (decision["verdict"], decision["bets"], decision["listed"]) == ("beyond_tolerance", 50, True)
    assert 50 <= decision["pairs"] <= CASES, "what was planned after the alarm may have gone to its confirmation"
    assert decision["gap_lower"] <= decision["gap"] == -1 <= decision["gap_upper"] < 0
    assert decision["difference_sd"] == 0
    assert [cell["outcome"] for cell in expected if cell["listed"]] == ["decision"]


def test_the_running_monitor_answers_the_same_document() -> None:
    view = cell(standing=True, listed=True)
    assert get("/api/v1/cells", Values([view])).json() == json.loads(json.dumps({"cells": [asdict(view)]}))


def test_csv_has_a_line_a_cell_and_leaves_out_what_is_not_known(data: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, shown = data
    code, out, _ = exported(folder, tmp_path, capsys)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(shown)
    for row, values in zip(rows, shown, strict=True):
        for name, value in values.items():
            assert row[name] == ("" if value is None else json.dumps(value) if isinstance(value, bool | tuple | dict) else str(value)), name


def test_a_store_is_read_while_its_monitor_has_it_open(data: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data[0], copy)
    store = open_store(None, copy)
    store.write(lambda db: db.execute("UPDATE cells SET tier = 'T0' WHERE id = 1"))
    _, out, _ = exported(copy, tmp_path, capsys, "--json")
    assert json.loads(out)["cells"][0]["tier"] == "T0", "what is committed is seen, also before it is folded into the file"
    store.close()


def test_a_folder_without_a_store_and_a_store_of_another_version_are_told(
    data: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = exported(tmp_path / "nowhere", tmp_path, capsys)
    assert (code, out) == (2, "")
    assert "the monitor has not run" in err
    copy = tmp_path / "data"
    shutil.copytree(data[0], copy)
    store = open_store(None, copy)
    store.write(lambda db: db.execute("PRAGMA user_version = 99"))
    store.close()
    code, _, err = exported(copy, tmp_path, capsys)
    assert code == 2
    assert "is of version 99" in err


def test_a_configuration_without_a_monitor_has_no_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump({"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/m"}}]}))
    assert main(["export", "cells", "--config", str(file)]) == 2
    assert "no monitor: section" in capsys.readouterr().err


def test_each_field_is_explained_and_nothing_else() -> None:
    table = (ROOT / "docs" / "cells.md").read_text(encoding="utf-8").partition("## Fields")[2]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == COLUMNS
