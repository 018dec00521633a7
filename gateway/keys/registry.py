"""The keys that were created by command, as they stand in ``gateway.db``."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from gateway.keys.key import PREFIX, Allowance, Key, digest_of, new_secret

_COLUMNS = "digest, name, models, requests_per_minute, tokens_per_minute, usd_per_day, usd_per_month, hint, created_ms, revoked_ms"


class NameTakenError(ValueError):
    """Another key that is in use has this name."""


@dataclass(frozen=True, slots=True)
class Created:
    """A created key. ``hint`` is the beginning of its text; times are UTC milliseconds, ``revoked_ms`` None while it is in use."""

    key: Key
    hint: str
    created_ms: int
    revoked_ms: int | None


def create(
    db: sqlite3.Connection, name: str, models: tuple[str, ...], allowance: Allowance, *, choose: Callable[[str], str], now_ms: int
) -> str:
    """Make a key and return its text, which is kept nowhere. Raises ``NameTakenError``, ``sqlite3.Error``."""
    secret = new_secret(choose)
    row = (
        digest_of(secret.encode()),
        name,
        json.dumps(models),
        allowance.requests_per_minute,
        allowance.tokens_per_minute,
        allowance.usd_per_day,
        allowance.usd_per_month,
        secret[: len(PREFIX) + 4],
        now_ms,
    )
    try:
        db.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", row)
    except sqlite3.IntegrityError as error:
        raise NameTakenError(f"a key named {name} is in use already") from error
    return secret


def revoke(db: sqlite3.Connection, name: str, now_ms: int) -> bool:
    """End the use of the key with this name; False where none is in use. It stays on record, and its name is free again."""
    return db.execute("UPDATE keys SET revoked_ms = ? WHERE name = ? AND revoked_ms IS NULL", (now_ms, name)).rowcount > 0


def read(db: sqlite3.Connection) -> list[Created]:
    """All keys ever created, in order."""
    return [
        Created(Key(digest, name, tuple(json.loads(models)), Allowance(*limits)), hint, created_ms, revoked_ms)
        for digest, name, models, *limits, hint, created_ms, revoked_ms in db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created_ms")
    ]


def changes(db: sqlite3.Connection) -> int:
    """A number that differs from before whenever ``read`` would."""
    number: int = db.execute("SELECT keys FROM changes").fetchone()[0]
    return number
