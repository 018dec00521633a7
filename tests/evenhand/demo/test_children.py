import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from evenhand.demo.children import ChildError, Children, free_port

SERVER = (
    "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()"
)
STUBBORN = "import signal, time, os; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").is_dir() else True


def pid_in(log: Path) -> int:
    while not (text := log.read_text().strip()):
        time.sleep(0.02)
    return int(text)


def test_a_child_is_waited_for_and_ended_with_the_context(tmp_path: Path) -> None:
    port = free_port()
    with Children(tmp_path) as children:
        children.start("server", python(SERVER, str(port)))
        children.wait_ready("server", f"http://127.0.0.1:{port}/")
        children.check()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_child_that_ends_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("broken", python("raise SystemExit('no such thing')"))
        with pytest.raises(ChildError, match=r"broken ended with status 1(?s:.*)no such thing"):
            children.wait_ready("broken", f"http://127.0.0.1:{free_port()}/")


def test_a_child_that_does_not_answer_in_time_is_an_error(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("sleeper", python("import time; time.sleep(60)"))
        with pytest.raises(ChildError, match="does not answer"):
            children.wait_ready("sleeper", f"http://127.0.0.1:{free_port()}/", seconds=0.3)


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.demo.children.STOP_SECONDS", 0.3)
    with Children(tmp_path) as children:
        children.start("stubborn", python(STUBBORN))
        pid = pid_in(children.log("stubborn"))
    assert not is_running(pid)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs process groups")
def test_the_children_of_a_child_end_too(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("parent", python(PARENT))
        grandchild = pid_in(children.log("parent"))
        assert is_running(grandchild)
    end = time.monotonic() + 5
    while is_running(grandchild):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_nothing_can_be_started_after_the_end(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        pass
    with pytest.raises(ChildError, match="not started"):
        children.start("late", python(""))
