import os
import stat
from pathlib import Path

import pytest

from evenhand.data_dir import DataDirError, open_data_dir, write_private


def test_the_folder_is_private_and_its_secret_stays_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    with open_data_dir(folder):
        secret = (folder / "secret").read_text()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    with open_data_dir(folder):
        assert (folder / "secret").read_text() == secret
    assert len(bytes.fromhex(secret)) == 32


def test_a_second_server_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with open_data_dir(tmp_path), pytest.raises(DataDirError, match=f"process {os.getpid()}"), open_data_dir(tmp_path):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with open_data_dir(tmp_path):
        pass
    with open_data_dir(tmp_path):
        pass


def test_what_an_earlier_run_left_is_swept(tmp_path: Path) -> None:
    with open_data_dir(tmp_path) as folder:
        write_private(folder / "run" / "status.json", "{}")
    with open_data_dir(tmp_path) as folder:
        assert list((folder / "run").iterdir()) == []


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataDirError, match="writable folder"), open_data_dir(tmp_path / "data"):
        pass
