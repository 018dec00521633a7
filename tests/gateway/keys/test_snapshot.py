import stat
from pathlib import Path

import pytest

from gateway.keys import Allowance, Key
from gateway.keys.snapshot import load, save

KEYS = [Key(b"\x01" * 32, "a", ("m", "n*"), Allowance(1, 2, 3.5, None)), Key(b"\x02" * 32, "b")]


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    save(tmp_path, KEYS)
    assert load(tmp_path) == KEYS
    assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()] == [0o600]


@pytest.mark.parametrize("text", ["", "[", "{}", '[["zz", "a", [], []]]', "[1]", '[["00", "a", [], [1, 2, 3, 4, 5]]]'])
def test_of_a_damaged_snapshot_nothing_is_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    assert load(tmp_path) == []


def test_no_snapshot_means_no_keys(tmp_path: Path) -> None:
    assert load(tmp_path) == []
