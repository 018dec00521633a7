import pytest

from gateway.heads import NOTED, Headers, reply_head, request_head
from gateway.routing import Deployment, Place
from gateway.upstream import origin

TO = origin("http://up.example:81/v1")
WHERE = Place("chat_completions", b"/chat/completions")


def deployment(*, api_key: str | None = "sk-up", through: bool = False) -> Deployment:
    return Deployment("m", "m", "m", "http://up.example:81/v1", api_key, None, through)


def sent(
    headers: Headers, *, of: Deployment | None = None, where: Place = WHERE, withheld: tuple[bytes, ...] = (), length: int = 2
) -> list[bytes]:
    noted = [header for header in headers if header[0] in NOTED]
    head = request_head(
        b"POST", (TO, where, b"x=1"), headers, noted, of or deployment(), withheld=withheld, request_id=b"made", length=length
    )
    assert head.endswith(b"\r\n\r\n")
    return head[:-4].split(b"\r\n")


def test_a_request_keeps_what_is_the_clients_and_gets_what_is_ours() -> None:
    headers = [(b"host", b"gw"), (b"accept", b"*/*"), (b"x-stainless-os", b"Linux"), (b"content-type", b"application/json")]
    assert sent(headers) == [
        b"POST /v1/chat/completions?x=1 HTTP/1.1",
        b"host: up.example:81",
        b"accept: */*",
        b"x-stainless-os: Linux",
        b"content-type: application/json",
        b"x-request-id: made",
        b"authorization: Bearer sk-up",
        b"content-length: 2",
    ]


def test_what_connection_names_is_dropped_with_it() -> None:
    lines = sent([(b"connection", b"keep-alive, X-Mine"), (b"x-mine", b"1"), (b"x-theirs", b"2")])
    assert b"x-theirs: 2" in lines
    assert not any(line.startswith((b"x-mine", b"connection")) for line in lines)


@pytest.mark.parametrize(("length", "headers", "framed"), [(0, [], False), (0, [(b"content-length", b"0")], True), (5, [], True)])
def test_a_length_is_sent_where_there_is_a_body_or_the_client_sent_one(length: int, headers: Headers, framed: bool) -> None:
    assert (b"content-length: %d" % length in sent(headers, length=length)) == framed


def test_credentials_pass_only_where_the_deployment_says_so_and_never_the_gateways_own() -> None:
    headers = [(b"authorization", b"Bearer theirs"), (b"api-key", b"ours")]
    assert b"authorization: Bearer sk-up" in sent(headers)
    passed = sent(headers, of=deployment(through=True), withheld=(b"api-key",))
    assert b"authorization: Bearer theirs" in passed
    assert not any(b"ours" in line or b"sk-up" in line for line in passed)
    assert b"authorization: Bearer sk-up" in sent(headers[1:], of=deployment(through=True), withheld=(b"api-key",))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (Place("messages", b"/messages"), b"x-api-key: sk-up"),
        (Place("chat_completions", b"/openai/deployments/m/chat/completions", "m", azure=True), b"api-key: sk-up"),
    ],
)
def test_the_upstreams_key_goes_where_its_dialect_wants_it(where: Place, line: bytes) -> None:
    assert line in sent([], where=where)


def test_a_reply_keeps_all_but_hop_by_hop_headers_in_their_order() -> None:
    headers = [(b"Date", b"d"), (b"Connection", b"close, X-Hop"), (b"X-Hop", b"1"), (b"Set-Cookie", b"a"), (b"Set-Cookie", b"b")]
    assert reply_head(200, headers).passed == [(b"Date", b"d"), (b"Set-Cookie", b"a"), (b"Set-Cookie", b"b")]


def test_a_reply_says_how_it_is_framed_and_coded() -> None:
    head = reply_head(
        200, [(b"Content-Type", b"text/event-stream; charset=utf-8"), (b"Content-Encoding", b"GZIP"), (b"X-Request-Id", b"u")]
    )
    assert (head.stream, head.encoding, head.length, head.identified) == (True, b"gzip", None, True)
    head = reply_head(200, [(b"content-length", b"12"), (b"content-encoding", b"identity")])
    assert (head.stream, head.encoding, head.length, head.identified) == (False, b"", 12, False)
    assert reply_head(304, [(b"content-length", b"12")]) == reply_head(304, [])
