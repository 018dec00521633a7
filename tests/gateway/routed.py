"""What the tests of retries, fallbacks and balancing share: models of several upstreams, and upstreams that answer as told."""

import threading
from collections.abc import Callable
from typing import Any

import orjson

from tests.gateway.conftest import Call, Gateway, Script, Upstream, post, split

Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]
NOTHING_LISTENS = "http://127.0.0.1:1/v1"


def ask(
    gateway: Gateway, model: str = "m", *headers: bytes, stream: bool = False, path: bytes = b"/v1/chat/completions"
) -> tuple[Any, ...]:
    """Status, headers and body of the reply to a request for a model."""
    body = orjson.dumps({"model": model, "stream": stream, "messages": [{"role": "user", "content": "hi"}]})
    return split(gateway.ask(post(body, path, *headers)))


def entry(name: str, upstream: Upstream | str, **params: Any) -> dict[str, Any]:
    base = upstream if isinstance(upstream, str) else upstream.base
    return {"model_name": name, "litellm_params": {"model": f"openai/up-{name}", "api_base": base, "api_key": "sk-up", **params}}


def error(message: str) -> bytes:
    return orjson.dumps({"error": {"message": message, "type": "api_error", "param": None, "code": None}})


def answers(*statuses: int, retry_after: str = "") -> Script:
    """A script that answers each request with the next status, the last one for ever; 200 as a stream where one was asked for."""
    left = list(statuses)
    lock = threading.Lock()

    async def script(call: Call) -> None:
        with lock:
            status = left.pop(0) if len(left) > 1 else left[0]
        if status == 200 and orjson.loads(call.body).get("stream"):
            await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            await call.send(b"9\r\ndata: 1\n\n\r\n", b"e\r\ndata: [DONE]\n\n\r\n", b"0\r\n\r\n", pause=0.002)
            return
        extra = f"retry-after: {retry_after}\r\n".encode() if retry_after and status != 200 else b""
        body = b'{"ok":true}' if status == 200 else error(f"answered {status}")
        await call.json(body, b"%d Status" % status, extra)

    return script


def models_asked(upstream: Upstream) -> list[str]:
    return [orjson.loads(call.body)["model"] for call in upstream.calls]
