"""What processes log, and above all what they do not."""

import asyncio
import contextlib
import io
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.journal import Journal
from gateway.logs import JsonLines, LineHandler, Words, about
from tests.gateway.conftest import Call, Upstream, post, read_all
from tests.gateway.test_main import ask, config, wait_ready, worker

MARKER = "Zq7Xmarker"


class Lines:
    """A logger of ours or another's, and the lines that it gave."""

    def __init__(self, name: str, formatter: logging.Formatter) -> None:
        self._stream = io.StringIO()
        self._handler = LineHandler(self._stream)
        self._handler.setFormatter(formatter)
        self.log = logging.getLogger(name)
        self.log.handlers, self.log.propagate = [self._handler], False
        self.log.setLevel(logging.INFO)

    def close(self) -> None:
        self.log.handlers, self.log.propagate = [], True
        self._handler.close()

    @property
    def text(self) -> str:
        self._handler.flush()
        return self._stream.getvalue()

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines() -> Iterator[Callable[..., Lines]]:
    made: list[Lines] = []

    def make(name: str, formatter: logging.Formatter | None = None) -> Lines:
        made.append(Lines(name, formatter or JsonLines("gateway-0")))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_line_says_when_who_what_and_about_what(lines: Callable[..., Lines]) -> None:
    logged = lines("gateway.test")
    logged.log.warning("the disk is %s", "full", extra=about("disk_full", path="/data", exchange_id=None))
    (line,) = logged.documents
    assert line.pop("ts").endswith("Z")
    assert line == {"level": "warning", "process": "gateway-0", "event": "disk_full", "message": "the disk is full", "path": "/data"}


def test_of_an_exception_the_type_and_the_places_are_told_and_not_what_it_says(lines: Callable[..., Lines]) -> None:
    logged = lines("evenhand.test")

    def reads(body: str) -> None:
        raise ValueError(f"cannot read {body}")

    try:
        reads(MARKER)
    except ValueError:
        logged.log.exception("a request failed", extra=about("exchange_failed", exchange_id="ex_1"))
    (line,) = logged.documents
    assert (line["error"], line["exchange_id"]) == ("ValueError", "ex_1")
    assert "test_logs.py" in line["places"][-1]
    assert line["places"][-1].endswith("reads")
    assert MARKER not in logged.text


@pytest.mark.parametrize(
    ("message", "arguments", "told"),
    [
        ("Exception in ASGI application\n", (), "Exception in ASGI application"),
        ("Exception in callback Protocol.data_received(b'Zq7Xmarker')", (), "Exception in callback Protocol.data_received"),
        ("Task exception was never retrieved\nfuture: <Task exception=ValueError('Zq7Xmarker')>", (), "Task exception was never retrieved"),
        ("bad header %r", ("Zq7Xmarker",), "bad header %r"),
        ("{'body': 'Zq7Xmarker'}", (), ""),
    ],
)
def test_of_another_packages_message_the_fixed_words_are_told(
    lines: Callable[..., Lines], message: str, arguments: tuple[str, ...], told: str
) -> None:
    logged = lines("uvicorn.test")
    logged.log.error(message, *arguments)
    (line,) = logged.documents
    assert (line["message"], line["logger"]) == (told, "uvicorn.test")
    assert MARKER not in logged.text


def test_people_get_words(lines: Callable[..., Lines]) -> None:
    logged = lines("gateway.words", Words("monitor"))
    logged.log.error("the store failed", extra=about("store_failed", exchange_id="ex_1"))
    assert logged.text.rstrip().endswith("monitor error: the store failed [exchange_id ex_1]")


def test_nobody_waits_for_a_log_that_nobody_reads_and_lost_lines_are_counted() -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w")
    handler = LineHandler(stream, max_waiting=10)
    handler.setFormatter(JsonLines("gateway-0"))
    record = logging.LogRecord("gateway", logging.INFO, "", 0, "x" * 10_000, None, None)
    for _ in range(100):  # far more than the pipe and the handler hold
        handler.emit(record)
    with os.fdopen(reading) as reader:
        told: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: told.extend(json.loads(line) for line in reader))
        thread.start()
        handler.flush()
        handler.emit(record)
        handler.close()
        stream.close()
        thread.join()
    lost = [line for line in told if line["event"] == "log_lines_lost"]
    assert len(lost) == 1
    assert lost[0]["count"] + len(told) - len(lost) == 101


CRASHES = """
import threading, sys, warnings
from gateway.logs import open_log
open_log("monitor")
warnings.warn("said {marker}")
thread = threading.Thread(target=lambda: int("said {marker}"))
thread.start(); thread.join()
raise KeyError("said {marker}")
"""


def test_a_process_that_dies_of_a_fault_says_so_without_what_it_worked_on(tmp_path: Path) -> None:
    script = tmp_path / "crashes.py"
    script.write_text(CRASHES.format(marker=MARKER))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    documents = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line.get("error") for line in documents] == [None, "ValueError", "KeyError"]
    assert documents[0]["message"].endswith("crashes.py:5: UserWarning")
    assert MARKER not in done.stderr


def test_failures_of_a_kind_are_one_line_in_a_while_that_counts_them(lines: Callable[..., Lines]) -> None:
    logged, now = lines("evenhand.gateway"), [0.0]
    journal = Journal(every_request=False, clock=lambda: now[0])

    def fail(error: str = "upstream_connect", model: str = "m") -> None:
        journal.ended(
            exchange_id="ex_1",
            model=model,
            deployment="m@1",
            upstream="llm.example:8080",
            endpoint="chat_completions",
            status=502,
            origin="gateway",
            error=error,
            key=None,
            seconds=0.1,
        )

    for _ in range(5):
        fail()
    fail(model="other")
    fail(error="caller_bad_request")
    now[0] = 11.0
    fail()
    assert [(line["model"], line["error"], line["count"]) for line in logged.documents] == [
        ("m", "upstream_connect", 1),
        ("other", "upstream_connect", 1),
        ("m", "upstream_connect", 5),
    ]


async def hostile(call: Call) -> None:
    """Answers in the ways that upstreams fail, with the marker in all that it says."""
    kind = call.body[-3:-2]
    if kind == b"0":
        await call.json(b'{"error": {"message": "' + MARKER.encode() + b'"}}', b"500 Oops", b"x-said: " + MARKER.encode() + b"\r\n")
    elif kind == b"1":
        await call.send(b"HTTP/1.1 " + MARKER.encode() + b" \x00\r\n\r\n")
    elif kind == b"2":
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: " + MARKER.encode() + b"\n\n")
        call.writer.transport.abort()
    elif kind == b"3":
        await call.json(MARKER.encode(), b"429 Slow down", b"retry-after: " + MARKER.encode() + b"\r\n")
    else:
        await call.json(b'{"choices": [{"message": {"content": "' + MARKER.encode() + b'"}}]}')
    await asyncio.sleep(0)


def send(port: int, request: bytes, pick: random.Random) -> None:
    """Send the request, or a damaged one, or a part of it and leave."""
    way = pick.randrange(6)
    with socket.create_connection(("127.0.0.1", port), timeout=2) as client, contextlib.suppress(OSError):
        if way == 0:
            client.sendall(request[: pick.randrange(20, len(request))])
        elif way == 1:
            position = pick.randrange(len(request))
            client.sendall(request[:position] + bytes(pick.choices(range(256), k=3)) + request[position:])
            client.shutdown(socket.SHUT_WR)
            read_all(client)
        else:
            client.sendall(request)
            read_all(client)


@pytest.mark.parametrize("access_log", [False, True])
def test_nothing_of_a_request_or_reply_is_ever_logged(upstreams: Callable[..., Upstream], tmp_path: Path, access_log: bool) -> None:
    pick = random.Random(11)
    upstream = upstreams(hostile)
    document = config(upstream) | {
        "gateway": {"access_log": access_log},
        "monitor": {"sample_rate": 1, "routes": [{"name": "r"}]},
    }
    gone = {"model_name": "gone", "litellm_params": {"model": "openai/gone", "api_base": "http://127.0.0.1:1/v1"}}
    document["model_list"].append(gone)
    word = MARKER.encode()
    with worker(document, tmp_path) as (process, port):
        wait_ready(process, port)
        for number in range(150):
            model = pick.choice([b"m", b"gone", word])
            path = pick.choice([b"/v1/chat/completions", b"/v1/" + word, b"/" + word + b"/../x", b"/v1/chat/completions?k=" + word])
            body = b'{"model":"' + model + b'","messages":[{"role":"user","content":"' + word + b'"}],"n":%d}\n' % (number % 6)
            headers = [b"Authorization: Bearer sk-" + word, b"x-request-id: " + word, b"cookie: " + word, b"user-agent: " + word]
            if pick.random() < 0.2:
                body = b"{" + word
            send(port, post(body, path, *headers), pick)
        process.send_signal(signal.SIGTERM)
        stderr = process.communicate(timeout=30)[1]
    documents = [json.loads(line) for line in stderr.splitlines()]
    assert all({"ts", "level", "process", "event"} <= line.keys() for line in documents)
    events = {line["event"] for line in documents}
    assert {"started", "stopped"} <= events
    assert ("request" in events) is access_log
    assert ("request_failed" in events) is not access_log
    assert MARKER not in stderr
    if access_log:
        requests = [line for line in documents if line["event"] == "request"]
        assert {line["model"] for line in requests} == {"m", "gone", "_other"}
        assert {"exchange_id", "endpoint", "status", "origin", "duration_ms"} <= requests[0].keys()
        assert {line.get("upstream") for line in requests} == {None, "127.0.0.1:1", f"127.0.0.1:{upstream.port}"}


def test_a_worker_whose_log_is_not_read_serves_on(upstreams: Callable[..., Upstream], tmp_path: Path) -> None:
    document = config(upstreams()) | {"gateway": {"access_log": True}}
    body = b'{"model":"m","messages":[]}'
    with worker(document, tmp_path) as (process, port):
        wait_ready(process, port)
        for _ in range(600):  # over 64 kB of lines, which is what the pipe holds
            assert ask(port, post(body)).startswith(b"HTTP/1.1 200")
        assert process.poll() is None


def test_lines_of_several_threads_stay_whole(lines: Callable[..., Lines]) -> None:
    logged = lines("gateway.threads")
    words = ["alpha", "beta", "gamma", "delta"]
    threads = [threading.Thread(target=lambda word=word: [logged.log.info("%s", word * 50) for _ in range(200)]) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line["message"] for line in logged.documents) == sorted(word * 50 for word in words for _ in range(200))
