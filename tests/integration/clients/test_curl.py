"""curl sees the bytes: replies with their headers, streams, compressed bodies, and a large body that it asks leave for."""

import gzip
import re
import shutil
from pathlib import Path

import pytest

from tests.integration.clients.sides import KEY, PROGRAMS, QUESTION, answered_headers, run, same_requests
from tests.integration.clients.upstream import Call, Upstream
from tests.integration.conftest import Served

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
TASKS = (
    *("chat", "compressed", "stream", "tools", "stream_tools", "structured"),
    *("embeddings", "models", "stream_responses", "error", "large"),
)


class Side:
    """The replies that curl got on one side, and what the upstream was asked."""

    def __init__(self, folder: Path, calls: list[Call]) -> None:
        self._folder, self.calls = folder, calls

    def body(self, task: str) -> bytes:
        return (self._folder / f"{task}.body").read_bytes()

    def head(self, task: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """The last status line and the headers under it; a `100 Continue` may stand before."""
        lines = (self._folder / f"{task}.head").read_bytes().split(b"\r\n\r\n")[-2].split(b"\r\n")
        pairs = (line.partition(b": ") for line in lines[1:])
        return lines[0], [(name.lower(), value) for name, _, value in pairs]

    def was_let_in(self, task: str) -> bool:
        return (self._folder / f"{task}.head").read_bytes().startswith(b"HTTP/1.1 100 ")


@pytest.fixture(scope="module")
def sides(upstream: Upstream, served: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """curl directly and through the gateway."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    found = []
    for base in (upstream.base, f"{served.gateway}/v1"):
        folder = tmp_path_factory.mktemp("curl")
        _, calls = run(["sh", str(PROGRAMS / "with_curl.sh"), str(folder)], folder, base, upstream)
        found.append(Side(folder, calls))
    return found[0], found[1]


@pytest.mark.parametrize("task", TASKS)
def test_a_reply_is_the_upstreams_byte_for_byte(sides: tuple[Side, Side], task: str) -> None:
    direct, through = sides
    assert through.body(task) == direct.body(task) != b""
    (status, headers), (plain_status, plain_headers) = through.head(task), direct.head(task)
    assert status == plain_status
    assert answered_headers(headers) == answered_headers(plain_headers)
    assert re.fullmatch(rb"ex_[0-9a-f]{32}", dict(headers)[b"x-evenhand-exchange-id"])


def test_the_upstream_is_asked_what_curl_would_have_asked_it(sides: tuple[Side, Side]) -> None:
    direct, through = sides
    assert same_requests(through.calls, direct.calls)
    assert len(direct.calls) == len(TASKS)
    assert direct.calls[TASKS.index("models")].query == b"limit=2&after=a%2Fb"


def test_what_is_asked_compressed_comes_compressed(sides: tuple[Side, Side]) -> None:
    direct, through = sides
    assert QUESTION.encode() in gzip.decompress(through.body("compressed"))
    assert through.body("chat") == gzip.decompress(direct.body("compressed"))


def test_events_keep_their_names_their_comments_and_their_end(sides: tuple[Side, Side]) -> None:
    _, through = sides
    assert through.body("stream").startswith(b": a comment")
    assert through.body("stream").endswith(b"data: [DONE]\n\n")
    assert b"event: response.completed\ndata: " in through.body("stream_responses")


def test_a_body_over_one_megabyte_is_let_in_when_curl_asks(sides: tuple[Side, Side]) -> None:
    direct, through = sides
    assert through.was_let_in("large")
    assert len(through.calls[-1].body) > 1_000_000
    assert direct.calls[-1].header("authorization") == f"Bearer {KEY}"


def test_an_error_says_that_it_is_the_upstreams(sides: tuple[Side, Side]) -> None:
    _, through = sides
    status, headers = through.head("error")
    assert status.startswith(b"HTTP/1.1 400")
    assert dict(headers)[b"x-evenhand-error-origin"] == b"upstream"
