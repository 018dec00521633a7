import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.keys import Allowance, Key, Keyring, digest_of
from gateway.keys.database import connect
from gateway.keys.registry import create, revoke
from gateway.limits import Books, Clerk
from gateway.settings import KeySettings

NOON = 1_795_521_600.0
DECLARED = KeySettings(hash=digest_of(b"eh-file").hex(), name="file", usd_per_day=1)


class Desk:
    """One worker's keys and counts, its rounds made by the test."""

    def __init__(self, folder: Path, name: str, *keys: KeySettings) -> None:
        self.now = NOON
        self.ring, self.books, self.told = Keyring(keys), Books(lambda: self.now), list[bool]()
        self.clerk = Clerk(folder, self.ring, self.books, worker=name, told=self.told.append, clock=lambda: self.now)
        self.clerk.round()

    def spend(self, usd: float) -> None:
        key = self.ring.find(b"eh-file")
        assert key is not None
        self.books.charge(key, 10, round(usd * 1e9))

    def refuses(self, secret: bytes = b"eh-file") -> bool:
        key = self.ring.find(secret)
        assert key is not None
        try:
            self.books.admit(key, "m")
        except GatewayError:
            return True
        return False


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    (tmp_path / "run").mkdir()
    made: list[Desk] = []

    def make(*keys: KeySettings) -> Desk:
        made.append(Desk(tmp_path, f"worker-{len(made)}", *keys))
        return made[-1]

    yield make
    for desk in made:
        if desk.clerk._ledger is not None:
            desk.clerk._ledger.close()


def make_key(folder: Path, name: str = "a") -> bytes:
    db = connect(folder / "gateway.db")
    secret = create(db, name, (), Allowance(requests_per_minute=1), choose=secrets.choice, now_ms=1)
    db.close()
    return secret.encode()


def revoke_key(folder: Path, name: str = "a") -> None:
    db = connect(folder / "gateway.db")
    assert revoke(db, name, 2)
    db.close()


def test_without_keys_there_is_no_file_and_all_is_well(desks: Callable[..., Desk], tmp_path: Path) -> None:
    desk = desks()
    assert desk.told == [True]
    assert not (tmp_path / "gateway.db").exists()
    assert not desk.ring.closed


def test_a_created_key_is_known_after_a_round_and_a_revoked_one_is_not(desks: Callable[..., Desk], tmp_path: Path) -> None:
    desk = desks()
    secret = make_key(tmp_path)
    desk.clerk.round()
    assert desk.ring.closed
    assert desk.ring.find(secret) == Key(digest_of(secret), "a", (), Allowance(1))
    revoke_key(tmp_path)
    desk.clerk.round()
    assert desk.ring.find(secret) is None
    assert desk.ring.closed


def test_a_limit_is_shared_by_workers_that_made_a_round(desks: Callable[..., Desk]) -> None:
    one, two = desks(DECLARED), desks(DECLARED)
    one.spend(0.6)
    two.spend(0.5)
    assert not one.refuses()
    for desk in (one, two, one):
        desk.clerk.round()
    assert one.refuses()
    assert two.refuses()


def test_what_was_spent_survives_a_restart(desks: Callable[..., Desk]) -> None:
    first = desks(DECLARED)
    first.spend(1)
    first.clerk.start()
    first.clerk.stop()
    second = desks(DECLARED)
    assert second.refuses()
    second.now += 86_400
    assert not second.refuses()


def test_while_the_file_cannot_be_used_known_keys_go_on_and_are_counted_later(desks: Callable[..., Desk], tmp_path: Path) -> None:
    secret = make_key(tmp_path)
    one, two = desks(DECLARED), desks(DECLARED)
    file = tmp_path / "gateway.db"
    file.rename(tmp_path / "away")
    one.spend(1)
    for _ in range(3):
        one.clerk.round()
    assert one.told == [True, False, False, False]
    assert one.clerk.problem is not None
    assert not file.exists(), "a disk that is away must not be covered by a new file"
    assert one.ring.find(secret) is not None
    assert one.ring.find(b"eh-new") is None
    (tmp_path / "away").rename(file)
    one.clerk.round()
    two.clerk.round()
    assert one.told[-1]
    assert one.clerk.problem is None
    assert one.refuses()
    assert two.refuses()


def test_a_worker_that_starts_while_the_file_is_damaged_knows_the_keys_that_were_read_last(
    desks: Callable[..., Desk], tmp_path: Path
) -> None:
    secret = make_key(tmp_path)
    desks()
    for file in tmp_path.glob("gateway.db*"):
        file.write_bytes(b"damaged " * 1000)
    desk = desks()
    assert desk.told == [False]
    assert desk.ring.find(secret) is not None
    assert desk.ring.closed


def test_a_damaged_file_never_opens_the_gateway(desks: Callable[..., Desk], tmp_path: Path) -> None:
    (tmp_path / "gateway.db").write_bytes(b"damaged " * 1000)
    desk = desks()
    assert desk.ring.closed
    assert desk.told == [False]


def test_a_mended_file_is_read_anew(desks: Callable[..., Desk], tmp_path: Path) -> None:
    desk = desks(DECLARED)
    desk.spend(0.4)
    desk.clerk.round()
    for file in tmp_path.glob("gateway.db*"):
        file.unlink()
    secret = make_key(tmp_path)
    desk.spend(0.7)
    desk.clerk.round()
    desk.clerk.round()
    assert desk.told[-1]
    assert desk.ring.find(secret) is not None
    assert not desk.refuses(), "the new file knows nothing of what was spent before"
    desk.spend(0.3)
    assert desk.refuses()


def test_the_thread_makes_rounds_by_itself(desks: Callable[..., Desk], tmp_path: Path) -> None:
    desk = desks()
    secret = make_key(tmp_path)
    desk.clerk.start()
    while desk.ring.find(secret) is None:  # the test's own time limit ends it
        time.sleep(0.01)
    desk.clerk.stop()
    assert desk.told[-1]


def test_a_fault_of_ours_in_one_round_does_not_end_the_rounds(desks: Callable[..., Desk], tmp_path: Path) -> None:
    class Faulty(Keyring):
        faults = 1

        def replace_created(self, keys: Iterable[Key], *, closed: bool) -> None:
            if self.faults:
                self.faults -= 1
                raise RuntimeError("a fault")
            super().replace_created(keys, closed=closed)

    desk = desks()
    desk.clerk._ring = Faulty([])
    secret = make_key(tmp_path)
    desk.clerk.start()
    while desk.clerk._ring.find(secret) is None:
        time.sleep(0.01)
    desk.clerk.stop()
    assert False in desk.told
    assert desk.told[-1]
