import os
import stat
import sys
from pathlib import Path

import pytest

from evenhand.child import Child
from evenhand.counters import VARIABLE, counters_folder, forget_gauges


def test_the_folder_is_private_empty_and_gone_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with counters_folder(tmp_path / "data", tmp_path) as folder:
            assert folder.parent == tmp_path
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert list(folder.iterdir()) == []
            (folder / "counter_1.db").touch()
        assert not folder.exists()


def test_what_a_killed_predecessor_left_is_swept(tmp_path: Path) -> None:
    with counters_folder(tmp_path / "data", tmp_path) as folder:
        pass
    folder.mkdir()
    (folder / "counter_1.db").touch()
    with counters_folder(tmp_path / "data", tmp_path) as again:
        assert again == folder
        assert list(again.iterdir()) == []


def test_two_servers_have_two_folders(tmp_path: Path) -> None:
    with counters_folder(tmp_path / "a", tmp_path) as one, counters_folder(tmp_path / "b", tmp_path) as two:
        assert one != two


@pytest.mark.parametrize("taken", ["nowhere", "link"])
def test_without_memory_of_our_own_it_lies_in_data_dir(tmp_path: Path, taken: str) -> None:
    (tmp_path / "data" / "run").mkdir(parents=True)
    memory = tmp_path / "shm"
    if taken == "link":  # someone put a link to elsewhere under our name
        memory.mkdir()
        with counters_folder(tmp_path / "data", memory) as folder:
            pass
        folder.symlink_to(tmp_path / "data")
    with counters_folder(tmp_path / "data", memory) as folder:
        assert folder == tmp_path / "data" / "run" / "metrics"
    assert (tmp_path / "data" / "run").is_dir()


def test_only_what_a_dead_worker_said_of_itself_is_taken_out(tmp_path: Path) -> None:
    for name in ("gauge_livesum_7.db", "gauge_livesum_77.db", "counter_7.db", "gauge_mostrecent_7.db"):
        (tmp_path / name).touch()
    forget_gauges(tmp_path, 7)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["counter_7.db", "gauge_livesum_77.db", "gauge_mostrecent_7.db"]


@pytest.mark.parametrize("counts", [True, False])
def test_only_those_that_count_together_are_told_of_the_folder(tmp_path: Path, counts: bool) -> None:
    told = tmp_path / "told"
    script = f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(os.environ.get({VARIABLE!r}, 'nothing'))"
    child = Child("a", [sys.executable, "-c", script], [], counts=counts)
    child.start({**os.environ, VARIABLE: "folder"})
    assert child.process is not None
    assert child.process.wait(30) == 0
    assert told.read_text() == ("folder" if counts else "nothing")
