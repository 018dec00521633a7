"""Reading the configuration file: every mistake at once, each with its line and how to mend it."""

import copy
import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.settings.checks import consistency
from gateway.settings.lines import Path as KeyPath
from gateway.settings.lines import line_of, parse
from gateway.settings.models import Settings

_ENV = "os.environ/"


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
    """The configuration cannot be used; ``mistakes`` lists everything found."""

    def __init__(self, source: str, mistakes: list[Mistake]) -> None:
        self.source, self.mistakes = source, mistakes
        super().__init__(f"{source}: " + "; ".join(map(str, mistakes)))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Usable settings, what was ignored or doubtful, the unset variables, and a hash of the text that was read."""

    settings: Settings
    warnings: tuple[str, ...]
    unset: tuple[Mistake, ...]
    digest: str


def load(path: Path, environ: Mapping[str, str], *, unset_is_mistake: bool = True) -> Loaded:
    """Read the file at ``path``; raises ``ConfigError``. ``environ`` resolves ``os.environ/NAME``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mend = "give --config FILE, or copy the annotated example config/evenhand.yaml"
        raise ConfigError(str(path), [Mistake("file", 0, f"cannot be read: {error}", mend)]) from error
    return load_text(text, environ, source=str(path), unset_is_mistake=unset_is_mistake)


def load_text(text: str, environ: Mapping[str, str], *, source: str = "configuration", unset_is_mistake: bool = True) -> Loaded:
    """Like ``load`` for a text at hand."""
    try:
        document, marks = parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"is not YAML: {getattr(error, 'problem', None) or error}"
        raise ConfigError(
            source, [Mistake("file", mark.line + 1 if mark else 0, what, "check indentation, colons and quotes there")]
        ) from error
    if not isinstance(document, dict):
        raise ConfigError(source, [Mistake("file", 1, "is not a mapping", "start with model_list:, see config/evenhand.yaml")])
    unset: list[Mistake] = []
    resolved = _resolve(document, environ, (), marks, unset)
    mistakes = list(unset) if unset_is_mistake else []
    settings, found = _validate(resolved, marks)
    mistakes += [mistake for mistake in found if mistake.where not in {variable.where for variable in unset}]
    if settings is not None:
        mistakes += [Mistake(_dotted(where), line_of(marks, where), what, mend) for where, what, mend in consistency(settings)]
    if settings is None or mistakes:
        raise ConfigError(source, sorted(mistakes, key=lambda m: m.line))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Loaded(settings, tuple(_ignored(settings, marks)), tuple(unset), digest)


def _validate(tree: Any, marks: Mapping[KeyPath, int]) -> tuple[Settings | None, list[Mistake]]:
    """The settings as far as they can be read, and what was wrong: the faulty parts are left out so that the rest is checked as well."""
    try:
        return Settings.model_validate(tree), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    mistakes = [_mistake(detail, marks) for detail in details]
    pruned = copy.deepcopy(tree)
    for detail in details:
        _remove(pruned, _plain(detail["loc"]))
    try:
        return Settings.model_validate(pruned), mistakes
    except ValidationError:
        return None, mistakes


def _remove(tree: Any, loc: KeyPath) -> None:
    """Take the value at ``loc`` out of a mapping (in a list it stays: its neighbours' places are named by index)."""
    for part in loc[:-1]:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return
    if loc and isinstance(tree, dict):
        tree.pop(loc[-1], None)


def _plain(loc: tuple[int | str, ...]) -> KeyPath:
    """A place without the validator names that pydantic puts between keys."""
    return tuple(part for part in loc if not (isinstance(part, str) and part.startswith("function-")) and part != "[key]")


def _resolve(node: Any, environ: Mapping[str, str], where: KeyPath, marks: Mapping[KeyPath, int], unset: list[Mistake]) -> Any:
    """The tree with every ``os.environ/NAME`` replaced by that variable's value."""
    if isinstance(node, dict):
        return {key: _resolve(value, environ, (*where, key), marks, unset) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve(value, environ, (*where, index), marks, unset) for index, value in enumerate(node)]
    if isinstance(node, str) and node.startswith(_ENV):
        name = node.removeprefix(_ENV)
        if name not in environ:
            unset.append(Mistake(_dotted(where), line_of(marks, where), f"the environment variable {name} is not set", f"export {name}=…"))
            return "https://unset.invalid" if where[-1] == "api_base" else "unset"
        return environ[name]
    return node


def _mistake(detail: ErrorDetails, marks: Mapping[KeyPath, int]) -> Mistake:
    loc = _plain(detail["loc"])
    line = line_of(marks, loc)
    if detail["type"] == "extra_forbidden":
        known = sorted(_fields_at(loc[:-1]))
        near = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        return Mistake(_dotted(loc), line, "is not a known setting", mend)
    if detail["type"] == "missing":
        return Mistake(_dotted(loc), line, "is missing", "add it, see config/evenhand.yaml")
    given = detail["input"]
    shown = "" if isinstance(given, dict | list) or _is_secret(loc) else f" (it is {given!r})"
    message = detail["msg"].removeprefix("Value error, ")
    return Mistake(_dotted(loc), line, message[:1].lower() + message[1:] + shown, "")


def _is_secret(loc: tuple[int | str, ...]) -> bool:
    return bool(loc) and str(loc[-1]).endswith("key")


def _fields_at(loc: tuple[int | str, ...]) -> Iterator[str]:
    """The setting names that are known at a place in the tree."""
    model: Any = Settings
    for part in loc:
        if isinstance(part, str) and isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
            model = _inner_model(model.model_fields[part].annotation)
    if isinstance(model, type) and issubclass(model, BaseModel):
        yield from model.model_fields


def _inner_model(annotation: Any) -> Any:
    """The model inside ``list[Model]``, ``dict[str, Model]`` or ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _inner_model(argument)) is not None:
            return found
    return None


def _ignored(settings: Settings, marks: Mapping[KeyPath, int]) -> Iterator[str]:
    """What LiteLLM's form allows and we do not have, in one warning each section."""
    sections: list[tuple[KeyPath, BaseModel]] = [
        (("router_settings",), settings.router_settings),
        (("general_settings",), settings.general_settings),
    ]
    for index, entry in enumerate(settings.model_list):
        sections += [(("model_list", index), entry), (("model_list", index, "litellm_params"), entry.litellm_params)]
    for where, section in sections:
        if extra := sorted(section.model_extra or {}):
            yield f"line {line_of(marks, where)}, {_dotted(where)}: ignored, Evenhand has no {', '.join(extra)}"
    for name in ("litellm_settings", "environment_variables"):
        if keys := sorted(getattr(settings, name)):
            yield f"line {line_of(marks, (name,))}, {name}: ignored ({', '.join(keys)})"


def _dotted(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "file"
