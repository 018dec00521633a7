"""The embedded queue: order, bounds, leases, privacy of the file, and what happens when storage fails."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.queue import Depth, QueueError, open_queue
from gateway.queue.file import connect
from gateway.queue.sqlite import KEPT_ASIDE, MAX_CLAIMS, SqliteQueue


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Iterator[SqliteQueue]:
    made = SqliteQueue(tmp_path / "queue.db", max_items=100, max_bytes=1_000_000, now=clock, monotonic=clock)
    yield made
    made.close()


def batch(*names: str, size: int = 10) -> list[tuple[str, bytes]]:
    return [(name, name.encode().ljust(size, b".")) for name in names]


def inside(queue: SqliteQueue) -> sqlite3.Connection:
    """The queue's own connection, to make SQLite fail on it."""
    assert queue._connection is not None
    return queue._connection


def test_items_come_out_in_the_order_of_their_arrival(queue: SqliteQueue) -> None:
    assert queue.offer(batch("b", "a")) == 2
    assert queue.offer(batch("c")) == 1
    assert [item.id for item in queue.claim(2, 60)] == ["b", "a"]
    assert [item.id for item in queue.claim(2, 60)] == ["c"]
    assert queue.claim(2, 60) == []


def test_a_claimed_item_says_when_it_arrived_and_how_often_it_was_claimed(queue: SqliteQueue, clock: Clock) -> None:
    queue.offer([("x", b"payload")])
    clock.seconds += 5
    (item,) = queue.claim(1, 60)
    assert (item.payload, item.arrived_ms, item.claims) == (b"payload", 1_000_000, 1)


def test_no_more_items_are_accepted_than_the_bound_allows(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "queue.db", max_items=3, max_bytes=1_000)
    assert queue.offer(batch("a", "b", "c", "d", "e")) == 3
    assert queue.offer(batch("f")) == 0
    queue.ack([item.id for item in queue.claim(1, 60)])
    assert queue.offer(batch("f", "g")) == 1
    queue.close()


def test_no_more_bytes_are_accepted_than_the_bound_allows(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "queue.db", max_items=100, max_bytes=25)
    assert queue.offer(batch("a", "b", "c")) == 2
    assert queue.depth().bytes == 20
    queue.close()


def test_items_in_work_still_count_towards_the_bound(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "queue.db", max_items=2, max_bytes=1_000)
    queue.offer(batch("a", "b"))
    queue.claim(2, 60)
    assert queue.offer(batch("c")) == 0
    queue.close()


def test_an_id_that_is_offered_twice_is_kept_once_and_told_as_accepted(queue: SqliteQueue) -> None:
    assert queue.offer(batch("a", "a", "b")) == 3
    assert queue.offer(batch("b", "c")) == 2
    assert [item.id for item in queue.claim(10, 60)] == ["a", "b", "c"]


def test_a_repeated_offer_of_a_claimed_item_makes_no_second_copy(queue: SqliteQueue) -> None:
    queue.offer(batch("a"))
    queue.claim(1, 60)
    assert queue.offer(batch("a")) == 1
    assert queue.claim(1, 60) == []


def test_a_leased_item_is_not_handed_out_until_the_lease_ends(queue: SqliteQueue, clock: Clock) -> None:
    queue.offer(batch("a"))
    queue.claim(1, 60)
    clock.seconds += 59.9
    assert queue.claim(1, 60) == []
    clock.seconds += 0.1
    assert [item.claims for item in queue.claim(1, 60)] == [2]


def test_an_acknowledged_item_never_comes_back(queue: SqliteQueue, clock: Clock) -> None:
    queue.offer(batch("a"))
    queue.claim(1, 60)
    queue.ack(["a"])
    clock.seconds += 61
    assert queue.claim(1, 60) == []
    assert queue.depth() == Depth(0, 0, None, 0)


def test_a_released_item_is_free_at_once_and_its_claim_is_not_counted(queue: SqliteQueue) -> None:
    queue.offer(batch("a"))
    for _ in range(MAX_CLAIMS + 2):
        assert [item.claims for item in queue.claim(1, 60)] == [1]
        queue.release(["a"])


def test_releasing_an_item_that_is_not_leased_uncounts_nothing(queue: SqliteQueue, clock: Clock) -> None:
    queue.offer(batch("a"))
    queue.claim(1, 60)
    queue.release(["a", "a", "unknown"])
    queue.release(["a"])
    assert [item.claims for item in queue.claim(1, 60)] == [1]


def test_an_item_is_set_aside_after_five_claims_and_the_next_takes_its_place(queue: SqliteQueue, clock: Clock) -> None:
    queue.offer(batch("poison", "fine"))
    for _ in range(MAX_CLAIMS):
        assert [item.id for item in queue.claim(1, 60)] == ["poison"]
        clock.seconds += 60
    assert [item.id for item in queue.claim(1, 60)] == ["fine"]
    assert queue.depth() == Depth(1, 10, 1_000_000, 1)
    assert [(item.id, item.claims) for item in queue.take_set_aside()] == [("poison", MAX_CLAIMS)]
    assert queue.take_set_aside() == []
    assert queue.depth().set_aside == 1


def test_an_item_that_was_set_aside_is_forgotten_when_it_is_acknowledged_after_all(queue: SqliteQueue, clock: Clock) -> None:
    fail(queue, clock, "late")
    queue.ack(["late"])
    assert queue.take_set_aside() == []
    assert queue.depth().set_aside == 0


def test_failed_items_are_kept_for_a_look_but_not_without_end(queue: SqliteQueue, clock: Clock) -> None:
    for number in range(KEPT_ASIDE + 3):
        fail(queue, clock, f"x{number}")
        assert [item.id for item in queue.take_set_aside()] == [f"x{number}"]
    assert queue.depth().set_aside == KEPT_ASIDE


def test_failed_items_are_not_dropped_before_their_consumer_has_counted_them(queue: SqliteQueue, clock: Clock) -> None:
    for number in range(KEPT_ASIDE + 3):
        fail(queue, clock, f"x{number}")
    assert len(queue.take_set_aside()) == KEPT_ASIDE + 3


def fail(queue: SqliteQueue, clock: Clock, item_id: str) -> None:
    """Let an item use up its claims."""
    queue.offer(batch(item_id))
    for _ in range(MAX_CLAIMS + 1):
        queue.claim(1, 60)
        clock.seconds += 60


def test_recovery_frees_every_lease_and_keeps_the_claims(queue: SqliteQueue) -> None:
    queue.offer(batch("a", "b", "c"))
    queue.claim(2, 3600)
    assert queue.recover() == 2
    assert [item.claims for item in queue.claim(3, 60)] == [2, 2, 1]


def test_what_was_accepted_is_there_after_reopening(tmp_path: Path) -> None:
    first = open_queue(None, tmp_path, max_items=10, max_bytes=1_000)
    first.offer(batch("a", "b"))
    first.close()
    second = open_queue(None, tmp_path, max_items=10, max_bytes=1_000)
    assert (second.depth().items, second.depth().bytes) == (2, 20)
    assert [item.id for item in second.claim(5, 60)] == ["a", "b"]
    second.close()


def test_an_engine_that_does_not_exist_yet_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no 'redis' queue exists yet"):
        open_queue("redis://127.0.0.1:6379", tmp_path, max_items=1, max_bytes=1)


def test_only_the_owner_can_read_the_files(queue: SqliteQueue, tmp_path: Path) -> None:
    queue.offer(batch("a"))
    files = sorted(tmp_path.glob("queue.db*"))
    assert [file.name for file in files] == ["queue.db", "queue.db-shm", "queue.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    path.touch(mode=0o644)
    SqliteQueue(path, max_items=1, max_bytes=1_000).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_text_of_an_acknowledged_item_is_in_no_file(queue: SqliteQueue, tmp_path: Path) -> None:
    queue.offer([("a", b"an applicant's letter " * 1_000)])
    assert any(b"applicant" in file.read_bytes() for file in tmp_path.iterdir())
    queue.claim(1, 60)
    queue.ack(["a"])
    assert not any(b"applicant" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_queue_that_never_empties_clears_its_log_of_acknowledged_text_within_a_minute(
    queue: SqliteQueue, tmp_path: Path, clock: Clock
) -> None:
    queue.offer([("a", b"an applicant's letter " * 1_000), ("b", b"more"), ("c", b"more")])
    queue.claim(2, 600)
    queue.ack(["a"])
    assert any(b"applicant" in file.read_bytes() for file in tmp_path.iterdir())
    clock.seconds += 60
    queue.ack(["b"])
    assert not any(b"applicant" in file.read_bytes() for file in tmp_path.iterdir())


def test_the_file_has_the_promised_settings(queue: SqliteQueue) -> None:
    names = ("journal_mode", "synchronous", "secure_delete", "busy_timeout", "user_version")
    assert [inside(queue).execute(f"PRAGMA {name}").fetchone()[0] for name in names] == ["wal", 1, 1, 5000, 1]


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    connection = connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(QueueError, match="newer Evenhand"):
        SqliteQueue(path, max_items=1, max_bytes=1)
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (9,)
    db.close()


def test_a_file_that_is_not_a_database_is_an_error_of_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    path.write_bytes(b"no database, only words " * 100)
    with pytest.raises(QueueError, match="not a database"):
        SqliteQueue(path, max_items=1, max_bytes=1)


def test_a_path_that_cannot_be_made_is_an_error_of_the_queue(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(QueueError, match="file"):
        SqliteQueue(tmp_path / "file" / "queue.db", max_items=1, max_bytes=1)


def test_a_closed_queue_says_so(queue: SqliteQueue) -> None:
    queue.close()
    queue.close()
    with pytest.raises(QueueError, match="is closed"):
        queue.depth()


def test_a_full_disk_refuses_the_whole_batch_and_the_queue_works_again_when_there_is_room(queue: SqliteQueue) -> None:
    queue.offer(batch("before"))
    pages = inside(queue).execute("PRAGMA page_count").fetchone()[0]
    inside(queue).execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(QueueError, match=r"disk is full \(SQLITE_FULL\)"):
        queue.offer(batch("small", "large", size=50_000))
    assert queue.depth().items == 1
    inside(queue).execute("PRAGMA max_page_count = 1000000")
    assert queue.offer(batch("small", "large", size=50_000)) == 2
    assert [item.id for item in queue.claim(9, 60)] == ["before", "small", "large"]


def test_a_read_only_file_refuses_every_write_and_the_queue_works_again_afterwards(queue: SqliteQueue) -> None:
    queue.offer(batch("a"))
    inside(queue).execute("PRAGMA query_only = ON")
    with pytest.raises(QueueError, match="SQLITE_READONLY"):
        queue.offer(batch("b"))
    assert queue.depth().items == 1
    assert queue.offer(batch("b")) == 1  # after such an error the file is opened anew


def test_a_file_that_was_taken_away_is_made_anew(queue: SqliteQueue, tmp_path: Path) -> None:
    queue.offer(batch("a"))
    for file in tmp_path.glob("queue.db*"):
        file.unlink()
    assert queue.offer(batch("b")) == 1
    other = SqliteQueue(tmp_path / "queue.db", max_items=100, max_bytes=1_000)
    assert [item.id for item in other.claim(5, 60)] == ["b"]
    other.close()


def test_threads_that_offer_and_claim_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "queue.db", max_items=10_000, max_bytes=10_000_000)
    got: list[str] = []
    offered = [[f"t{thread}-{number}" for number in range(100)] for thread in range(4)]

    def produce(names: list[str]) -> None:
        for name in names:
            assert queue.offer(batch(name)) == 1

    def consume() -> None:
        while len(got) < 400:
            items = queue.claim(7, 60)
            queue.ack([item.id for item in items])
            got.extend(item.id for item in items)

    threads = [threading.Thread(target=produce, args=(names,)) for names in offered] + [threading.Thread(target=consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(got) == sorted(name for names in offered for name in names)
    for names in offered:
        assert [name for name in got if name in set(names)] == names
    queue.close()


def test_a_batch_of_any_size_is_taken_in_order(tmp_path: Path) -> None:
    roomy = SqliteQueue(tmp_path / "roomy.db", max_items=1000, max_bytes=10**6)
    names = [f"ex_{number}" for number in range(203)]
    assert roomy.offer(batch(*names)) == 203
    assert [item.id for item in roomy.claim(300, 10)] == names
    roomy.close()
