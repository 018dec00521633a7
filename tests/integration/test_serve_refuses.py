"""What `evenhand serve` refuses, on the real command line: everything wrong at once, where it is, how to mend it, exit code 2."""

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.demo.children import Children, free_port
from tests.integration.conftest import Served, evenhand, run, settings, until
from tests.integration.disks import Disk

pytestmark = pytest.mark.integration

WRONG = """\
model_list:
  - model_name: fair
    litellm_params: {model: openai/fair, api_base: "http://127.0.0.1:1/v1", api_key: os.environ/EVENHAND_TEST_UNSET}
  - model_name: other
    litellm_params:
      model: nobody/claude
gatway: {}
monitor:
  sampel_rate: 0.5
  alpha: small
  routes:
    - name: hiring
      axes:
        gender: {reference: male, groups: [femal]}
        hair: {reference: dark, groups: [red]}
      outcomes:
        decision: {kind: words, favourable: []}
        lenght: {}
        refusal: {strict: true}
    - name: hiring
"""
TOLD = [  # line, where, what, how to mend it
    (3, "model_list[0].litellm_params.api_key", "EVENHAND_TEST_UNSET is not set", "export EVENHAND_TEST_UNSET"),
    (6, "model_list[1].litellm_params.model", "the provider of nobody/claude is nobody", "write openai/nobody/claude"),
    (7, "gatway", "is not a known setting", "did you mean gateway?"),
    (9, "monitor.sampel_rate", "is not a known setting", "did you mean sample_rate?"),
    (10, "monitor.alpha", "should be a valid number", "write a number; the default is 0.01"),
    (14, "monitor.routes[0].axes.gender.groups[0]", "knows no group femal on axis gender", "did you mean female?"),
    (15, "monitor.routes[0].axes.hair", "the rewriter has no axis hair", "one of: "),
    (17, "monitor.routes[0].outcomes.decision.favourable", "cannot be used", "give a list of at least one word"),
    (17, "monitor.routes[0].outcomes.decision.unfavourable", "is missing", "give a list of at least one word"),
    (18, "monitor.routes[0].outcomes.lenght", "no such outcome", "did you mean length?"),
    (19, "monitor.routes[0].outcomes.refusal.strict", "refusal has no fields but tolerance", "remove it"),
    (20, "monitor.routes[1].name", "two routes are called hiring", "give each its own name"),
]


@dataclass(frozen=True)
class Refusal:
    """What `serve` and `check-config` said of the wrong file, on a port in use and with no worker."""

    port: int
    serve: "subprocess.CompletedProcess[str]"
    check: "subprocess.CompletedProcess[str]"
    left: list[str]


def serve(config: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    ports = [word for name in ("--port", "--console-port") if name not in options for word in (name, str(free_port()))]
    return run("serve", "--config", str(config), *ports, *options)


def left_running(folder: Path) -> list[str]:
    """Processes that have the folder on their command line."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        if str(folder) in line and int(process.name) != os.getpid():
            lines.append(line)
    return lines


@pytest.fixture(scope="module")
def refusal(tmp_path_factory: pytest.TempPathFactory) -> Refusal:
    folder = tmp_path_factory.mktemp("wrong")
    config = folder / "evenhand.yaml"
    config.write_text(WRONG + f"data_dir: {folder / 'data'}\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = serve(config, "--port", str(port), "--workers", "0", "--host", "127.0.0.1")
    checked = run("check-config", "--config", str(config))
    assert not (folder / "data").exists(), "a refused start leaves nothing behind"
    return Refusal(port, served, checked, left_running(folder))


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """A configuration without a mistake; nobody listens where its model is."""
    return settings({"fair": "http://127.0.0.1:1/v1"}, tmp_path / "data")


@pytest.fixture
def config(tmp_path: Path, document: dict[str, Any]) -> Path:
    (tmp_path / "evenhand.yaml").write_text(yaml.safe_dump(document))
    return tmp_path / "evenhand.yaml"


@pytest.mark.parametrize(("line", "where", "what", "mend"), TOLD, ids=[row[1] for row in TOLD])
def test_each_mistake_is_told_with_its_line_and_how_to_mend_it(refusal: Refusal, line: int, where: str, what: str, mend: str) -> None:
    by_command = {"serve": refusal.serve, "check-config": refusal.check}
    if "UNSET" in what:
        del by_command["check-config"]  # there it is a warning
    for command, done in by_command.items():
        (told,) = [row for row in done.stderr.splitlines() if row.startswith(f"  line {line}, {where}: ")]
        assert what in told.partition(" → ")[0], command
        assert mend in told.partition(" → ")[2], command


def test_all_of_them_come_in_one_go_with_what_is_wrong_on_the_command_line(refusal: Refusal) -> None:
    assert (refusal.serve.returncode, refusal.check.returncode) == (2, 2)
    assert f"{len(TOLD)} mistakes" in refusal.serve.stderr
    assert f"{len(TOLD) - 1} mistakes" in refusal.check.stderr
    assert f"127.0.0.1:{refusal.port} cannot be listened on" in refusal.serve.stderr
    assert "--workers 0 → 1 to " in refusal.serve.stderr
    assert not any("Traceback" in done.stderr or done.stdout for done in (refusal.serve, refusal.check))
    assert refusal.left == []


def test_a_missing_file_is_named_and_the_example_offered(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve(tmp_path / "nowhere.yaml", "--port", str(port))
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr
    assert "No such file" in done.stderr
    assert "evenhand check-config --print-example" in done.stderr
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr, "and the port in use in the same go"


def test_an_open_host_needs_a_key_and_a_port_in_use_names_its_option(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve(config, "--host", "0.0.0.0", "--console-port", str(port))
    assert done.returncode == 2
    assert "--host 0.0.0.0 is open to others and general_settings.master_key is not set → set it" in done.stderr
    (told,) = [row for row in done.stderr.splitlines() if f":{port} " in row]
    assert "in use" in told
    assert told.endswith("another --console-port")
    assert left_running(config.parent) == []


def test_an_unset_variable_alone_stops_serve_and_is_a_warning_elsewhere(config: Path, document: dict[str, Any]) -> None:
    document["model_list"][0]["litellm_params"]["api_key"] = "os.environ/EVENHAND_TEST_UNSET"
    config.write_text(yaml.safe_dump(document))
    served, checked = serve(config), run("check-config", "--config", str(config))
    assert (served.returncode, checked.returncode) == (2, 0)
    for done in (served, checked):
        assert "model_list[0].litellm_params.api_key: the environment variable EVENHAND_TEST_UNSET is not set" in done.stderr


def test_a_folder_in_use_is_refused_naming_the_process(children: Children, tmp_path: Path, document: dict[str, Any]) -> None:
    served = Served(children, tmp_path, document)
    holder = int((served.data_dir / "lock").read_text())
    done = serve(served.config, "--port", served.gateway.rpartition(":")[2])
    assert done.returncode == 2
    assert f"is in use by process {holder} → stop it" in done.stderr
    assert "cannot be listened on" in done.stderr, "and the port in use in the same go"
    os.kill(holder, 0)
    until(lambda: served.health()["status"] == "ok")  # the first one is not disturbed


@pytest.mark.parametrize("kilobytes", [4, 8, 16])
def test_a_disk_that_has_no_room_to_start_on_is_told_and_no_fault_of_the_program(
    tmp_path: Path, document: dict[str, Any], kilobytes: int
) -> None:
    disk = Disk(tmp_path / "data", kilobytes / 1024)
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(document | {"data_dir": str(tmp_path / "data")}))
    words = evenhand("serve", "--config", str(file), "--port", str(free_port()), "--console-port", str(free_port()))
    done = subprocess.run([*disk.within, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert "No space left on device → free some space, or give another folder" in done.stderr
    assert "crashed" not in done.stderr
