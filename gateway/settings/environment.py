"""``os.environ/NAME`` in the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.settings.lines import Path, line_of
from gateway.settings.mistakes import Mistake, dotted, model_at
from gateway.settings.providers import OPENAI, is_provider_setting

PREFIX = "os.environ/"
UNSET_BASE = "https://unset.invalid"
"""What stands for an ``api_base`` whose variable is not set."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The tree with its variables filled in, the places they were filled in at, their names, and those that are not set."""

    tree: Any
    places: list[Path] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    unset: list[Mistake] = field(default_factory=list)


def resolve(document: Any, environ: Mapping[str, str], marks: Mapping[Path, int]) -> Resolved:
    """Fill in every ``os.environ/NAME``; one that is not set only matters where we read the setting."""
    places: list[Path] = []
    names: set[str] = set()
    unset: list[Mistake] = []

    def filled(node: Any, where: Path) -> Any:
        if isinstance(node, dict):
            return {key: filled(value, (*where, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(value, (*where, index)) for index, value in enumerate(node)]
        if not isinstance(node, str) or not node.startswith(PREFIX):
            return node
        name = node.removeprefix(PREFIX)
        places.append(where)
        if where[0] != "environment_variables":
            names.add(name)
        if name in environ:
            return environ[name]
        if _is_read(where) or _is_handed_on(document, where):
            unset.append(Mistake(dotted(where), line_of(marks, where), f"the environment variable {name} is not set", f"export {name}=…"))
        return UNSET_BASE if where[-1] == "api_base" else "unset"

    return Resolved(filled(document, ()), places, names, unset)


def _is_handed_on(document: Any, where: Path) -> bool:
    """Whether it is a setting of a translated provider."""
    if len(where) < 4 or where[0] != "model_list" or where[2] != "litellm_params" or not is_provider_setting(str(where[3])):
        return False
    model = document["model_list"][where[1]]["litellm_params"].get("model")
    return isinstance(model, str) and "/" in model and not model.startswith(f"{OPENAI}/")


def _is_read(where: Path) -> bool:
    """False inside what LiteLLM's form allows and we do not have."""
    for depth, part in enumerate(where):
        model = model_at(where[:depth])
        if isinstance(part, str) and model is not None and model.model_config.get("extra") == "allow" and part not in model.model_fields:
            return False
    return where[0] not in ("litellm_settings", "environment_variables")
