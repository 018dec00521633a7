"""Whatever is done to the queue, it behaves like a list in memory."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.queue import Depth
from gateway.queue.sqlite import MAX_CLAIMS, SqliteQueue

MAX_ITEMS, MAX_BYTES = 8, 60
IDS = st.sampled_from([f"ex_{number}" for number in range(14)])


@dataclass
class Entry:
    seq: int
    id: str
    payload: bytes
    arrived_ms: int
    claims: int = 0
    leased_until: float | None = None


class QueueAgainstList(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.seconds = 100.0
        self.offered = 0
        self.folder = tempfile.TemporaryDirectory()
        self.queue = self.open()
        self.entries: list[Entry] = []
        self.aside: list[tuple[Entry, bool]] = []

    def open(self) -> SqliteQueue:
        path = Path(self.folder.name) / "queue.db"
        return SqliteQueue(path, max_items=MAX_ITEMS, max_bytes=MAX_BYTES, now=lambda: self.seconds, monotonic=lambda: self.seconds)

    def teardown(self) -> None:
        self.queue.close()
        self.folder.cleanup()

    @rule(batch=st.lists(st.tuples(IDS, st.binary(max_size=20)), max_size=5))
    def offer(self, batch: list[tuple[str, bytes]]) -> None:
        accepted = 0
        for item_id, payload in batch:
            if item_id not in {entry.id for entry in self.entries} | {entry.id for entry, _ in self.aside}:
                if len(self.entries) == MAX_ITEMS or sum(len(entry.payload) for entry in self.entries) + len(payload) > MAX_BYTES:
                    break
                self.offered += 1
                self.entries.append(Entry(self.offered, item_id, payload, int(self.seconds * 1000)))
            accepted += 1
        assert self.queue.offer(batch) == accepted

    @rule(count=st.integers(0, 4), lease=st.sampled_from([1.0, 10.0]))
    def claim(self, count: int, lease: float) -> None:
        expected = []
        for entry in list(self.entries):
            if len(expected) == count:
                break
            if entry.leased_until is not None and entry.leased_until > self.seconds:
                continue
            if entry.claims == MAX_CLAIMS:
                self.entries.remove(entry)
                self.aside.append((entry, False))
                self.forget_old_failures()
                continue
            entry.claims += 1
            entry.leased_until = self.seconds + lease
            expected.append((entry.id, entry.payload, entry.arrived_ms, entry.claims))
        assert [(item.id, item.payload, item.arrived_ms, item.claims) for item in self.queue.claim(count, lease)] == expected

    def forget_old_failures(self) -> None:
        kept, size = [], 0
        for entry, taken in sorted(self.aside, key=lambda failure: -failure[0].seq):
            size += len(entry.payload)
            if not taken or size <= MAX_BYTES // 8:
                kept.append((entry, taken))
        self.aside = kept

    @rule(ids=st.lists(IDS, max_size=3))
    def ack(self, ids: list[str]) -> None:
        self.queue.ack(ids)
        self.entries = [entry for entry in self.entries if entry.id not in ids]
        self.aside = [(entry, taken) for entry, taken in self.aside if entry.id not in ids]

    @rule(ids=st.lists(IDS, max_size=3))
    def release(self, ids: list[str]) -> None:
        self.queue.release(ids)
        for entry in self.entries:
            if entry.id in ids and entry.leased_until is not None:
                entry.leased_until, entry.claims = None, entry.claims - 1

    @rule(seconds=st.sampled_from([0.5, 2.0, 20.0]))
    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    @rule()
    def recover(self) -> None:
        leased = [entry for entry in self.entries if entry.leased_until is not None]
        assert self.queue.recover() == len(leased)
        for entry in leased:
            entry.leased_until = None

    @rule()
    def take_set_aside(self) -> None:
        fresh = [entry for entry, taken in self.aside if not taken]
        assert {item.id for item in self.queue.take_set_aside()} == {entry.id for entry in fresh}
        self.aside = [(entry, True) for entry, _ in self.aside]

    @precondition(lambda self: bool(self.entries))
    @rule()
    def use_up_the_claims_of_all(self) -> None:
        for _ in range(MAX_CLAIMS):
            self.seconds += 20
            self.claim(count=MAX_ITEMS, lease=1.0)

    @rule()
    def reopen(self) -> None:
        self.queue.close()
        self.queue = self.open()

    @invariant()
    def the_depth_is_right(self) -> None:
        assert self.queue.depth() == Depth(
            len(self.entries),
            sum(len(entry.payload) for entry in self.entries),
            self.entries[0].arrived_ms if self.entries else None,
            len(self.aside),
        )


TestQueueAgainstList = QueueAgainstList.TestCase
TestQueueAgainstList.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
