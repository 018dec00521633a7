"""The hand-off: what reaches the queue, and that forwarding neither waits nor fails, whatever happens behind it."""

import gc
import gzip
import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.capture import Handoff, HandoffState, Recorder
from gateway.exchange import Exchange, from_bytes
from gateway.queue import Queue, open_queue
from gateway.queue.file import connect
from gateway.redact import MARK, end_user_mark
from gateway.routing import Deployment
from gateway.settings import Settings
from tests.ids import new_exchange_id

SECRET = b"s" * 32
DEPLOYMENT = Deployment("support-1", "support", "m", "http://127.0.0.1:1/v1", "upstream-key", None, False)
JSON = [(b"content-type", b"application/json")]
SSE = [(b"content-type", b"text/event-stream; charset=utf-8")]
BODY = b'{"model": "support", "messages": [{"role": "user", "content": "Should we hire Maria?"}]}'
REPLY = b'{"choices": [{"message": {"content": "Yes."}}]}'


def settings_with(**monitor: Any) -> Settings:
    entry = {"model_name": "support", "litellm_params": {"model": "openai/m", "api_base": "http://127.0.0.1:1/v1"}}
    return Settings.model_validate({"model_list": [entry], "monitor": {"sample_rate": 1, "routes": [{"name": "r"}], **monitor}})


class Counts:
    """What was counted, from whichever thread."""

    def __init__(self) -> None:
        self.fates: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, model: str, route: str, fate: str) -> None:
        with self._lock:
            self.fates[model, route, fate] += 1

    def of(self, fate: str) -> int:
        return self.fates["support", "r", fate]


@pytest.fixture
def counts() -> Counts:
    return Counts()


Make = Callable[..., Handoff]


@pytest.fixture
def make(tmp_path: Path, counts: Counts) -> Iterator[Make]:
    made: list[Handoff] = []

    def make(**monitor: Any) -> Handoff:
        made.append(Handoff(settings_with(**monitor), tmp_path, SECRET, counts, now=lambda: 1234.5))
        return made[-1]

    yield make
    for handoff in made:
        handoff.stop(0.1)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    opened = open_queue(None, tmp_path, max_items=10_000, max_bytes=100_000_000)
    yield opened
    opened.close()


def begin(handoff: Handoff, body: bytes = BODY, headers: Any = JSON, exchange_id: str = "") -> Recorder:
    return handoff.recorder(
        exchange_id=exchange_id or new_exchange_id(),
        endpoint="chat_completions",
        deployment=DEPLOYMENT,
        route="r",
        request_body=body,
        headers=headers,
    )


def record(handoff: Handoff, *chunks: bytes, headers: Any = JSON, status: int = 200, truncated: bool = False, **asked: Any) -> None:
    recorder = begin(handoff, **asked)
    for chunk in chunks:
        recorder.data(chunk)
    recorder.finish(status, headers, truncated=truncated)


def until(handoff: Handoff, holds: Callable[[HandoffState], bool]) -> HandoffState:
    """The first state for which something holds; fails when it does not come."""
    for _ in range(1_000):
        if holds(state := handoff.state()):
            return state
        time.sleep(0.01)
    raise AssertionError(f"still {handoff.state()}")


def accepted(handoff: Handoff, queue: Queue, count: int = 1) -> list[Exchange]:
    """What the queue holds, once so many were accepted."""
    handoff.start()
    until(handoff, lambda state: state.accepted_total == count)
    return [from_bytes(item.payload) for item in queue.claim(count + 1, 60)]


def test_an_exchange_reaches_the_queue_as_it_was(make: Make, queue: Queue) -> None:
    handoff = make()
    record(handoff, REPLY[:10], REPLY[10:], exchange_id="ex_1")
    assert accepted(handoff, queue) == [
        Exchange(
            id="ex_1",
            received_ms=1_234_500,
            endpoint="chat_completions",
            model="support",
            deployment="support-1",
            route="r",
            status=200,
            streamed=False,
            truncated=False,
            request=json.loads(BODY),
            response=REPLY.decode(),
            headers={"content-type": "application/json"},
            end_user=None,
        )
    ]


def test_a_stream_is_kept_as_its_text_across_odd_pieces(make: Make, queue: Queue) -> None:
    text = 'data: {"choices":[{"index":0,"delta":{"content":"é 🙂"}}]}\r\n\r\n: comment\n\ndata: [DONE]\n\n'
    handoff = make()
    record(handoff, *[bytes([byte]) for byte in text.encode()], headers=SSE)
    (exchange,) = accepted(handoff, queue)
    assert (exchange.response, exchange.streamed, exchange.truncated) == (text, True, False)


def test_a_compressed_reply_is_decoded(make: Make, queue: Queue) -> None:
    packed = gzip.compress(REPLY)
    handoff = make()
    record(handoff, packed[:7], packed[7:], headers=[*JSON, (b"Content-Encoding", b"gzip")])
    assert accepted(handoff, queue)[0].response == REPLY.decode()


def test_a_reply_that_cannot_be_decoded_is_empty_and_marked(make: Make, queue: Queue) -> None:
    handoff = make()
    record(handoff, b"plain", headers=[*JSON, (b"content-encoding", b"gzip")])
    (exchange,) = accepted(handoff, queue)
    assert (exchange.response, exchange.truncated) == ("", True)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_long_reply_is_cut_at_the_limit_between_characters(make: Make, queue: Queue, coding: str) -> None:
    text = "é" * 3_000
    packed = text.encode() if coding == "identity" else gzip.compress(text.encode())
    handoff = make(max_reply_bytes=1_025)
    record(handoff, packed, headers=[(b"content-encoding", coding.encode())])
    (exchange,) = accepted(handoff, queue)
    assert (exchange.response, exchange.truncated) == ("é" * 512, True)


def test_a_reply_of_exactly_the_limit_is_whole(make: Make, queue: Queue) -> None:
    handoff = make(max_reply_bytes=1_024)
    record(handoff, b"x" * 1_000, b"y" * 24)
    (exchange,) = accepted(handoff, queue)
    assert (len(exchange.response), exchange.truncated) == (1_024, False)


def test_what_follows_the_limit_is_not_held_in_memory(make: Make) -> None:
    handoff = make(max_reply_bytes=1_024)
    recorder = begin(handoff)
    for _ in range(100):
        recorder.data(b"x" * 1_000)
    assert handoff.state().bytes < 5_000
    recorder.finish(200, JSON, truncated=False)


def test_a_reply_that_broke_off_is_marked(make: Make, queue: Queue) -> None:
    handoff = make()
    record(handoff, b"data: {}\n\n", headers=SSE, truncated=True)
    assert accepted(handoff, queue)[0].truncated


def test_an_error_of_the_upstream_is_an_exchange_too(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make()
    record(handoff, b'{"error": {"message": "slow down"}}', status=429)
    assert accepted(handoff, queue)[0].status == 429
    assert not counts.fates


def test_the_exchange_is_redacted(make: Make, queue: Queue, tmp_path: Path) -> None:
    key = "sk-" + "a1b2c3d4e5f6g7h8i9"
    body = json.dumps({"messages": [{"content": f"use {key}"}], "user": "ann@example.org", "metadata": {"a": "b"}}).encode()
    handoff = make(capture_headers=["x-app", "authorization"])
    record(handoff, b'{"a":"' + key.encode() + b'"}', body=body, headers=JSON, exchange_id="ex_1")
    (exchange,) = accepted(handoff, queue)
    assert exchange.request == {"messages": [{"content": f"use {MARK}"}]}
    assert exchange.response == f'{{"a":"{MARK}"}}'
    assert exchange.end_user == end_user_mark(SECRET, "ann@example.org")
    handoff.stop()
    for file in tmp_path.iterdir():
        assert key.encode() not in file.read_bytes()
        assert b"ann@example" not in file.read_bytes()


def test_request_headers_are_kept_by_the_list_only(make: Make, queue: Queue) -> None:
    handoff = make(capture_headers=["x-app", "authorization"])
    recorder = begin(handoff, headers=[(b"x-app", b"ats"), (b"authorization", b"Bearer x"), (b"user-agent", b"curl")])
    recorder.finish(200, JSON, truncated=False)
    assert accepted(handoff, queue)[0].headers == {"x-app": "ats"}


@pytest.mark.parametrize("body", [b"", b"hello", b"[1]", b'"text"', b"{", b'{"a":' * 300 + b"1" + b"}" * 300, b'{"a": NaN}', b"\xff"])
def test_a_request_that_is_not_a_json_object_is_counted_as_ineligible(make: Make, queue: Queue, counts: Counts, body: bytes) -> None:
    handoff = make()
    record(handoff, REPLY, body=body)
    record(handoff, REPLY)
    assert len(accepted(handoff, queue)) == 1
    assert counts.fates == {("support", "r", "ineligible"): 1}


def test_the_deepest_request_that_is_taken_can_be_written(make: Make, queue: Queue) -> None:
    handoff = make()
    record(handoff, REPLY, body=b'{"a":' * 200 + b"1" + b"}" * 200)
    assert len(accepted(handoff, queue)) == 1


def test_many_exchanges_arrive_in_order_and_memory_is_free_again(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make()
    handoff.start()
    ids = [new_exchange_id() for _ in range(500)]
    for each in ids:
        record(handoff, REPLY, exchange_id=each)
    state = until(handoff, lambda state: state.accepted_total == 500)
    until(handoff, lambda state: state.bytes == 0)
    assert [item.id for item in queue.claim(600, 60)] == ids
    assert (state.items, state.shed_total, state.problem) == (0, 0, None)
    assert not counts.fates


def test_more_items_than_the_bound_are_shed_and_counted(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"memory_items": 3})
    for _ in range(5):
        record(handoff, REPLY)
    state = handoff.state()
    assert (state.items, state.shed_total, counts.of("shed")) == (3, 2, 2)
    assert "memory_items" in (state.problem or "")
    assert len(accepted(handoff, queue, 3)) == 3
    assert until(handoff, lambda state: state.items == 0).problem is None


def test_more_bytes_than_the_bound_are_shed_and_counted(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"memory_bytes": 100_000})
    for _ in range(5):
        record(handoff, b"x" * 40_000)
    state = handoff.state()
    assert (state.items, counts.of("shed")) == (2, 3)
    assert state.bytes < 100_000
    assert len(accepted(handoff, queue, 2)) == 2


def test_replies_under_way_count_towards_the_bytes(make: Make, counts: Counts) -> None:
    handoff = make(queue={"memory_bytes": 100_000})
    recorders = [begin(handoff) for _ in range(5)]
    for recorder in recorders:
        recorder.data(b"x" * 40_000)
    assert counts.of("shed") == 3
    assert handoff.state().bytes < 100_000
    for recorder in recorders:
        recorder.data(b"y" * 40_000)
        recorder.finish(200, JSON, truncated=False)
    state = handoff.state()
    assert (counts.of("shed"), state.shed_total, state.items) == (4, 4, 1)  # the first one's share made room for the second
    assert 80_000 < state.bytes < 100_000


def test_a_request_larger_than_the_memory_is_shed_at_once(make: Make, counts: Counts) -> None:
    handoff = make(queue={"memory_bytes": 10_000})
    recorder = begin(handoff, body=b"x" * 10_000)
    assert counts.of("shed") == 1
    recorder.data(b"x")
    recorder.finish(200, JSON, truncated=False)
    del recorder
    gc.collect()
    assert (counts.of("shed"), handoff.state().bytes) == (1, 0)


def test_a_recorder_that_is_never_finished_is_counted_and_frees_its_memory(make: Make, counts: Counts) -> None:
    handoff = make()
    recorder = begin(handoff)
    recorder.data(b"x" * 1_000)
    handoff.start()
    del recorder
    gc.collect()
    until(handoff, lambda state: state.bytes == 0)
    assert counts.fates == {("support", "r", "shed"): 1}


def test_a_recorder_counts_once_however_often_it_is_finished(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make()
    recorder = begin(handoff)
    for _ in range(3):
        recorder.finish(200, JSON, truncated=False)
        recorder.data(b"late")
    assert len(accepted(handoff, queue)) == 1
    assert not counts.fates


def test_a_full_queue_sheds_says_so_and_recovers_when_the_monitor_catches_up(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"max_items": 2})
    for _ in range(5):
        record(handoff, REPLY)
    handoff.start()
    state = until(handoff, lambda state: state.shed_total == 3)
    assert (state.accepted_total, counts.of("shed")) == (2, 3)
    assert "max_items" in (until(handoff, lambda state: state.problem is not None).problem or "")
    queue.ack([item.id for item in queue.claim(2, 60)])
    until(handoff, lambda state: state.problem is None)
    record(handoff, REPLY)
    until(handoff, lambda state: state.accepted_total == 3)


def inside(handoff: Handoff) -> sqlite3.Connection:
    """The connection of the hand-off's own queue, to make SQLite fail on it."""
    connection: sqlite3.Connection = vars(handoff._drain._queue)["_connection"]
    return connection


def test_a_full_disk_holds_samples_back_sheds_over_the_bound_and_loses_nothing_it_held(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"memory_items": 10})
    handoff.start()
    until(handoff, lambda state: state.queue is not None)
    pages = inside(handoff).execute("PRAGMA page_count").fetchone()[0]
    inside(handoff).execute(f"PRAGMA max_page_count = {pages}")
    ids = [new_exchange_id() for _ in range(30)]
    for each in ids:
        record(handoff, b"x" * 20_000, exchange_id=each)
    state = until(handoff, lambda state: "SQLITE_FULL" in (state.problem or ""))
    assert (state.accepted_total, queue.depth().items) == (0, 0)
    assert (state.items, state.shed_total, counts.of("shed")) == (10, 20, 20)
    inside(handoff).execute("PRAGMA max_page_count = 1000000")
    until(handoff, lambda state: state.accepted_total == 10 and state.problem is None)
    assert [item.id for item in queue.claim(100, 60)] == ids[:10]
    assert handoff.state().items == 0


def test_a_queue_that_cannot_be_opened_is_told_and_used_as_soon_as_it_can(make: Make, tmp_path: Path) -> None:
    blocked = tmp_path / "queue.db"
    blocked.write_bytes(b"not a database " * 100)
    handoff = make()
    handoff.start()
    record(handoff, REPLY)
    state = until(handoff, lambda state: state.problem is not None)
    assert "not a database" in (state.problem or "")
    assert (state.items, state.shed_total) == (1, 0)
    blocked.unlink()
    assert until(handoff, lambda state: state.accepted_total == 1).shed_total == 0


def test_a_queue_of_a_newer_version_is_told(make: Make, tmp_path: Path) -> None:
    db = connect(tmp_path / "queue.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    handoff = make()
    handoff.start()
    assert "newer Evenhand" in (until(handoff, lambda state: state.problem is not None).problem or "")


def test_a_locked_queue_does_not_stop_recording(make: Make, queue: Queue, tmp_path: Path) -> None:
    handoff = make()
    handoff.start()
    until(handoff, lambda state: state.queue is not None)
    with sqlite3.connect(tmp_path / "queue.db", isolation_level=None) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        for _ in range(100):
            record(handoff, REPLY)
        assert handoff.state().accepted_total == 0
        blocker.execute("ROLLBACK")
    blocker.close()
    until(handoff, lambda state: state.accepted_total == 100)


def test_stopping_writes_what_is_held(make: Make, queue: Queue) -> None:
    handoff = make()
    for _ in range(200):
        record(handoff, REPLY)
    handoff.start()
    handoff.stop()
    assert handoff.state().accepted_total == 200
    assert queue.depth().items == 200


def test_stopping_with_a_broken_queue_ends_in_time_and_counts_what_is_lost(make: Make, tmp_path: Path, counts: Counts) -> None:
    (tmp_path / "queue.db").write_bytes(b"not a database " * 100)
    handoff = make()
    for _ in range(200):
        record(handoff, REPLY)
    handoff.start()
    until(handoff, lambda state: state.problem is not None)
    handoff.stop(0.2)
    state = handoff.state()
    assert (state.items, state.bytes, state.accepted_total) == (0, 0, 0)
    assert counts.fates == {("support", "r", "shed"): 200}


def test_what_finishes_after_the_stop_is_counted_as_shed(make: Make, counts: Counts) -> None:
    handoff = make()
    recorder = begin(handoff)
    handoff.start()
    handoff.stop()
    recorder.data(REPLY)
    recorder.finish(200, JSON, truncated=False)
    assert (counts.of("shed"), handoff.state().items, handoff.state().bytes) == (1, 0, 0)


def test_stopping_what_never_started_counts_what_it_held(make: Make, counts: Counts) -> None:
    handoff = make()
    record(handoff, REPLY)
    handoff.stop()
    assert counts.of("shed") == 1


def test_every_recording_of_several_threads_is_counted_exactly_once(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"memory_items": 50, "max_items": 300})
    handoff.start()

    def work() -> None:
        for number in range(200):
            record(handoff, REPLY, body=BODY if number % 5 else b"not json")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handoff.stop()
    state = handoff.state()
    assert state.accepted_total + counts.of("shed") + counts.of("ineligible") == 800
    assert (queue.depth().items, state.shed_total) == (state.accepted_total, counts.of("shed"))
    assert (state.items, state.bytes) == (0, 0)


def test_the_state_shows_the_depth_of_the_queue(make: Make, queue: Queue) -> None:
    handoff = make()
    record(handoff, REPLY)
    handoff.start()
    state = until(handoff, lambda state: state.queue is not None and state.queue.items == 1)
    assert state.queue == queue.depth()


def test_an_exchange_that_cannot_be_captured_is_shed_by_name_and_costs_no_other(
    make: Make, queue: Queue, counts: Counts, caplog: pytest.LogCaptureFixture
) -> None:
    handoff = make()
    record(handoff, REPLY, headers=[(b"content-type", None)], exchange_id="ex_odd")
    record(handoff, REPLY, exchange_id="ex_fine")
    assert [exchange.id for exchange in accepted(handoff, queue)] == ["ex_fine"]
    assert counts.fates == {("support", "r", "shed"): 1}
    assert [getattr(record, "fields", {}).get("exchange_id") for record in caplog.records] == ["ex_odd"]
    assert "Maria" not in caplog.text


def test_a_counter_that_fails_does_not_end_the_thread(tmp_path: Path, queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    def broken(model: str, route: str, fate: str) -> None:
        raise RuntimeError("no metrics today")

    handoff = Handoff(settings_with(), tmp_path, SECRET, broken)
    handoff.start()
    record(handoff, REPLY, body=b"not json")
    until(handoff, lambda state: state.bytes == 0)
    record(handoff, REPLY)
    until(handoff, lambda state: state.accepted_total == 1)
    handoff.stop()
    assert "no metrics today" in caplog.text


def test_other_settings_hold_for_what_comes_and_what_is_recorded_already(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"memory_items": 1})
    record(handoff, b'{"said": "secret-one"}', exchange_id="ex_1")
    record(handoff, REPLY, exchange_id="ex_shed")
    monitor = settings_with(redact_patterns=["secret-one"], queue={"memory_items": 2}).monitor
    assert monitor is not None
    handoff.adopt(monitor)
    record(handoff, REPLY, exchange_id="ex_2")
    first, second = accepted(handoff, queue, 2)
    assert (first.id, json.loads(first.response), second.id) == ("ex_1", {"said": MARK}, "ex_2")
    assert counts.of("shed") == 1


def test_other_bounds_of_the_queue_hold_from_the_next_batch_on(make: Make, queue: Queue, counts: Counts) -> None:
    handoff = make(queue={"max_items": 1})
    record(handoff, REPLY)
    assert len(accepted(handoff, queue)) == 1
    record(handoff, REPLY)
    until(handoff, lambda state: state.shed_total == 1)
    monitor = settings_with(queue={"max_items": 2}).monitor
    assert monitor is not None
    handoff.adopt(monitor)
    until(handoff, lambda state: state.problem is None)
    record(handoff, REPLY)
    until(handoff, lambda state: state.accepted_total == 2)
    assert counts.of("shed") == 1
