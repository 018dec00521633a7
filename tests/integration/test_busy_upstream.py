"""An upstream that refuses for load gets fewer replays first: a whole server, told by clients' requests or by its own replays."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from evenhand.demo.children import Children
from tests.integration.conftest import Served, ask, prompts, settings, until

pytestmark = pytest.mark.integration

LIVE, SHADOW = "sk-live", "sk-shadow"
ASKED_SECONDS = 6
PER_MINUTE = 60


@dataclass
class Upstream:
    """Answers chats, or 429 with ``retry-after`` to the key that it is ``busy`` for. ``calls`` are (when, key, status) as they came."""

    busy: str | None = None
    calls: list[tuple[float, str, int]] = field(default_factory=list)
    base: str = ""

    def answer(self, key: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        status = 429 if key == self.busy else 200
        self.calls.append((time.monotonic(), key, status))
        if status == 429:
            error = {"message": "Slow down.", "type": "requests", "param": None, "code": "rate_limit_exceeded"}
            return status, {"retry-after": str(ASKED_SECONDS)}, {"error": error}
        message = {"role": "assistant", "content": "Invite them."}
        usage = {"prompt_tokens": 20, "completion_tokens": 3, "total_tokens": 23}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return status, {}, {"id": "c", "object": "chat.completion", "created": 1, "model": "m-1", "choices": choices, "usage": usage}

    def of(self, key: str, status: int = 200) -> list[float]:
        """When requests with a key came that were answered so."""
        return [when for when, who, what in list(self.calls) if (who, what) == (key, status)]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    state = Upstream()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, headers, document = state.answer(self.headers["authorization"].removeprefix("Bearer "))
            body = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {**headers, "content-type": "application/json", "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Nothing: the calls are kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.base = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def serve(tmp_path: Path, children: Children, upstream: Upstream) -> Served:
    """A server whose clients and replays are told apart by their keys; without placebos a pair is two replays."""
    budget = {"replays_per_minute": PER_MINUTE, "tokens_per_day": 1_000_000, "usd_per_day": 100.0}
    document = settings({"m": upstream.base}, tmp_path / "data", placebo_rate=0.0, budget=budget)
    document["model_list"][0]["litellm_params"] |= {"api_key": LIVE, "shadow_api_key": SHADOW}
    return Served(children, tmp_path, document)


def statuses(served: Served, start: int, count: int) -> list[int]:
    """What clients get for so many different prompts."""
    with httpx.Client(timeout=20) as client:
        return [ask(client, served.gateway, "m", prompt).status_code for prompt in prompts(start + count, 71)[start:]]


def at_half_rate(replays: list[float]) -> bool:
    """Whether each pair waited for longer after the one before than a full rate would have it; the bucket was full, so none had to."""
    pairs = replays[::2]
    return all(later - earlier > 2 * 60 / PER_MINUTE for earlier, later in pairwise(pairs))


def quiet(refusals: list[float]) -> bool:
    """Whether the pairs that had begun before the first refusal have ended: the pause is longer than this."""
    return bool(refusals) and time.monotonic() - refusals[-1] > 2.0


@pytest.mark.timeout(120)
def test_a_429_to_a_client_pauses_replays_as_long_as_was_asked_and_halves_their_rate(
    tmp_path: Path, children: Children, upstream: Upstream
) -> None:
    served = serve(tmp_path, children, upstream)
    upstream.busy = LIVE
    assert statuses(served, 0, 1) == [429], "the client is told, as the upstream told it"
    upstream.busy = None
    (refused,) = upstream.of(LIVE, 429)
    until(lambda: list((served.data_dir / "run" / "busy").glob("gateway-0.json")))
    time.sleep(2.5)  # the monitor looks once a second; what it began before it looked is not held back

    assert statuses(served, 1, 12) == [200] * 12, "clients go on meanwhile"
    assert not upstream.of(SHADOW)
    replays = until(lambda: len(found := upstream.of(SHADOW)) >= 6 and found, 60)
    assert replays[0] - refused >= ASKED_SECONDS
    assert at_half_rate(replays[:6])


@pytest.mark.timeout(120)
def test_a_429_to_a_replay_pauses_replays_and_no_client(tmp_path: Path, children: Children, upstream: Upstream) -> None:
    served = serve(tmp_path, children, upstream)
    upstream.busy = SHADOW
    assert statuses(served, 0, 12) == [200] * 12
    until(lambda: quiet(upstream.of(SHADOW, 429)))
    upstream.busy = None
    refused = max(upstream.of(SHADOW, 429))
    assert served.metric("evenhand_replays_total", "console", result="rate_limited") >= 2
    assert statuses(served, 12, 12) == [200] * 12, "clients go on meanwhile"

    replays = until(lambda: len(found := upstream.of(SHADOW)) >= 6 and found, 60)
    assert replays[0] - refused >= ASKED_SECONDS - 0.1, "counted from when the last reply had come"
    assert at_half_rate(replays[:6])
    assert served.metric("evenhand_requests_total", code="200") == 24
    assert served.metric("evenhand_errors_total") == 0
