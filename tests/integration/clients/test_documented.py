"""The page on clients names the versions that are tested."""

import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs" / "clients.md").read_text(encoding="utf-8")
NODE = {name: pin.rpartition("@")[2] for name, pin in json.loads((HERE / "package.json").read_text())["dependencies"].items()}
PYTHON = dict(line.split("==") for line in (HERE / "requirements.txt").read_text().split())


def short(version: str, parts: int) -> str:
    return ".".join(version.split(".")[:parts])


@pytest.mark.parametrize(
    "words",
    [
        f"openai-python {short(PYTHON['openai'], 2)} ",
        f"openai-node {short(NODE['openai'], 2)} and {short(NODE['openai-6'], 2)} ",
        f"langchain-openai {short(PYTHON['langchain-openai'], 2)} ",
        f"`ai` {short(NODE['ai'], 1)} with `@ai-sdk/openai` {short(NODE['@ai-sdk/openai'], 1)}, ",
        f"`ai` {short(NODE['ai-6'], 1)} with `@ai-sdk/openai` {short(NODE['@ai-sdk/openai-3'], 1)} ",
    ],
)
def test_a_client_is_listed_with_its_version(words: str) -> None:
    assert re.search(rf"^\|.*{re.escape(words)}", PAGE, re.MULTILINE)
