"""The gateway's own paths, and what it says to requests that it cannot place."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.gateway.conftest import Gateway, Upstream, split
from tests.gateway.routed import NOTHING_LISTENS, entry

Gateways = Callable[..., Gateway]
TWO = [entry("a", NOTHING_LISTENS), entry("b", "http://127.0.0.1:2/v1")]


def sent(gateway: Gateway, method: str, path: str, body: bytes = b"") -> tuple[int, dict[bytes, bytes], bytes]:
    """The reply to a request without a content type."""
    head = f"{method} {path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return split(gateway.ask(head.encode() + body))


def error(reply: tuple[int, dict[bytes, bytes], bytes]) -> tuple[int, str]:
    """Status and code of a refusal in OpenAI's shape."""
    status, headers, body = reply
    document: dict[str, Any] = orjson.loads(body)["error"]
    assert set(document) == {"message", "type", "param", "code"}
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    return status, document["code"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz", "/metrics"])
def test_own_paths_are_there_to_be_read(gateways: Gateways, path: str) -> None:
    gateway = gateways(model_list=TWO)
    assert sent(gateway, "GET", path)[0] == 200
    status, headers, body = sent(gateway, "HEAD", path)
    assert (status, body) == (200, b"")
    assert int(headers[b"content-length"]) > 0
    reply = sent(gateway, "POST", path, b"{}")
    assert error(reply) == (405, "method_not_allowed")
    assert reply[1][b"allow"] == b"GET, HEAD"


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("GET", "/", b"", (404, "not_found")),
        ("GET", "/favicon.ico", b"", (404, "not_found")),
        ("GET", "/v1/files", b"", (404, "model_not_found")),
        ("POST", "/v1/chat/completions", b"", (400, "empty_body")),
        ("POST", "/v1/chat/completions", b"{half", (400, "invalid_json")),
        ("POST", "/v1/chat/completions", b"{}", (404, "model_not_found")),
        ("PUT", "/v1/chat/completions", b"", (405, "method_not_allowed")),
    ],
)
def test_a_request_that_leads_nowhere_is_told_why(gateways: Gateways, method: str, path: str, body: bytes, told: tuple[int, str]) -> None:
    gateway = gateways(model_list=TWO)
    reply = sent(gateway, method, path, body)
    assert error(reply) == told
    assert (b"allow" in reply[1]) is (told[0] == 405)


def test_where_there_is_an_upstream_for_such_requests_it_gets_to_answer_them(
    upstreams: Callable[..., Upstream], gateways: Gateways
) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    for method, path in (("GET", "/favicon.ico"), ("POST", "/v1/chat/completions"), ("PUT", "/v1/embeddings")):
        assert sent(gateway, method, path)[0] == 200
    assert [call.head.split()[:2] for call in upstream.calls] == [
        [b"GET", b"/v1/favicon.ico"],
        [b"POST", b"/v1/chat/completions"],
        [b"PUT", b"/v1/embeddings"],
    ]
