import secrets
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.keys import Allowance, Key, digest_of
from gateway.keys.database import connect
from gateway.keys.registry import NameTakenError, changes, create, read, revoke

LIMITS = Allowance(5, 1000, 1.5, None)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "gateway.db")
    yield connection
    connection.close()


def make(db: sqlite3.Connection, name: str, models: tuple[str, ...] = ()) -> str:
    return create(db, name, models, LIMITS, choose=secrets.choice, now_ms=7)


def test_a_created_key_is_read_back_with_its_limits(db: sqlite3.Connection) -> None:
    secret = make(db, "a", ("m", "n"))
    (created,) = read(db)
    assert created.key == Key(digest_of(secret.encode()), "a", ("m", "n"), LIMITS)
    assert (created.created_ms, created.revoked_ms) == (7, None)
    assert secret.startswith(created.hint)


def test_the_text_of_a_key_is_nowhere_in_the_file(db: sqlite3.Connection, tmp_path: Path) -> None:
    secret = make(db, "a")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert digest_of(secret.encode()) in kept
    assert secret[8:].encode() not in kept


def test_a_name_is_used_once_at_a_time(db: sqlite3.Connection) -> None:
    make(db, "a")
    with pytest.raises(NameTakenError, match="named a"):
        make(db, "a")
    assert revoke(db, "a", 9)
    make(db, "a")
    assert [created.revoked_ms for created in read(db)] == [9, None]


def test_only_a_key_in_use_can_be_revoked(db: sqlite3.Connection) -> None:
    assert not revoke(db, "a", 9)
    make(db, "a")
    assert revoke(db, "a", 9)
    assert not revoke(db, "a", 10)
    assert read(db)[0].revoked_ms == 9


def test_every_change_changes_the_number_of_changes(db: sqlite3.Connection) -> None:
    numbers = [changes(db)]
    make(db, "a")
    numbers.append(changes(db))
    revoke(db, "a", 9)
    numbers.append(changes(db))
    assert len(set(numbers)) == 3


def test_the_file_is_its_owners_only(db: sqlite3.Connection, tmp_path: Path) -> None:
    make(db, "a")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_file_of_a_newer_version_is_refused_and_left_alone(db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.DatabaseError, match="newer Evenhand"):
        connect(tmp_path / "gateway.db")
    assert db.execute("PRAGMA user_version").fetchone() == (99,)
