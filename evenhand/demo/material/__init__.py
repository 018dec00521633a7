"""The words that the demo's models and prompts are made of, as data beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def load(name: str) -> Any:
    """Return the content of `name`.yaml."""
    with (Path(__file__).parent / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)
