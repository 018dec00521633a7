"""OpenAI's own client suite through the gateway, both sides recorded and compared.

    python -m bench.suite --harness FOLDER [--select tests/api_resources/chat …]

The suite, its client and the mock of OpenAI's API are installed once into the user's cache folder, at the versions that belong together.
"""

import argparse
import os
import platform
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

from bench.served import served

CLIENT = "3.3.1"
MOCK = "@stdy/cli@0.22.1"
TOOLS = ["pytest", "pytest-asyncio", "pytest-xdist", "inline-snapshot", "rich", "aiohttp", "websockets<16", "starlette", "uvicorn", "httpx"]
RECORDER = "http://127.0.0.1:4011"
OURS = ["x-request-id", "x-evenhand-exchange-id", "x-evenhand-error-origin"]


def main(words: list[str] | None = None) -> int:
    """Run the suite; 0 only when nothing failed and both sides are identical."""
    parser = argparse.ArgumentParser("python -m bench.suite", description=__doc__)
    parser.add_argument("--harness", type=Path, required=True, help="the folder that holds tools/openai_suite and data/")
    parser.add_argument("--select", nargs="*", default=["tests/api_resources"], help="which of the suite's tests to run")
    arguments = parser.parse_args(words)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "evenhand" / f"openai-suite-{CLIENT}"
    python, suite, mock = install(cache)
    model = {"model_name": "*", "litellm_params": {"model": "openai/*", "api_base": RECORDER, "pass_through_auth": True}}
    with served({"model_list": [model]}) as gateway:
        tool = arguments.harness.resolve() / "tools" / "openai_suite" / "run_suite.py"
        spec = arguments.harness.resolve() / "data" / f"openai-spec-{CLIENT}.yml"
        command = [str(python), str(tool), "--suite", str(suite), "--spec", str(spec), "--steady", str(mock)]
        command += ["--base-url", f"{gateway}/v1", "--select", *arguments.select, "--compare"]
        command += ["--compare-args", "--allow-request-header", OURS[0], "--allow-response-header", *OURS]
        return subprocess.run(command, check=False).returncode


def install(cache: Path) -> tuple[Path, Path, Path]:
    """The interpreter with client and test tools, the unpacked suite, and the mock's program; installed when missing."""
    cache.mkdir(parents=True, exist_ok=True)
    python = cache / "venv" / "bin" / "python"
    suite = cache / f"openai-{CLIENT}"
    mock = cache / "node_modules" / "@stdy" / f"cli-{sys.platform}-{_machine()}" / "bin" / "steady"
    if not (cache / "ready").exists():
        venv.create(cache / "venv", with_pip=True)
        _run(python, "-m", "pip", "install", "-q", f"openai=={CLIENT}", *TOOLS)
        _run(python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", cache, f"openai=={CLIENT}")
        with tarfile.open(cache / f"openai-{CLIENT}.tar.gz") as archive:
            archive.extractall(cache, filter="data")
        _run("npm", "install", "--silent", "--ignore-scripts", "--prefix", cache, MOCK)
        (cache / "ready").touch()
    return python, suite, mock


def _machine() -> str:
    return {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)


if __name__ == "__main__":
    sys.exit(main())
