import httpx
import pytest

from gateway.translate.errors import failure, provider_headers


def refused(status: int, body: str, **headers: str) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "https://provider.example/v1")
    return httpx.HTTPStatusError("failed", request=request, response=httpx.Response(status, text=body, headers=headers))


class Told(Exception):  # noqa: N818 - a double of litellm's errors, which carry message and status
    def __init__(self, message: str, status_code: int) -> None:
        super().__init__(message)
        self.message, self.status_code = message, status_code


class ContextWindowExceededError(Told):
    """Named as litellm's."""


def chained(outer: Exception, *inner: Exception) -> Exception:
    """``outer`` as raised while handling the others, the last of them first."""
    for before, after in zip((outer, *inner), inner, strict=False):
        before.__context__ = after
    return outer


def test_the_reply_at_the_bottom_decides_the_status() -> None:
    told = failure(chained(Told("litellm.InternalServerError: …", 500), refused(529, "busy")))
    assert (told.status, told.type, told.code) == (529, "server_error", "overloaded")


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"message": "too long"}}',
        '{"error": "too long"}',
        '[{"error": {"message": "too long"}}]',
        'b\'{"error": {"message": "too long"}}\'',
    ],
)
def test_the_providers_own_words_are_found_in_every_wrapping(body: str) -> None:
    told = failure(chained(Told(f"litellm.BadRequestError: XException - {body}", 400), Told(body, 400), refused(400, body)))
    assert told.message == "too long"


def test_a_classified_error_has_openais_code() -> None:
    told = failure(chained(ContextWindowExceededError("litellm.…", 400), Told('{"error": {"message": "m"}}', 400), refused(400, "")))
    assert told.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("cause", "status", "code"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), 502, "upstream_connect_failed"),
        (httpx.ReadError("reset"), 502, "upstream_body_failed"),
        (httpx.RemoteProtocolError("cut"), 502, "upstream_body_failed"),
        (httpx.ReadTimeout("slow"), 504, "upstream_headers_timeout"),
    ],
)
def test_without_a_reply_it_is_the_way_there_that_failed(cause: Exception, status: int, code: str) -> None:
    told = failure(chained(Told("litellm.InternalServerError: made up", 500), cause))
    assert (told.status, told.code) == (status, code)


def test_a_ring_of_causes_ends() -> None:
    one, two = Told("one", 418), Told("two", 418)
    one.__context__, two.__context__ = two, one
    assert failure(one).status == 418


def test_long_words_are_cut() -> None:
    assert len(failure(Told("x" * 100_000, 400)).message) < 3_000


def test_only_headers_that_clients_act_on_are_passed() -> None:
    given = {"Retry-After": "3", "llm_provider-x-ratelimit-remaining-tokens": "9", "request-id": "r", "set-cookie": "a=b", "server": "x"}
    assert sorted(provider_headers(given)) == [(b"retry-after", b"3"), (b"x-ratelimit-remaining-tokens", b"9"), (b"x-request-id", b"r")]
    assert list(provider_headers(None)) == []
