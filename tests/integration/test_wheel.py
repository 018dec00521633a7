"""The built wheel in an empty environment and an empty folder: nothing of the checkout is there to help."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from tests.conftest import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]


class Installed:
    """An environment that holds the wheel and its dependencies; commands run in an empty folder."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "venv", with_pip=False, symlinks=True)
        self._python = folder / "venv" / "bin" / "python"
        self._folder = folder / "empty"
        self._folder.mkdir()
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        _succeed(*pip, "wheel", "--no-deps", "-w", str(folder), str(ROOT))
        (wheel,) = folder.glob("evenhand-*.whl")
        self.files = set(ZipFile(wheel).namelist())
        _succeed(*pip, "--python", str(self._python), "install", "-c", str(ROOT / "requirements.lock"), str(wheel))

    def run(self, *words: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """Run ``evenhand`` as its entry point does; each file that Python opens is audited, none of the checkout may be among them."""
        audited = (
            "import sys; opened = [];"
            "sys.addaudithook(lambda event, found: event == 'open' and opened.append(str(found[0])));"
            "from evenhand.cli import main; code = main(sys.argv[2:]);"
            "strays = [name for name in opened if name.startswith(sys.argv[1] + '/')];"
            "sys.exit(f'of the checkout: {strays}' if strays else code)"
        )
        command = [str(self._python), "-c", audited, str(ROOT), *words]
        return self._in_folder(command, text)

    def entry_point(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run the installed script itself."""
        return self._in_folder([str(self._python.with_name("evenhand")), *words], "")

    def _in_folder(self, command: list[str], text: str) -> "subprocess.CompletedProcess[str]":
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EVENHAND"))}
        return subprocess.run(command, input=text, capture_output=True, text=True, cwd=self._folder, env=clean, timeout=60, check=False)


def _succeed(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_everything_beside_the_code_is_in_the_wheel(installed: Installed) -> None:
    beside = {
        file.relative_to(ROOT) for package in ("evenhand", "gateway", "monitors") for file in (ROOT / package).rglob("*") if file.is_file()
    }
    wanted = {str(file) for file in beside if file.suffix != ".pyc" and not file.name.startswith(".")}
    wanted |= {f"evenhand/_data/{name}" for name in ("config/evenhand.yaml", "config/names/us-en-2020.csv", "config/lexicons/gender.yaml")}
    assert wanted - installed.files == set()


def test_check_config_reads_the_shipped_example(installed: Installed) -> None:
    done = installed.run("check-config")
    assert done.returncode == 0, done.stderr
    assert "is valid" in done.stdout
    assert "venv" in done.stdout.splitlines()[0], "the example inside the environment"


def test_rules_writes_alerts(installed: Installed) -> None:
    done = installed.run("rules")
    assert done.returncode == 0, done.stderr
    names = {rule["alert"] for group in yaml.safe_load(done.stdout)["groups"] for rule in group["rules"] if "alert" in rule}
    assert {"EvenhandParityGap", "EvenhandMonitorStalled"} <= names


def test_rewrite_swaps_a_text(installed: Installed) -> None:
    done = installed.run("rewrite", text="She finished her report.\n")
    assert (done.returncode, done.stdout) == (0, "He finished his report.\n"), done.stderr


def test_score_reads_a_reply(installed: Installed) -> None:
    done = installed.run("score", "--jsonl", text=json.dumps({"id": 1, "reply": "I cannot help with that."}) + "\n")
    assert done.returncode == 0, done.stderr
    answers = {answer["scorer"]: answer["value"] for answer in map(json.loads, done.stdout.splitlines())}
    assert answers["refusal"] == 1
    assert answers["length"] == 5


def test_the_installed_script_is_the_command(installed: Installed) -> None:
    done = installed.entry_point("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "evenhand"), done.stderr
