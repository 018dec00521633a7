"""A request as the gateway sends it: its body, what that asks for, and whether the gateway still waits for the answer."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import orjson

from gateway.errors import invalid_request
from gateway.translate.reply import Receive


async def read_body(receive: Receive) -> bytes | None:
    """The request's body; None when the client left within it."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def while_connected(receive: Receive, work: Awaitable[None]) -> None:
    """Do ``work`` until it is done or the client, the gateway, is gone; then it is cancelled, and with it the call to the provider."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(gone())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (leaving, working):
            task.cancel()
        await asyncio.gather(leaving, working, return_exceptions=True)
    if not working.cancelled():
        working.result()


def json_object(body: bytes) -> dict[str, Any]:
    """The body's JSON object. Raises ``GatewayError`` 400."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid_request(f"We could not parse the JSON body of your request: {error}.", code="invalid_json") from error
    if not isinstance(document, dict):
        raise invalid_request("The body must be a JSON object.", code="invalid_json")
    return document


def prompt_messages(asked: Mapping[str, Any]) -> list[dict[str, str]]:
    """A completion's prompt as the one message of a chat, as the providers here have no older endpoint. Raises ``GatewayError`` 400."""
    prompt = asked.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise invalid_request("`prompt` must be one text for this provider.", code="unsupported_value", param="prompt")
    return [{"role": "user", "content": prompt}]


def wants_usage(asked: Mapping[str, Any]) -> bool:
    """Whether a stream's last chunk shall tell the tokens."""
    options = asked.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def wants_base64(asked: Mapping[str, Any]) -> bool:
    """Whether embeddings shall be packed, as OpenAI's clients ask by default. Raises ``GatewayError`` 400 for a format that is none."""
    form = asked.get("encoding_format") or "float"
    if form not in ("float", "base64"):
        raise invalid_request("`encoding_format` must be float or base64.", code="invalid_value", param="encoding_format")
    return form == "base64"
