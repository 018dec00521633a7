"""YAML with the line of every key, so that a mistake can say where it is."""

from collections.abc import Mapping
from typing import Any

import yaml

Path = tuple[int | str, ...]


class DuplicateKeyError(yaml.MarkedYAMLError):
    """A key stands twice in one mapping; YAML would silently keep the last."""


def parse(text: str) -> tuple[Any, dict[Path, int]]:
    """The document and, for each path of keys and indices, its line (from 1). Raises ``yaml.YAMLError``."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    marks: dict[Path, int] = {}
    if root is not None:
        _walk(root, (), marks)
    return yaml.safe_load(text), marks


def line_of(marks: Mapping[Path, int], where: Path) -> int:
    """The line of the nearest ancestor of ``where`` that stands in the file; 0 when none does."""
    for length in range(len(where), 0, -1):
        if where[:length] in marks:
            return marks[where[:length]]
    return 0


def _walk(node: yaml.Node, where: Path, marks: dict[Path, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise DuplicateKeyError(problem=f"the key {name} stands twice in one mapping", problem_mark=key.start_mark)
            seen.add(name)
            marks[*where, name] = key.start_mark.line + 1
            _walk(value, (*where, name), marks)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            marks[*where, index] = value.start_mark.line + 1
            _walk(value, (*where, index), marks)
