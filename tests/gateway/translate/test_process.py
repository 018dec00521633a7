"""The translate process itself: who may ask it, whom it talks to, and what it does when somebody leaves."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from gateway.routing.translator import slug
from gateway.settings import load_text
from tests.gateway.conftest import Call
from tests.gateway.translate.conftest import Stand, sent
from tests.gateway.translate.test_dialects import CHATS, fake, user

BODY = {"model": "anthropic/claude-sonnet-4-5", "messages": user()}


def place(stand: Stand, name: str = "claude") -> str:
    """The address of a model in the process, as the gateway makes it."""
    settings = load_text(json.dumps(stand.config), {}).settings
    return f"{stand.translator.url}/{slug(next(entry for entry in settings.model_list if entry.model_name == name))}"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer live-"}, {"x-api-key": "5e" * 32}])
def test_nobody_is_served_without_the_secret(stand: Stand, headers: dict[str, str]) -> None:
    reply = httpx.post(f"{place(stand)}/chat/completions", json=BODY, headers=headers)
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "invalid_api_key"
    assert stand.fakes["anthropic"].calls == []


def test_live_requests_carry_the_models_key_and_replays_its_shadow_key(stand: Stand) -> None:
    for word, key in ((stand.translator.live_key, b"sk-live"), (stand.translator.shadow_key, b"sk-shadow")):
        reply = httpx.post(f"{place(stand)}/chat/completions", json=BODY, headers={"authorization": f"Bearer {word}"})
        assert reply.status_code == 200
        assert stand.fakes["anthropic"].calls[-1].header(b"x-api-key") == key


def test_neither_the_secret_nor_a_key_of_the_client_reaches_a_provider(stand: Stand) -> None:
    headers = {"authorization": "Bearer sk-clients", "x-app": "ats", "cookie": "session=1"}
    assert httpx.post(f"{stand.gateway.url}/v1/chat/completions", json=BODY | {"model": "claude"}, headers=headers).status_code == 200
    received = stand.fakes["anthropic"].calls[-1]
    for word in (b"sk-clients", b"session=1", b"x-app", stand.translator.secret.encode()):
        assert word not in received.head + received.body


def test_a_deployment_that_it_does_not_know_yet_may_be_asked_again(stand: Stand) -> None:
    url = f"{stand.translator.url}/{'0' * 16}/chat/completions"
    reply = httpx.post(url, json=BODY, headers={"authorization": f"Bearer {stand.translator.live_key}"})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")


def test_a_client_cannot_ask_for_another_model_than_the_deployments(stand: Stand) -> None:
    headers = {"authorization": f"Bearer {stand.translator.live_key}"}
    httpx.post(f"{place(stand)}/chat/completions", json=BODY | {"model": "ollama_chat/other"}, headers=headers)
    assert sent(stand.fakes["anthropic"])["model"] == "claude-sonnet-4-5"
    reply = httpx.post(f"{place(stand, 'claude-*')}/chat/completions", json=BODY | {"model": "ollama_chat/other"}, headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", CHATS)
def test_a_client_that_leaves_before_the_reply_ends_the_providers_work(stand: Stand, model: str, stream: bool) -> None:
    async def silent(call: Call) -> None:
        await call.reader.read(1)

    upstream = fake(stand, model)
    upstream.script = silent
    upstream.closed.clear()
    body = {"model": model, "messages": user(), "stream": stream}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{stand.gateway.url}/v1/chat/completions", json=body, timeout=httpx.Timeout(10, read=1))
    assert upstream.closed.wait(2)


def test_a_client_that_leaves_within_a_stream_ends_the_providers_work(stand: Stand) -> None:
    began = threading.Event()

    async def endless(call: Call) -> None:
        start = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "c",
            "content": [],
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for event in ({"type": "message_start", "message": start}, delta):
            piece = f"data: {json.dumps(event)}\n\n".encode()
            await call.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        began.set()
        await call.reader.read(1)  # then nothing more, until the connection is closed

    upstream = stand.fakes["anthropic"]
    upstream.script = endless
    body = {"model": "claude", "messages": user(), "stream": True}
    with httpx.stream("POST", f"{stand.gateway.url}/v1/chat/completions", json=body, timeout=10) as reply:
        lines = reply.iter_lines()  # kept: when it is collected the connection closes
        assert next(lines).startswith("data:")
        assert began.wait(5)
        upstream.closed.clear()
    assert upstream.closed.wait(2)


def test_a_redirect_is_not_followed(stand: Stand) -> None:
    """It would carry the provider's key elsewhere."""
    elsewhere = stand.fakes["ollama"]

    async def redirect(call: Call) -> None:
        target = f"http://127.0.0.1:{elsewhere.port}/v1/messages".encode()
        await call.send(b"HTTP/1.1 307 Elsewhere\r\nlocation: " + target + b"\r\ncontent-length: 0\r\n\r\n")

    stand.fakes["anthropic"].script = redirect
    reply = httpx.post(f"{stand.gateway.url}/v1/chat/completions", json=BODY | {"model": "claude"}, timeout=20)
    assert reply.status_code >= 300
    assert "error" in reply.json()
    assert elsewhere.calls == []


def test_a_provider_that_is_away_is_a_502_and_not_asked_for_details(stand: Stand) -> None:
    async def gone(call: Call) -> None:
        call.writer.transport.abort()

    stand.fakes["anthropic"].script = gone
    reply = httpx.post(f"{stand.gateway.url}/v1/chat/completions", json=BODY | {"model": "claude"}, timeout=20)
    assert reply.status_code == 502
    assert reply.json()["error"]["code"] in ("upstream_body_failed", "upstream_connect_failed")
    assert "ssl" not in reply.text.lower()


def test_nothing_is_sent_twice(stand: Stand) -> None:
    for status in (429, 500, 503):
        stand.fakes["anthropic"].calls.clear()
        body = BODY | {"model": "claude", "messages": user(f"fail {status}")}
        assert httpx.post(f"{stand.gateway.url}/v1/chat/completions", json=body, timeout=20).status_code == status
        assert len(stand.fakes["anthropic"].calls) == 1


def test_it_talks_to_the_configured_providers_and_to_nobody_else(stand: Stand) -> None:
    """From its start on: no price list, no telemetry, no tokenizer."""
    for model in CHATS:
        httpx.post(f"{stand.gateway.url}/v1/chat/completions", json={"model": model, "messages": user()}, timeout=20)
    told = stand.connections.read_text()
    allowed = {str(upstream.port) for upstream in stand.fakes.values()}
    lines = [line for line in told.splitlines() if line.startswith(("connect", "look up"))]
    assert lines
    for line in lines:
        host, port = json.loads(line.partition("[")[1] + line.partition("[")[2])
        assert (host, str(port)) in {("127.0.0.1", known) for known in allowed}, line


def test_requests_and_keys_are_not_logged(stand: Stand) -> None:
    for text in ("a secret of the user", "fail 500 a secret of the user", "fail 400 a secret of the user"):
        httpx.post(f"{stand.gateway.url}/v1/chat/completions", json={"model": "claude", "messages": user(text)}, timeout=20)
    told = stand.connections.read_text()
    assert "a secret of the user" not in told
    assert "sk-live" not in told
    assert stand.translator.secret not in told


def test_what_a_gateway_worker_imports_has_none_of_it() -> None:
    """In a process of its own: tests beside this one import litellm into theirs."""
    code = "import sys, gateway.__main__, gateway.worker; sys.exit(any(name.partition('.')[0] == 'litellm' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_its_memory_stays_where_it_is(stand: Stand) -> None:
    def resident_kb() -> int:
        lines = Path(f"/proc/{stand.process.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if "VmRSS" in line))

    def ask(count: int) -> None:
        with httpx.Client(timeout=30) as client:
            for number in range(count):
                body = {"model": "claude", "messages": user(f"{number} " + "word " * 200), "stream": bool(number % 2)}
                assert client.post(f"{stand.gateway.url}/v1/chat/completions", json=body).status_code == 200

    ask(100)
    time.sleep(0.2)
    before = resident_kb()
    ask(300)
    assert resident_kb() - before < 24 * 1024
