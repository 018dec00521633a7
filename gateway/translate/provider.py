"""litellm, the only place that imports it, set up to translate and to do nothing else."""

import logging
import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partialmethod
from typing import Any

from gateway.errors import upstream_failed

_BEFORE_IMPORT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # each of these would fetch something from elsewhere, some while importing
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_OFFLINE_MODE": "true",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_MODE": "PRODUCTION",  # else a .env file in the working directory is read
}
_CALLBACKS = ("input_callback", "success_callback", "failure_callback", "callbacks", "_async_success_callback", "_async_failure_callback")
_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router")
_ALWAYS = {"max_retries": 0, "num_retries": 0, "no-log": True}


def open_provider(timeout_seconds: float) -> "Provider":
    """Import litellm, which takes seconds. Raises ``ImportError`` where it is not installed."""
    os.environ.update(_BEFORE_IMPORT)
    import litellm
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler
    from litellm.llms.ollama.common_utils import OllamaModelInfo
    from litellm.llms.vertex_ai.gemini.vertex_and_google_ai_studio_gemini import ModelResponseIterator

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = False  # what a provider does not take is refused by name
    litellm.modify_params = False
    litellm.num_retries = None
    litellm.cache = None
    for name in _CALLBACKS:
        setattr(litellm, name, [])
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # their errors quote requests
    # A redirect would carry the provider's key to another host.
    AsyncHTTPHandler.__init__ = partialmethod(AsyncHTTPHandler.__init__, follow_redirects=False)
    # Prices are looked up after each reply, and those of Ollama's models would be asked of localhost, with everybody waiting.
    OllamaModelInfo.get_model_info = _nothing_known
    _note_the_end(ModelResponseIterator)
    return Provider(litellm, timeout_seconds)


class Provider:
    """The calls of litellm that are used: chat, whole and streamed, and embeddings."""

    def __init__(self, litellm: Any, timeout_seconds: float) -> None:
        self._litellm, self._timeout_seconds = litellm, timeout_seconds

    def supported(self, model: str, *, embeddings: bool = False) -> Collection[str]:
        """The fields of OpenAI's that litellm can translate for a model such as ``anthropic/claude``."""
        provider, _, name = model.partition("/")
        kind = "embeddings" if embeddings else "chat_completion"
        found = self._litellm.get_supported_openai_params(model=name, custom_llm_provider=provider, request_type=kind)
        return frozenset(found or ())

    async def chat(self, model: str, messages: list[Any], fields: Mapping[str, Any], target: Mapping[str, Any]) -> Any:
        """A whole chat completion; raises whatever litellm raises."""
        return await self._litellm.acompletion(model=model, messages=messages, **fields, **self._options(target))

    async def embeddings(self, model: str, given: Any, fields: Mapping[str, Any], target: Mapping[str, Any]) -> Any:
        """Embeddings; raises whatever litellm raises."""
        return await self._litellm.aembedding(model=model, input=given, **fields, **self._options(target))

    @asynccontextmanager
    async def stream(
        self, model: str, messages: list[Any], fields: Mapping[str, Any], target: Mapping[str, Any], *, usage: bool
    ) -> AsyncIterator[AsyncIterator[Any]]:
        """Chunks as they come; the provider's connection is closed with the context."""
        options = {"stream_options": {"include_usage": True}} if usage else {}
        stream = await self._litellm.acompletion(model=model, messages=messages, stream=True, **fields, **options, **self._options(target))
        try:
            yield _whole(stream)
        finally:
            await stream.aclose()

    def _options(self, target: Mapping[str, Any]) -> dict[str, Any]:
        return {**target, **_ALWAYS, "timeout": self._timeout_seconds}


def _nothing_known(*_: Any, **__: Any) -> None:
    """litellm's question for a model's prices and limits, answered without asking anybody."""


def _note_the_end(parser: Any) -> None:
    """Have litellm's parser of Gemini's streams keep whether the provider said why it ends: litellm takes each piece for an end."""
    parse = parser.chunk_parser

    def noting(self: Any, chunk: dict[str, Any]) -> Any:
        candidates = chunk.get("candidates") or ()
        blocked = (chunk.get("promptFeedback") or {}).get("blockReason")
        self.told_why = self.told_why or bool(blocked) or any(candidate.get("finishReason") for candidate in candidates)
        return parse(self, chunk)

    parser.told_why, parser.chunk_parser = False, noting


def _has_ended(stream: Any) -> bool:
    """Whether the provider itself has said that its reply is finished."""
    said = stream.received_finish_reason or stream.intermittent_finish_reason
    return bool(said) and bool(getattr(stream.completion_stream, "told_why", True))


async def _whole(stream: Any) -> AsyncIterator[Any]:
    """The stream's chunks; raises ``GatewayError`` where litellm ends a stream nicely that the provider did not end."""
    async for chunk in stream:
        if any(choice.finish_reason for choice in chunk.choices) and not _has_ended(stream):
            raise upstream_failed("body", "The provider's stream ended before it said that it was finished.")
        yield chunk
