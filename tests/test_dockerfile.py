"""No container runs where these tests do, so the Dockerfile is held to what can be read."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()


def instructions(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(name + " ")]


def test_everything_that_is_copied_exists_and_is_not_ignored() -> None:
    ignored = {line.strip().rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    for words in (line.split() for line in instructions("COPY") if not line.startswith("--from")):
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert source not in ignored


def test_everything_that_the_wheel_holds_is_copied() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}

    assert {*wheel["packages"], *wheel["force-include"], "pyproject.toml", "README.md", "LICENSE"} <= copied


def test_it_runs_as_nobody_in_particular_and_writes_to_its_volume_only() -> None:
    (user,) = instructions("USER")
    (volume,) = instructions("VOLUME")
    (workdir,) = instructions("WORKDIR")[1:]

    assert int(user) >= 1000
    assert volume == f'["{workdir}"]'
    assert "PYTHONDONTWRITEBYTECODE=1" in " ".join(instructions("ENV"))


def test_the_last_stage_has_the_environment_and_no_build_tools() -> None:
    last = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM ")) :]

    assert sum(line.startswith("COPY ") for line in last) == 1
    assert not any("pip install" in line for line in last)


def test_what_it_starts_is_a_command_that_exists() -> None:
    from evenhand.cli import COMMANDS

    (command,) = instructions("CMD")[-1:]
    assert command.split('"')[1] in COMMANDS
