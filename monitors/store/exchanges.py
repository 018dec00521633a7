"""What became of each exchange, and the counters that are read from here so that a restart changes nothing."""

import sqlite3
from collections.abc import Iterable

import orjson

from gateway.exchange import Exchange
from monitors.views import Totals

Labels = tuple[tuple[str, str], ...]


def fate_of(db: sqlite3.Connection, exchange_id: str) -> str | None:
    """``""`` while its pair is planned, its fate when closed, None for an exchange never seen."""
    row = db.execute("SELECT COALESCE(fate, '') FROM exchanges WHERE id = ?", (exchange_id,)).fetchone()
    return None if row is None else str(row[0])


def open_exchange(db: sqlite3.Connection, exchange: Exchange) -> None:
    """Remember that work on an exchange has been planned."""
    db.execute(
        "INSERT INTO exchanges (id, model, route, received_ms, end_user) VALUES (?, ?, ?, ?, ?)",
        (exchange.id, exchange.model, exchange.route, exchange.received_ms, exchange.end_user),
    )


def close_exchange(db: sqlite3.Connection, exchange_id: str, fate: str, reason: str, now_ms: int) -> bool:
    """Give an open exchange its fate and count it; False when it had one already, and then nothing changes."""
    query = "UPDATE exchanges SET fate = ?, reason = ?, closed_ms = ? WHERE id = ? AND fate IS NULL RETURNING model, route"
    row = db.execute(query, (fate, reason, now_ms, exchange_id)).fetchone()
    if row is None:
        return False
    add(db, "exchanges_total", (("model", row[0]), ("route", row[1]), ("fate", fate)))
    db.execute("DELETE FROM plans WHERE exchange_id = ?", (exchange_id,))
    return True


def dismiss(db: sqlite3.Connection, exchange: Exchange, fate: str, reason: str, origins: Iterable[str], now_ms: int) -> bool:
    """Open and close an exchange of which no pair is made; False when it was seen before.

    ``not_swappable`` is also counted by reason and by the groups its text named.
    """
    if fate_of(db, exchange.id) is not None:
        return False
    open_exchange(db, exchange)
    close_exchange(db, exchange.id, fate, reason, now_ms)
    if fate == "not_swappable":
        for origin in sorted(set(origins)) or ["_none"]:
            add(db, "skips_total", (("route", exchange.route), ("reason", reason), ("origin_group", origin)))
    return True


def count_unreadable(db: sqlite3.Connection, item_id: str, model: str, route: str, now_ms: int) -> bool:
    """An item that could not be worked on five times, or not be read: fate ``failed``; False when it was counted before."""
    known = fate_of(db, item_id)
    if known == "":
        return close_exchange(db, item_id, "failed", "set_aside", now_ms)
    if known is not None:
        return False
    db.execute("INSERT INTO exchanges (id, model, route, received_ms) VALUES (?, ?, ?, ?)", (item_id, model, route, now_ms))
    return close_exchange(db, item_id, "failed", "set_aside", now_ms)


def add(db: sqlite3.Connection, name: str, labels: Labels, amount: float = 1) -> None:
    """Add to a counter."""
    db.execute(
        "INSERT INTO totals (name, labels, value) VALUES (?, ?, ?) ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value",
        (name, orjson.dumps(labels).decode(), amount),
    )


def totals(db: sqlite3.Connection) -> Totals:
    """Every counter with its value."""
    return {
        (name, tuple((label, value) for label, value in orjson.loads(labels))): amount
        for name, labels, amount in db.execute("SELECT name, labels, value FROM totals")
    }


def in_progress(db: sqlite3.Connection) -> int:
    """How many exchanges are planned and not closed."""
    return int(db.execute("SELECT COUNT(*) FROM plans").fetchone()[0])


def spent(db: sqlite3.Connection, day: str) -> tuple[int, float]:
    """Tokens and US dollars that replays used or reserved on a UTC day (``YYYY-MM-DD``)."""
    row = db.execute("SELECT tokens, usd FROM spend WHERE day = ?", (day,)).fetchone()
    return (0, 0.0) if row is None else (int(row[0]), float(row[1]))


def spend(db: sqlite3.Connection, day: str, tokens: int, usd: float) -> None:
    """Add to (or, with negative amounts, give back of) a day's use."""
    db.execute(
        "INSERT INTO spend (day, tokens, usd) VALUES (?, MAX(0, ?), MAX(0, ?)) "
        "ON CONFLICT (day) DO UPDATE SET tokens = MAX(0, tokens + ?), usd = MAX(0, usd + ?)",
        (day, tokens, usd, tokens, usd),
    )


def forget_closed(db: sqlite3.Connection, before_ms: int) -> None:
    """Drop closed exchanges of no pair that arrived before a time: their counters stay, their ids cannot come back."""
    db.execute(
        "DELETE FROM exchanges WHERE received_ms < ? AND fate NOT IN ('scored', 'expired') "
        "AND NOT EXISTS (SELECT 1 FROM pairs WHERE exchange_id = exchanges.id)",
        (before_ms,),
    )
