"""Reading the configuration file: every mistake at once, each with its line and how to mend it."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from gateway.settings.checks import Finding, consistency, doubts
from gateway.settings.environment import resolve
from gateway.settings.lenient import read
from gateway.settings.lines import DuplicateKeyError, line_of, parse
from gateway.settings.lines import Path as KeyPath
from gateway.settings.litellm import ROUTERS, completed, strangers, unlike, variables
from gateway.settings.mistakes import EXAMPLE, ConfigError, Mistake, dotted, mistake_of
from gateway.settings.models import Settings
from gateway.settings.upstreams import LiteLLMParams

_OWN_SECTIONS = (
    "gateway",
    "metrics",
    "prices",
    "monitor",
    "general_settings",
    "router_settings",
    "litellm_settings",
    "environment_variables",
)
_LITELLM_SECTIONS = frozenset(
    {
        *("agent_list", "agents", "assistant_settings", "callback_settings", "classifier_plugin", "default_vertex_config"),
        *("files_settings", "finetune_settings", "guardrails", "include", "litellm_credentials", "mcp_servers", "mcp_tools"),
        *("pass_through_endpoints", "plugins", "policies", "policy_attachments", "prompts", "sandbox_tools", "search_tools"),
        *("vector_store_registry", "worker_registry"),
    }
)
Check = Callable[[Settings, Collection[KeyPath]], Iterable[Finding]]
"""More to look for: gets the settings and the places where something harmless stands in for what could not be read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Usable settings, what was ignored or doubtful, the unset variables, and the text that was read with its hash."""

    settings: Settings
    warnings: tuple[str, ...]
    unset: tuple[Mistake, ...]
    digest: str
    text: str = field(repr=False)


def load(path: Path, environ: Mapping[str, str], *, unset_is_mistake: bool = True, also: Check | None = None) -> Loaded:
    """Read the file at ``path``; raises ``ConfigError``. ``environ`` resolves ``os.environ/NAME``.

    ``also`` is a check by those who know what this package cannot, such as which outcomes can be scored.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mend = f"give --config FILE, or start from {EXAMPLE}"
        raise ConfigError(str(path), [Mistake("file", 0, f"cannot be read: {error}", mend)]) from error
    return load_text(text, environ, source=str(path), unset_is_mistake=unset_is_mistake, also=also)


def load_text(
    text: str,
    environ: Mapping[str, str],
    *,
    source: str = "configuration",
    unset_is_mistake: bool = True,
    also: Check | None = None,
) -> Loaded:
    """Like ``load`` for a text at hand."""
    document, marks = _parsed(text, source)
    environ = variables(document, environ)
    document = completed(document, environ)
    foreign = [name for name in document if name in _LITELLM_SECTIONS]
    own = {name: value for name, value in document.items() if name not in foreign and name != "credential_list"}
    for name in _OWN_SECTIONS:  # a section whose lines are all comments
        if name in own and own[name] is None:
            own[name] = {}
    resolved = resolve(own, environ, marks)
    settings, errors, replaced = read(resolved.tree)
    unset_places = {variable.where for variable in resolved.unset}
    mistakes = list(resolved.unset) if unset_is_mistake else []
    mistakes += [m for m in (mistake_of(error, marks, resolved.places) for error in errors) if m.where not in unset_places]
    if settings is not None:
        found = [*consistency(settings, replaced), *strangers(document), *(also(settings, replaced) if also else ())]
        mistakes += [Mistake(dotted(where), line_of(marks, where), what, mend) for where, what, mend in found]
    if settings is None or mistakes:
        raise ConfigError(source, sorted(mistakes, key=lambda mistake: mistake.line), settings)
    warnings = [(where, f"ignored, Evenhand has no {what}") for where, what in _ignored(settings, foreign, resolved.names)]
    warnings += [(where, f"{what} → {mend}") for where, what, mend in (*doubts(settings), *unlike(document, environ))]
    told = sorted((line_of(marks, where), f"{dotted(where)}: {what}") for where, what in warnings)
    shown = tuple(f"line {line}, {what}" if line else what for line, what in told)
    return Loaded(settings, shown, tuple(resolved.unset), digest_of(text), text)


def digest_of(text: str) -> str:
    """What a configuration is known by in /healthz and in metrics."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parsed(text: str, source: str) -> tuple[dict[Any, Any], dict[KeyPath, int]]:
    mend = "check indentation, colons and quotes there"
    try:
        document, marks = parse(text)
    except DuplicateKeyError as error:
        raise ConfigError(source, [Mistake("file", _line(error), str(error.problem), "keep one of them")]) from error
    except yaml.YAMLError as error:
        what = f"is not YAML: {getattr(error, 'problem', None) or error}"
        raise ConfigError(source, [Mistake("file", _line(error), what, mend)]) from error
    except RecursionError as error:
        raise ConfigError(source, [Mistake("file", 0, "a part of it contains itself", "write it out instead of naming it by *")]) from error
    except ValueError as error:  # 2024-02-30 and the like
        raise ConfigError(
            source, [Mistake("file", 0, f"has an impossible value: {error}", "put texts that look like dates in quotes")]
        ) from error
    if not isinstance(document, dict):
        raise ConfigError(source, [Mistake("file", 1, "is not a mapping", f"start with model_list:, see {EXAMPLE}")])
    return document, marks


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 0


def _ignored(settings: Settings, foreign: list[str], used: Collection[str]) -> Iterator[tuple[KeyPath, str]]:
    """What LiteLLM's form allows and we do not have, once a section; variables in ``used`` serve us."""
    sections: list[tuple[KeyPath, BaseModel]] = [
        (("router_settings",), settings.router_settings),
        (("general_settings",), settings.general_settings),
    ]
    for index, entry in enumerate(settings.model_list):
        sections += [(("model_list", index), entry), (("model_list", index, "litellm_params"), entry.litellm_params)]
    for where, section in sections:
        handed_on = section.provider_settings if isinstance(section, LiteLLMParams) else {}
        if extra := sorted((section.model_extra or {}).keys() - handed_on):
            yield where, ", ".join(extra)
    for name in ("litellm_settings", "environment_variables"):
        serving = set(used) if name == "environment_variables" else ROUTERS.keys()
        if keys := sorted({str(key) for key in getattr(settings, name)} - serving):
            yield (name,), ", ".join(keys)
    for name in foreign:
        yield (name,), "such section"
