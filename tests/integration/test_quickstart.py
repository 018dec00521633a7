"""What docs/quickstart.md tells a newcomer to type works as it stands there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.demo.children import Children
from gateway.settings import load_text
from tests.integration.conftest import Served, settings

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "quickstart.md").read_text()


def block(language: str) -> str:
    """The first fenced block of a language that asks the gateway something (or is the configuration)."""
    fences = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
    return next(code for name, code in fences if name == language and (name == "yaml" or "127.0.0.1:4000" in code))


def test_the_configuration_is_valid_and_replays_with_its_key() -> None:
    loaded = load_text(block("yaml"), {"OPENAI_API_KEY": "sk-x"})

    assert loaded.warnings == ()
    assert loaded.settings.monitor is not None
    assert [route.name for route in loaded.settings.routes] == ["everything"]


@pytest.fixture
def served(tmp_path: Path, children: Children, model: Callable[..., str]) -> Served:
    config = settings({"gpt-4o-mini": model("fair", 1)}, tmp_path / "data")
    config["model_list"][0]["litellm_params"]["model"] = "openai/fair"
    return Served(children, tmp_path, config)


@pytest.mark.integration
def test_python_as_it_stands_there(served: Served) -> None:
    code = block("python").replace("http://127.0.0.1:4000", served.gateway)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.integration
def test_curl_as_it_stands_there(served: Served) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    code = block("bash").replace("http://127.0.0.1:4000", served.gateway)
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
    assert '"choices"' in done.stdout
