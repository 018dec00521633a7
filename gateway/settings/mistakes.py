"""What is wrong in a configuration, where it stands, and how to mend it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from gateway.settings.lines import Path, line_of
from gateway.settings.models import Settings

EXAMPLE = "the annotated example (evenhand check-config --print-example)"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong: where in the file (key path and line, line 0 for the file itself), what, and how to mend it."""

    where: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.where}" if self.line else self.where
        return f"{place}: {self.what}" + (f" → {self.mend}" if self.mend else "")


class ConfigError(Exception):
    """The configuration cannot be used; ``mistakes`` lists everything found, ``readable`` holds what could be read in spite of them."""

    def __init__(self, source: str, mistakes: list[Mistake], readable: Settings | None = None) -> None:
        self.source, self.mistakes, self.readable = source, mistakes, readable
        super().__init__(f"{source}: " + "; ".join(map(str, mistakes)))


def dotted(where: Path) -> str:
    """A place as people write it: ``monitor.routes[0].name``."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "file"


def place_of(detail: ErrorDetails) -> Path:
    """Where pydantic found an error, without the names of validators that it puts between keys."""
    return tuple(part for part in detail["loc"] if part != "[key]" and not (isinstance(part, str) and part.startswith("function-")))


def mistake_of(detail: ErrorDetails, marks: Mapping[Path, int], hidden: Iterable[Path]) -> Mistake:
    """One of pydantic's errors in our words; values at ``hidden`` places (they came from the environment) and of keys are not shown."""
    where = place_of(detail)
    line = line_of(marks, where)
    if detail["type"] == "extra_forbidden":
        return Mistake(dotted(where), line, "is not a known setting", _nearest(str(where[-1]), fields_at(where[:-1])))
    if detail["type"] == "missing":
        return Mistake(dotted(where), line, "is missing", f"add it, see {EXAMPLE}")
    given = detail["input"]
    secret = where in set(hidden) or str(where[-1] if where else "").endswith(("key", "hash"))
    secret = secret or (isinstance(given, str) and "@" in given)  # a password may stand in an address
    shown = "" if secret or isinstance(given, dict | list) else f" (it is {given!r})"
    what = detail["msg"].removeprefix("Value error, ")
    return Mistake(dotted(where), line, what[:1].lower() + what[1:] + shown, _mend(detail["type"], where))


def fields_at(where: Path) -> list[str]:
    """The setting names that are known at a place in the tree."""
    model = model_at(where)
    return sorted(model.model_fields) if model else []


def model_at(where: Path) -> type[BaseModel] | None:
    """The model that reads the section at a place."""
    model: type[BaseModel] | None = Settings
    for part in where:
        if isinstance(part, str) and model is not None and part in model.model_fields:
            model = _inner_model(model.model_fields[part].annotation)
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``list[Model]``, ``dict[str, Model]`` or ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _inner_model(argument)) is not None:
            return found
    return None


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


_FORMS = {
    "int": "write a whole number",
    "float": "write a number",
    "bool": "write true or false",
    "string": "write a text, in quotes if it looks like something else",
    "list": "write a list: [one, two]",
    "dict": "write keys and their values, one a line and indented",
    "model": "write keys and their values, one a line and indented",
    "path": "write a path",
}


def _mend(kind: str, where: Path) -> str:
    """How to mend a value of the wrong kind: its form, and the default where there is one."""
    if kind in ("string_pattern_mismatch", "string_too_long") and where and where[-1] != "listen":
        return "use letters, digits and _ . : × - only, beginning with a letter or digit, at most 64"
    if kind == "too_short":
        return "add at least one"
    form = _FORMS.get(kind.partition("_")[0], "") if kind.endswith(("_type", "_parsing", "_from_float")) else ""
    default = _default_at(where)
    likes = f"the default is {default}" if default is not None else ""
    return "; ".join(part for part in (form, likes) if part) or f"see {EXAMPLE}"


def _default_at(where: Path) -> str | None:
    model = model_at(where[:-1]) if where else None
    field = model.model_fields.get(str(where[-1])) if model else None
    if field is None or field.is_required():
        return None
    value = field.get_default(call_default_factory=True, validated_data={})
    return str(value) if isinstance(value, int | float | str) else None
