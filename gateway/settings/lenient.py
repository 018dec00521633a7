"""Reading on after a mistake: faulty parts are replaced by harmless ones, so that the rest of the file is checked in the same go."""

import copy
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.settings.lines import Path
from gateway.settings.mistakes import place_of
from gateway.settings.models import Settings

_ROUNDS = 8  # a stand-in may need one itself, further up the tree; the tree is not deeper

_PARAMS = {"model": "openai/stand-in"}
_STAND_INS: dict[str, Callable[[str], Any]] = {
    "model_list": lambda name: [{"model_name": name, "litellm_params": _PARAMS}],
    "model_name": lambda name: name,
    "litellm_params": lambda _: dict(_PARAMS),
    "model": lambda _: _PARAMS["model"],
    "name": lambda name: name,
    "reference": lambda name: name,
    "groups": lambda name: [name],
}
_ELEMENTS: dict[str, Callable[[str], Any]] = {
    "model_list": lambda name: {"model_name": name, "litellm_params": _PARAMS},
    "routes": lambda name: {"name": name},
}


def read(tree: dict[str, Any]) -> tuple[Settings | None, list[ErrorDetails], set[Path]]:
    """The settings as far as they can be read (None when hopeless), what was wrong, and the places where something else stands in now."""
    errors: list[ErrorDetails] = []
    replaced: set[Path] = set()
    for round_number in range(_ROUNDS):
        try:
            return Settings.model_validate(tree), errors, replaced
        except ValidationError as error:
            found = error.errors(include_url=False)
        if round_number == 0:
            errors = found
            tree = copy.deepcopy(tree)
        for detail in found:
            replaced.add(_replace(tree, place_of(detail)))
    return None, errors, replaced


def _replace(tree: Any, where: Path) -> Path:
    """Put something harmless at a place, or take it out where there is a default; the place that was changed in the end."""
    if not where:
        return where
    parent = _at(tree, where[:-1])
    key = where[-1]
    name = f"stand-in.{'.'.join(map(str, where))}"[-64:].lstrip(".")
    if isinstance(parent, list) and len(where) > 1 and (make := _ELEMENTS.get(str(where[-2]))):
        parent[int(key)] = make(name)
    elif isinstance(parent, dict) and (make := _STAND_INS.get(str(key))) and parent.get(key) != (stand_in := make(name)):
        parent[key] = stand_in
    elif isinstance(parent, dict) and key in parent:
        del parent[key]
    else:
        return _replace(tree, where[:-1])
    return where


def _at(tree: Any, where: Path) -> Any:
    for part in where:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree
