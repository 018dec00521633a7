"""Settings as they may be shown: what is a secret, or could be one, is not."""

import re
from typing import Any

from pydantic import BaseModel

from gateway.settings import LiteLLMParams, Settings

MASK = "**********"
_LITELLM_ONLY = frozenset({"litellm_settings", "environment_variables"})
_USER_INFO = re.compile(r"(?<=//)[^/@\s]*@")


def address(url: str) -> str:
    """A URL without the name and password that may stand in it."""
    return _USER_INFO.sub(f"{MASK}@", url)


def shown(settings: Settings) -> dict[str, Any]:
    """The settings in force as plain data, without what the file says to LiteLLM alone: it may hold anything, and nothing here reads it."""
    tree: dict[str, Any] = _shown(settings)
    return {name: section for name, section in tree.items() if name not in _LITELLM_ONLY}


def _shown(node: Any) -> Any:
    if isinstance(node, BaseModel):
        document = node.model_dump(mode="json")
        read = {*type(node).model_fields, *(node.provider_settings if isinstance(node, LiteLLMParams) else ())}
        foreign = () if type(node).model_config.get("extra") != "allow" or _reads_extra(node) else set(document) - read
        return {name: _shown(_value(node, name, value)) for name, value in document.items() if name not in foreign}
    if isinstance(node, list | tuple):
        return [_shown(item) for item in node]
    if isinstance(node, dict):
        return {name: _shown(value) for name, value in node.items()}
    return address(node) if isinstance(node, str) else node


def _value(model: BaseModel, name: str, dumped: Any) -> Any:
    """A field itself where there are models in it, else what its model says of it, secrets masked."""
    value = getattr(model, name, dumped)
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return value if any(isinstance(item, BaseModel) for item in inner) else dumped


def _reads_extra(model: BaseModel) -> bool:
    """Whether keys beside the fields are ours: the options of an outcome's scorer."""
    return hasattr(model, "scorer_options")
