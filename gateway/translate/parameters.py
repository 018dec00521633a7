"""Which fields of a request reach the provider. Nothing vanishes in silence: a field goes through, has no effect as it stands, is named
in a reply header as dropped, or is refused by name.

The names that go through are listed. litellm takes a good deal more by keyword, addresses, credentials and callbacks among it, and a
client has no say in those.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from gateway.errors import GatewayError, invalid_request

DROPPED_HEADER = b"x-evenhand-dropped-parameters"
CHAT = frozenset(
    {
        *("temperature", "top_p", "n", "stop", "max_tokens", "max_completion_tokens", "presence_penalty", "frequency_penalty"),
        *("logit_bias", "logprobs", "top_logprobs", "seed", "response_format", "tools", "tool_choice", "parallel_tool_calls"),
        *("functions", "function_call", "reasoning_effort", "verbosity", "modalities", "prediction", "audio", "web_search_options"),
        *("service_tier", "thinking", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "store", "metadata"),
    }
)
COMPLETION = (CHAT - {"tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format"}) | {
    *("best_of", "echo", "suffix"),
}
EMBEDDING = frozenset({"dimensions", "user"})
_OLLAMA = frozenset(
    {
        *("top_k", "min_p", "typical_p", "tfs_z", "repeat_penalty", "repeat_last_n", "mirostat", "mirostat_eta", "mirostat_tau"),
        *("num_ctx", "num_gpu", "num_thread", "keep_alive", "think"),
    }
)
OWN: Mapping[str, frozenset[str]] = {
    "anthropic": frozenset({"top_k", "cache_control", "context_management"}),
    "gemini": frozenset({"top_k", "safety_settings"}),
    "ollama": _OLLAMA,
    "ollama_chat": _OLLAMA,
}
"""Fields of a provider's own that litellm was seen to pass on."""
LOST: Mapping[str, frozenset[str]] = {
    "gemini": frozenset({"parallel_tool_calls"}),
    "ollama": frozenset({"tool_choice", "functions", "frequency_penalty"}),
    "ollama_chat": frozenset({"tool_choice", "functions", "frequency_penalty"}),
}
"""Fields that litellm claims to support there and was seen to drop, or to send as something else."""
NEUTRAL: Mapping[str, Any] = {
    "n": 1,
    "best_of": 1,
    "echo": False,
    "store": False,
    "logprobs": False,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "service_tier": "auto",
    "verbosity": "medium",
    "modalities": ["text"],
    "response_format": {"type": "text"},
    "logit_bias": {},
    "tools": [],
    "functions": [],
    "stop": [],
}
"""Values that ask for what happens anyway."""
HINTS = frozenset({"user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata"})
"""Fields that name the caller or steer a cache: a reply is no other without them."""


class Chosen(NamedTuple):
    """What litellm gets, and the names of the hints that the provider has no place for."""

    passed: dict[str, Any]
    dropped: list[str]


def choose(fields: Mapping[str, Any], allowed: frozenset[str], provider: str, supported: Collection[str]) -> Chosen:
    """Sort a request's fields. Raises ``GatewayError`` 400 naming the first that the provider cannot be given.

    ``fields`` are without those that every provider takes; ``supported`` is what litellm can translate for this model.
    """
    can = (frozenset(supported) - LOST.get(provider, frozenset()) - {"metadata"}) & allowed
    own = OWN.get(provider, frozenset()) if allowed is not EMBEDDING else frozenset()
    chosen = Chosen({}, [])
    for name, value in fields.items():
        if value is None or (name in NEUTRAL and _same(value, NEUTRAL[name])):
            continue
        if name in can or name in own:
            chosen.passed[name] = value
        elif name in HINTS:
            chosen.dropped.append(name)
        elif name in allowed:
            raise _refused(name, f"{provider} has no counterpart for `{name}`. Leave it out.", "unsupported_parameter")
        else:
            raise _refused(name, f"`{name[:256]}` is not a field that is passed on to {provider}. Leave it out.", "unknown_parameter")
    return chosen


def check_messages(messages: object) -> None:
    """Messages carry what they refer to. Raises ``GatewayError`` 400 for a URL that would have to be fetched from here."""
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise invalid_request("`messages` must be a list of messages.", code="invalid_type", param="messages")
    for index, message in enumerate(messages):
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if not isinstance(part, dict) or (part.get("type") != "text" and _refers(part)):
                where = f"messages[{index}].content"
                raise invalid_request(
                    f"{where} refers to something by its URL, and nothing is fetched for a client. Send it as a data: URL.",
                    code="unsupported_value",
                    param=where,
                )


def _same(value: Any, neutral: Any) -> bool:
    return bool(value == neutral) and isinstance(value, bool) == isinstance(neutral, bool)


def _refers(part: Any) -> bool:
    if isinstance(part, str):
        return part.lstrip()[:8].lower().startswith(("http://", "https://", "file:", "ftp:", "s3:"))
    if isinstance(part, dict):
        return any(_refers(value) for key, value in part.items() if key != "text")
    return isinstance(part, list) and any(_refers(value) for value in part)


def _refused(name: str, message: str, code: str) -> GatewayError:
    return invalid_request(message, code=code, param=name[:256])
