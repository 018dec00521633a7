"""Providers that speak another dialect than OpenAI's: whether they can be translated here, and which settings of theirs are used.

Nothing is imported to find out: litellm takes seconds, and a worker never has it.
"""

import importlib.util
import json
from pathlib import Path

OPENAI = "openai"
TESTED = frozenset({"anthropic", "gemini", "ollama", "ollama_chat"})
"""Providers whose translation is tested against fakes of their HTTP; any other is passed to litellm as it is."""
_LIST = "provider_endpoints_support_backup.json"  # litellm's own list of providers, among its files
_NAMES = frozenset({"api_version", "organization", "project", "region_name", "extra_headers", "tenant_id", "client_id", "client_secret"})
_PREFIXES = ("aws_", "azure_", "vertex_", "watsonx_", "oci_")
_PLAIN = frozenset({"api_version", "organization", "project", "region_name", "aws_region_name", "vertex_project", "vertex_location"})


def is_provider_setting(name: str) -> bool:
    """Whether a key of ``litellm_params`` says how a provider is reached, and is handed to litellm."""
    return name in _NAMES or name.startswith(_PREFIXES)


def is_plain(name: str) -> bool:
    """Whether such a setting is no secret, whatever it holds."""
    return name in _PLAIN


def translation_fault(provider: str) -> tuple[str, str] | None:
    """Why a provider cannot be translated here, as (what, how to mend it); None when it can be."""
    folder = _litellm()
    if folder is None:
        return "and other dialects than OpenAI's need litellm, which is not installed", "pip install 'evenhand[providers]'"
    known = _providers(folder)
    if known and provider not in known:
        return "which neither Evenhand nor litellm knows", "write one of litellm's providers before the slash"
    return None


def _litellm() -> Path | None:
    found = importlib.util.find_spec("litellm")
    return Path(found.origin).parent if found is not None and found.origin is not None else None


def _providers(folder: Path) -> frozenset[str]:
    """The names in litellm's list; empty, so that none is refused, in a version that has none."""
    try:
        return frozenset(json.loads((folder / _LIST).read_text(encoding="utf-8"))["providers"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
