"""Trace context and request ids: what the client sends goes on, and nothing of the kind is made up for the upstream."""

from collections.abc import Callable

import pytest

from tests.gateway.conftest import Call, Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[]}'
PARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_trace_context_is_passed_on_as_it_came(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    headers = (b"traceparent: " + PARENT, b"tracestate: a=1", b"tracestate: b=2", b"baggage: k=v")
    gateway.ask(post(BODY, b"/v1/chat/completions", *headers))
    sent = [header for header in upstream.calls[0].headers if header[0] in (b"traceparent", b"tracestate", b"baggage")]
    assert sent == [(b"traceparent", PARENT), (b"tracestate", b"a=1"), (b"tracestate", b"b=2"), (b"baggage", b"k=v")]


def test_trace_context_is_never_invented(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    _, headers, _ = split(gateways(upstream).ask(post(BODY)))
    names = {name for name, _ in upstream.calls[0].headers} | set(headers)
    assert not names & {b"traceparent", b"tracestate", b"baggage", b"b3", b"x-b3-traceid", b"x-cloud-trace-context"}


def test_a_reply_keeps_the_upstreams_own_request_id(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    async def answers(call: Call) -> None:
        await call.json(extra=b"X-Request-ID: theirs\r\n")

    gateway = gateways(upstreams(answers))
    reply = gateway.ask(post(BODY, b"/v1/chat/completions", b"x-request-id: mine"))
    assert reply.lower().count(b"x-request-id:") == 1
    assert split(reply)[1][b"x-request-id"] == b"theirs"


@pytest.mark.parametrize(("path", "body"), [(b"/v1/chat/completions", b'{"model":"unknown"}'), (b"/v1/models", b"")])
def test_the_gateways_own_answers_have_the_clients_request_id(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway], path: bytes, body: bytes
) -> None:
    gateway = gateways(upstreams())
    request = post(body, path, b"x-request-id: mine")
    if not body:
        request = request.replace(b"POST", b"GET", 1)
    _, headers, _ = split(gateway.ask(request))
    assert headers[b"x-request-id"] == b"mine"
    assert headers[b"x-evenhand-exchange-id"].startswith(b"ex_")
