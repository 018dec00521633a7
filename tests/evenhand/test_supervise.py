import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.child import Child
from evenhand.cli import main
from evenhand.family import Family
from evenhand.ports import BindError, bind
from evenhand.supervise import Parent

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_every_address_in_use_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = (first.getsockname()[1], second.getsockname()[1])
        with pytest.raises(BindError) as caught:
            bind("127.0.0.1", *ports, None)

    assert len(caught.value.faults) == 2
    assert f":{ports[0]}" in caught.value.faults[0]
    assert "--port" in caught.value.faults[0]
    assert "--console-port" in caught.value.faults[1]


@pytest.mark.parametrize(
    ("host", "port", "mend"),
    [
        ("192.0.2.1", 0, "give an address of this machine as --host"),  # a documentation address, so nobody's
        ("nobody.invalid", 0, "give an address of this machine as --host"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_told_with_what_to_change(host: str, port: int, mend: str) -> None:
    with pytest.raises(BindError) as caught:
        bind(host, port, None, None)
    assert caught.value.faults[0].startswith(f"{host}:{port} cannot be listened on")
    assert caught.value.faults[0].endswith(f"→ {mend}")


def test_a_number_that_is_no_port_is_told() -> None:
    with pytest.raises(BindError) as caught:
        bind("127.0.0.1", 70_000, None, None)
    assert caught.value.faults == ["--port 70000 is no port → 0 to 65535"]


def test_more_workers_than_a_machine_can_bear_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "evenhand.yaml"
    config.write_text("model_list: [{model_name: m, litellm_params: {model: openai/m}}]")
    words = ["serve", "--config", str(config), "--port", "0", "--workers", "20000", "--drain-seconds", "-1"]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert f"--workers 20000 → 1 to {16 * (os.cpu_count() or 1)} on this machine" in told
    assert "--drain-seconds -1 → 0 or more" in told


def test_a_child_that_dies_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    family = Family([Child("a", SLEEPER, []), Child("b", SLEEPER, [])], tmp_path / "status.json", dict(os.environ), "digest")
    parent = Parent(family)
    thread = threading.Thread(target=parent.keep)  # its signal handlers can only be set in the main thread
    thread.start()

    def told() -> dict[str, dict[str, object]]:
        try:
            rows = json.loads((tmp_path / "status.json").read_text())["children"]
        except (OSError, ValueError):
            return {}
        return {row["name"]: row for row in rows}

    try:
        until(lambda: told().get("b", {}).get("pid") is not None)
        before = told()
        os.kill(int(str(before["a"]["pid"])), signal.SIGKILL)
        until(lambda: told()["a"]["restarts"] == 1 and told()["a"]["state"] == "running")
        after = told()
        assert after["a"]["pid"] != before["a"]["pid"]
        assert after["a"]["last_exit"] == -signal.SIGKILL
        assert after["b"] == before["b"]
    finally:
        parent.stopping = True
        thread.join(20)
        family.stop(5)
    assert all(child.process is not None and child.process.returncode is not None for child in family.children)


def test_a_child_that_keeps_dying_is_started_later_each_time() -> None:
    child = Child("a", [sys.executable, "-c", "raise SystemExit(3)"], [])
    pauses = []
    for _ in range(3):
        child.start(dict(os.environ))
        assert child.process is not None
        child.process.wait()
        assert child.check()
        pauses.append(child.pause)

    assert pauses == sorted(set(pauses))
    assert child.last_exit == 3


def test_a_child_that_cannot_be_started_ends_nobody_and_is_tried_again_later(tmp_path: Path) -> None:
    late = tmp_path / "late"
    family = Family([Child("a", [str(late)], []), Child("b", SLEEPER, [])], tmp_path / "status.json", dict(os.environ), "digest")
    family.start()
    try:
        one, other = family.children
        assert (one.state, one.restarts, other.state) == ("waiting", 1, "running")
        late.write_text("#!/bin/sh\nexec sleep 60\n")
        late.chmod(0o700)

        def tried() -> bool:
            family.look_after()
            return one.state == "running"

        until(tried)
    finally:
        family.stop(5)


def test_a_fault_of_the_parent_ends_the_children_too(tmp_path: Path) -> None:
    family = Family([Child("a", SLEEPER, [])], tmp_path / "status.json", dict(os.environ), "digest")

    class Faulty(Parent):
        def keep(self) -> None:
            self._family.start()
            raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        Faulty(family).run(5)
    (child,) = family.children
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


def test_ctrl_c_ends_parent_and_children() -> None:
    script = (
        "import sys, os; from pathlib import Path;"
        "from evenhand.child import Child; from evenhand.family import Family; from evenhand.supervise import Parent;"
        "f = Family([Child('a', [sys.executable, '-c', 'import time; time.sleep(60)'], [])], Path(sys.argv[1]), dict(os.environ), '');"
        "Parent(f).run(5); print(f.children[0].process.returncode)"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        status = Path(folder) / "status.json"
        parent = subprocess.Popen([sys.executable, "-c", script, str(status)], stdout=subprocess.PIPE, text=True)
        until(status.exists)
        parent.send_signal(signal.SIGINT)
        output, _ = parent.communicate(timeout=20)
    assert output.strip() == str(-signal.SIGTERM)
    assert parent.returncode == 0


def test_a_second_ctrl_c_ends_at_once_what_the_first_one_waits_for(tmp_path: Path) -> None:
    stubborn = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: open(sys.argv[1], 'w')); time.sleep(120); time.sleep(120)"
    )
    script = (
        "import sys, os; from pathlib import Path;"
        "from evenhand.child import Child; from evenhand.family import Family; from evenhand.supervise import Parent;"
        "f = Family([Child('a', [sys.executable, '-c', sys.argv[3], sys.argv[2]], [])], Path(sys.argv[1]), dict(os.environ), '');"
        "Parent(f).run(100); print(f.children[0].process.returncode)"
    )
    status, asked = tmp_path / "status.json", tmp_path / "asked"
    parent = subprocess.Popen([sys.executable, "-c", script, str(status), str(asked), stubborn], stdout=subprocess.PIPE, text=True)
    until(status.exists)
    until(lambda: _ask_until(parent, asked))
    parent.send_signal(signal.SIGINT)
    output, _ = parent.communicate(timeout=20)
    assert output.strip() == str(-signal.SIGKILL)
    assert parent.returncode == 0


def _ask_until(parent: "subprocess.Popen[str]", asked: Path) -> bool:
    """Whether the child has been asked to end; the parent is asked by SIGTERM, of which a second one is no hurry."""
    parent.send_signal(signal.SIGTERM)
    return asked.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_cannot_be_written_does_not_end_the_parent(tmp_path: Path) -> None:
    script = (
        "import sys, os; from pathlib import Path;"
        "from evenhand.child import Child; from evenhand.family import Family; from evenhand.supervise import Parent;"
        "Parent(Family([Child('a', [sys.executable, '-c', ''], [])], Path(sys.argv[1]), dict(os.environ), '')).run(5)"
    )
    status = tmp_path / "status.json"
    with Path("/dev/full").open("wb") as full:
        parent = subprocess.Popen([sys.executable, "-c", script, str(status)], stderr=full)
    try:
        until(lambda: status.exists() and json.loads(status.read_text())["children"][0]["restarts"] >= 2)
        assert parent.poll() is None
    finally:
        parent.terminate()
        assert parent.wait(20) == 0


def test_a_gateway_alone_starts_without_the_monitors_modules(tmp_path: Path) -> None:
    model = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": "http://127.0.0.1:1/v1"}}
    (tmp_path / "evenhand.yaml").write_text(json.dumps({"model_list": [model]}))
    program = (
        "import sys, evenhand.serve; from pathlib import Path\n"
        "from evenhand.configuration import read; from evenhand.scoring import Scoring\n"
        "Scoring(Path(sys.argv[1])).change(read(Path(sys.argv[1]) / 'evenhand.yaml', unset_is_mistake=True).settings)\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'monitors'])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
