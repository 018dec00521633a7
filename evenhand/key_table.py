"""All virtual keys with what they have used, as data and as a table."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gateway.keys import DATABASE, Allowance, Key
from gateway.keys.database import connect
from gateway.keys.key import declared
from gateway.keys.registry import read
from gateway.limits.spend import day_of, first_of_month
from gateway.settings import Settings


def file(settings: Settings) -> Path:
    """Where created keys and spent money are kept."""
    return settings.data_dir / DATABASE


def opened(settings: Settings) -> "closing[sqlite3.Connection]":
    """That file, made where it is missing, closed when the context ends. Raises ``sqlite3.Error``, ``OSError``."""
    return closing(connect(file(settings)))


def rows(settings: Settings) -> Iterator[dict[str, Any]]:
    """All keys as plain data, the configuration's first; a created key that stands there too is shown as it counts, once."""
    spent: dict[bytes, list[int]] = {}
    created = []
    if file(settings).exists():
        today = day_of(int(time.time()))
        with opened(settings) as db:
            created = read(db)
            for digest, day, nano_usd in db.execute("SELECT digest, day, nano_usd FROM spend WHERE day >= ?", (first_of_month(today),)):
                sums = spent.setdefault(digest, [0, 0])
                sums[0] += nano_usd if day == today else 0
                sums[1] += nano_usd
    in_file = {key.digest: key for key in map(declared, settings.keys)}
    for key in in_file.values():
        yield _row(key, spent, source="file")
    for made in created:
        if made.key.digest not in in_file:
            ended = {"revoked_ms": made.revoked_ms} if made.revoked_ms is not None else {}
            yield _row(made.key, spent, source="created", hint=made.hint, created_ms=made.created_ms, **ended)


def _row(key: Key, spent: dict[bytes, list[int]], **more: Any) -> dict[str, Any]:
    today, month = spent.get(key.digest, (0, 0))
    used = {"usd_today": today / 1e9, "usd_this_month": month / 1e9}
    return {"name": key.name, "hash": key.digest.hex(), "models": list(key.models), **asdict(key.allowance), **used, **more}


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines for people, a heading first."""
    lines = [("name", "key", "from", "models", "a minute", "spent today", "spent this month", "")]
    for row in rows:
        limits = Allowance(*(row[name] for name in Allowance.__dataclass_fields__))
        rates = [
            f"{limit:,} {what}" for limit, what in ((limits.requests_per_minute, "requests"), (limits.tokens_per_minute, "tokens")) if limit
        ]
        lines.append(
            (
                row["name"],
                f"{row['hint']}…" if "hint" in row else "",
                row["source"],
                ", ".join(row["models"]) or "all",
                ", ".join(rates) or "no limit",
                _money(row["usd_today"], limits.usd_per_day),
                _money(row["usd_this_month"], limits.usd_per_month),
                "revoked" if "revoked_ms" in row else "",
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()


def _money(spent: float, limit: float | None) -> str:
    return f"{spent:.4f} USD" if limit is None else f"{spent:.4f} of {limit:.10g} USD"
