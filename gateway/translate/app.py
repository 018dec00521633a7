"""The translate process as an ASGI application: who may ask, what is asked of which model, and the provider's answer in OpenAI's HTTP."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from typing import Any

from gateway.auth import Auth
from gateway.errors import GatewayError, gateway_fault, not_found
from gateway.logs import about
from gateway.routing.translator import Translator
from gateway.translate import shape
from gateway.translate.catalogue import Target, unknown_place
from gateway.translate.errors import failure, provider_headers
from gateway.translate.parameters import CHAT, COMPLETION, EMBEDDING, Chosen, check_messages, choose
from gateway.translate.provider import Provider
from gateway.translate.reply import Headers, Receive, Reply, Send, dropped_header, refuse
from gateway.translate.request import json_object, prompt_messages, read_body, wants_base64, wants_usage, while_connected

Scope = MutableMapping[str, Any]
log = logging.getLogger("evenhand.translate")
_PLACE = re.compile(rb"^/([0-9a-f]{16})(/.*)$")
_TAKEN = {
    b"/chat/completions": ("model", "messages", "stream", "stream_options"),
    b"/completions": ("model", "prompt", "stream", "stream_options"),
    b"/embeddings": ("model", "input", "encoding_format"),
}
_SPOKEN = "/chat/completions, /completions and /embeddings"


class App:
    """Serves ``/PLACE/chat/completions``, ``/PLACE/completions`` and ``/PLACE/embeddings``, to who knows the secret."""

    def __init__(self, targets: Mapping[str, Target], translator: Translator, provider: Provider) -> None:
        self._targets, self._provider = targets, provider
        self._live, self._shadow = Auth(translator.live_key), Auth(translator.shadow_key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        shadow = self._shadow.is_master(scope["headers"])
        try:
            if not shadow:
                self._live.check(scope["headers"])
            body = await read_body(receive)
        except GatewayError as error:
            await refuse(send, error)
            return
        if body is not None:
            await while_connected(receive, self._answer(scope, body, send, shadow=shadow))

    async def _answer(self, scope: Scope, body: bytes, send: Send, *, shadow: bool) -> None:
        """Answer one request, whatever becomes of it."""
        reply = Reply(send)
        try:
            await self._serve(scope, body, reply, shadow=shadow)
        except GatewayError as error:
            await reply.fail(error)
        except Exception as error:
            if not type(error).__module__.startswith(("litellm", "openai", "httpx", "aiohttp")):
                log.exception("a request failed by a fault of the translation", extra=about("exchange_failed"))
                await reply.fail(gateway_fault("The translation of this request failed; the gateway's log has the reason."))
                return
            await reply.fail(failure(error))

    async def _serve(self, scope: Scope, body: bytes, reply: Reply, *, shadow: bool) -> None:
        target, suffix = self._target(scope["raw_path"])
        if scope["method"] != "POST" or suffix not in _TAKEN:
            raise not_found(f"Models of {target.provider} are spoken to in OpenAI's dialect by {_SPOKEN} only.")
        asked = json_object(body)
        model = target.asked(asked.get("model"))
        fields = {name: value for name, value in asked.items() if name not in _TAKEN[suffix]}
        if suffix == b"/embeddings":
            packed = wants_base64(asked)
            chosen = choose(fields, EMBEDDING, target.provider, self._provider.supported(model, embeddings=True))
            answer = await self._provider.embeddings(model, asked.get("input"), chosen.passed, target.arguments(shadow=shadow))
            await reply.whole(shape.embeddings(answer.model_dump(), model, packed=packed), _named(answer, chosen))
            return
        legacy = suffix == b"/completions"
        chosen = choose(fields, COMPLETION if legacy else CHAT, target.provider, self._provider.supported(model))
        messages = prompt_messages(asked) if legacy else asked.get("messages")
        check_messages(messages)
        finish = shape.completion if legacy else _as_it_is
        if asked.get("stream"):
            await self._stream(reply, model, messages, chosen, target.arguments(shadow=shadow), wants_usage(asked), finish)
            return
        answer = await self._provider.chat(model, messages or [], chosen.passed, target.arguments(shadow=shadow))
        await reply.whole(finish(shape.chat(answer.model_dump(), model)), _named(answer, chosen))

    async def _stream(
        self,
        reply: Reply,
        model: str,
        messages: Any,
        chosen: Chosen,
        arguments: Mapping[str, Any],
        usage: bool,
        finish: Callable[[shape.Document], shape.Document],
    ) -> None:
        """Chunks as events. Nothing is sent before the first has come: until then a failure still has its own status."""
        async with self._provider.stream(model, messages, chosen.passed, arguments, usage=usage) as chunks:
            async for event in _events(chunks, model, usage, finish):
                await reply.event(event, chosen.dropped)
        await reply.done(chosen.dropped)

    def _target(self, raw_path: bytes) -> tuple[Target, bytes]:
        found = _PLACE.match(raw_path)
        if found is None:
            raise not_found(f"There is nothing here; a deployment's place comes first, then {_SPOKEN}.")
        place = found.group(1).decode()
        if (target := self._targets.get(place)) is None:
            raise unknown_place(place)
        return target, found.group(2)


async def _events(
    chunks: AsyncIterator[Any], model: str, usage: bool, finish: Callable[[shape.Document], shape.Document]
) -> AsyncIterator[shape.Document]:
    """Each chunk in OpenAI's shape; with ``usage`` all but the last say that theirs is null, as OpenAI's do."""
    first: Mapping[str, Any] | None = None
    async for chunk in chunks:
        document = chunk.model_dump()
        first = first or document
        shaped = finish(shape.chunk(document, first, model))
        if usage:
            shaped.setdefault("usage", None)
        else:
            shaped.pop("usage", None)
        yield shaped


def _as_it_is(document: shape.Document) -> shape.Document:
    return document


def _named(answer: Any, chosen: Chosen) -> Headers:
    hidden = getattr(answer, "_hidden_params", None) or {}
    return [*provider_headers(hidden.get("additional_headers")), *dropped_header(chosen.dropped)]
