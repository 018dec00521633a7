"""A hostile client: what cannot be one request is refused before any of it goes upstream, and its connection ends."""

import contextlib
import threading
import time
from collections.abc import Callable

import orjson
import pytest

from tests.gateway.conftest import Gateway, Upstream, post, read_all, split

BODY = b'{"model":"m"}'
SMUGGLED = b"POST /v1/files HTTP/1.1\r\nHost: g\r\nContent-Length: 0\r\n\r\n"
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def head(*headers: bytes) -> bytes:
    return b"\r\n".join([b"POST /v1/chat/completions HTTP/1.1", b"Host: g", *headers]) + b"\r\n\r\n"


TWO_LENGTHS = head(b"Content-Length: 13", b"Content-Length: 14") + BODY + b" "
EQUAL_LENGTHS = head(b"Content-Length: 13", b"Content-Length: 13") + BODY
LIST_OF_LENGTHS = head(b"Content-Length: 13, 13") + BODY
SIGNED_LENGTH = head(b"Content-Length: +13") + BODY
LENGTH_AND_CHUNKED = head(b"Content-Length: 3", b"Transfer-Encoding: chunked") + b"0\r\n\r\n"
CHUNKED_AND_LENGTH = head(b"Transfer-Encoding: chunked", b"Content-Length: 3") + b"0\r\n\r\n"
UNKNOWN_CODING = head(b"Transfer-Encoding: chunked, identity") + b"0\r\n\r\n"
SIZE_OF_NO_NUMBER = head(b"Transfer-Encoding: chunked") + b"zz\r\n"
NEGATIVE_SIZE = head(b"Transfer-Encoding: chunked") + b"-1\r\n"
SIZE_BEYOND_COUNTING = head(b"Transfer-Encoding: chunked") + b"f" * 17 + b"\r\n"
CHUNK_LONGER_THAN_ITS_SIZE = head(b"Transfer-Encoding: chunked") + b"2\r\nabcd\r\n0\r\n\r\n"
BLANK_BEFORE_COLON = head(b"Content-Length : 13") + BODY


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(TWO_LENGTHS, id="two content lengths"),
        pytest.param(EQUAL_LENGTHS, id="one content length twice"),
        pytest.param(LIST_OF_LENGTHS, id="a list of content lengths"),
        pytest.param(SIGNED_LENGTH, id="a content length with a sign"),
        pytest.param(LENGTH_AND_CHUNKED, id="content length and chunked"),
        pytest.param(CHUNKED_AND_LENGTH, id="chunked and content length"),
        pytest.param(UNKNOWN_CODING, id="chunked that is not last"),
        pytest.param(SIZE_OF_NO_NUMBER, id="a chunk size that is no number"),
        pytest.param(NEGATIVE_SIZE, id="a negative chunk size"),
        pytest.param(SIZE_BEYOND_COUNTING, id="a chunk size beyond counting"),
        pytest.param(CHUNK_LONGER_THAN_ITS_SIZE, id="a chunk longer than its size"),
        pytest.param(BLANK_BEFORE_COLON, id="a blank before the colon"),
    ],
)
def test_doubtful_framing_is_refused_and_nothing_behind_it_is_served(upstreams: Upstreams, gateways: Gateways, raw: bytes) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    reply = gateway.ask(raw + SMUGGLED)
    assert reply.count(b"HTTP/1.1 ") == 1, "what follows on the connection is not read as a request"
    status, headers, body = split(reply)
    assert (status, orjson.loads(body)["error"]["code"]) == (400, "invalid_http")
    assert (headers[b"x-evenhand-error-origin"], headers[b"connection"]) == (b"gateway", b"close")
    assert not upstream.calls
    deadline = time.monotonic() + 5
    while gateway.count("evenhand_in_flight_requests") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gateway.count("evenhand_in_flight_requests") == 0
    assert split(gateway.ask(post(BODY)))[0] == 200


@pytest.mark.parametrize("lines", [1, 10_000], ids=["one line", "many lines"])
def test_huge_headers_are_431_which_the_client_gets_to_see(upstreams: Upstreams, gateways: Gateways, lines: int) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    line = b"x-n: " + b"y" * (10_000_000 // lines) + b"\r\n"
    with gateway.connect() as client:
        sender = threading.Thread(target=_send, args=(client.sendall, b"POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\n" + line * lines))
        sender.start()
        reply = read_all(client)
        sender.join(10)
    assert (split(reply)[0], orjson.loads(split(reply)[2])["error"]["code"]) == (431, "headers_too_large")
    assert not upstream.calls
    assert split(gateway.ask(post(BODY)))[0] == 200


def _send(send: Callable[[bytes], None], raw: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # refused in the middle of it, which is the point
        send(raw)


def test_many_headers_within_the_bound_pass(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    many = [b"x-%d: %b" % (number, b"y" * 50) for number in range(900)]
    assert split(gateways(upstream).ask(post(BODY, b"/v1/chat/completions", *many)))[0] == 200
    assert upstream.calls[0].header(b"x-899") == b"y" * 50
