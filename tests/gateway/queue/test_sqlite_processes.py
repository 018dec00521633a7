"""The queue's promises when processes are killed and when a real file system is full or read-only."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.queue.sqlite import SqliteQueue

OPEN = """
import sys
from pathlib import Path
from gateway.queue import QueueError
from gateway.queue.sqlite import SqliteQueue
queue = SqliteQueue(Path(sys.argv[1]), max_items=100_000, max_bytes=100_000_000)
def say(*words): print(*words, flush=True)
"""
PRODUCE = """
for start in range(0, 100_000, 7):
    batch = [(f"{sys.argv[2]}-{number}", b"x" * 300) for number in range(start, start + 7)]
    assert queue.offer(batch) == 7
    say(*(name for name, _ in batch))
"""
CONSUME = """
while items := queue.claim(5, 3600):
    say("claimed", *(item.id for item in items))
    queue.ack([item.id for item in items[:2]])
    say("acked", *(item.id for item in items[:2]))
"""
FILL_AND_MEND = """
import subprocess
folder = Path(sys.argv[1]).parent
def remount(options): subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)
number = 0
def offer():
    global number
    try:
        accepted = queue.offer([(f"ex_{number}", b"x" * 4000)])
    except QueueError as error:
        return str(error)
    number += accepted
    return "accepted"
while (answer := offer()) == "accepted":
    pass
say("full", answer)
try:
    (folder / "filler").write_bytes(b"x" * 100_000)
    say("room left")
except OSError as error:
    say("filler", error.errno)
(folder / "filler").unlink(missing_ok=True)
remount("size=8m")
say("roomy", offer())
queue.close()
remount("ro")
try:
    SqliteQueue(folder / "queue.db", max_items=1, max_bytes=1)
except QueueError as error:
    say("readonly", error)
remount("rw")
queue = SqliteQueue(folder / "queue.db", max_items=100_000, max_bytes=100_000_000)
say("writable", offer())
kept = [item.id for item in queue.claim(100_000, 60)]
say("kept", kept == [f"ex_{n}" for n in range(number)])
"""


def start(script: str, path: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", OPEN + script, str(path), *arguments], stdout=subprocess.PIPE, text=True)


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> list[list[str]]:
    """What a process had said when it was killed without warning, its last line only where it was whole."""
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said = first + process.stdout.read()
    process.stdout.close()
    process.wait(timeout=30)
    assert process.returncode == -signal.SIGKILL
    return [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("seconds", [0.0, 0.003, 0.01, 0.03, 0.1])
def test_what_killed_producers_had_accepted_is_there_once_and_in_order(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "queue.db"
    producers = [start(PRODUCE, path, name) for name in ("p", "q")]
    accepted = [[name for line in kill_after(process, seconds) for name in line] for process in producers]
    queue = SqliteQueue(path, max_items=1, max_bytes=1)
    found = [item.id for item in queue.claim(100_000, 60)]
    queue.close()
    assert len(found) == len(set(found))
    for prefix, names in zip("pq", accepted, strict=True):
        mine = [name for name in found if name.startswith(prefix)]
        assert names
        assert mine[: len(names)] == names
        assert len(mine) - len(names) in (0, 7)  # the batch whose acceptance could no longer be told


@pytest.mark.parametrize("seconds", [0.0, 0.003, 0.01, 0.03])
def test_what_a_killed_consumer_held_is_handed_out_again_but_not_before_the_lease_is_over(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "queue.db"
    names = [f"ex_{number}" for number in range(2_000)]
    queue = SqliteQueue(path, max_items=10_000, max_bytes=10_000_000)
    queue.offer([(name, b"x" * 300) for name in names])
    said = kill_after(start(CONSUME, path), seconds)
    claimed = {name for word, *ids in said if word == "claimed" for name in ids}
    acked = {name for word, *ids in said if word == "acked" for name in ids}

    free = [item.id for item in queue.claim(10_000, 3600)]
    assert not claimed & set(free)
    queue.release(free)
    queue.recover()
    again = [item.id for item in queue.claim(10_000, 3600)]
    queue.close()
    assert not acked & set(again)
    assert again == [name for name in names if name in set(again)]
    lost = set(names) - acked - set(again)
    assert len(lost) in (0, 2)  # an acknowledgement that was committed but could no longer be told


def test_processes_that_open_a_new_queue_together_all_succeed(tmp_path: Path) -> None:
    script = "say(queue.offer([(sys.argv[2], b'x')]))"
    processes = [start(script, tmp_path / "queue.db", f"ex_{number}") for number in range(6)]
    assert [process.communicate(timeout=60)[0] for process in processes] == ["1\n"] * 6
    queue = SqliteQueue(tmp_path / "queue.db", max_items=1, max_bytes=1)
    assert queue.depth().items == 6
    queue.close()


def can_mount() -> bool:
    """Whether this user may have a mount namespace of its own."""
    if sys.platform != "linux":
        return False
    try:
        return subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not can_mount(), reason="needs unprivileged mount namespaces")
def test_a_full_and_a_read_only_file_system_lose_nothing_and_are_survived(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    mount = f'mount -t tmpfs -o size=1m none "{tmp_path}/mount" && exec "$0" -c "$1" "{tmp_path}/mount/queue.db"'
    command = ["unshare", "-rm", "sh", "-c", mount, sys.executable, OPEN + FILL_AND_MEND]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "LC_ALL": "C"})
    said = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert [words[0] for words in said] == ["full", "filler", "roomy", "readonly", "writable", "kept"], result.stderr
    assert "full (SQLITE_FULL)" in said[0][1]
    assert said[1][1] == "28"
    assert [words[1] for words in said[2:3] + said[4:]] == ["accepted", "accepted", "True"]
    assert "Read-only file system" in said[3][1]
