"""What replays may use: so many a minute, so much a day, and less after the upstream said that it was too many."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.settings import Budget
from monitors.rates import Rate
from monitors.store import exchanges

DEFAULT_REPLY_TOKENS = 1024
_BYTES_PER_TOKEN = 3  # cautious: English runs at about four
_RECOVERY_PER_REPLAY = 0.02


def utc_day(now_ms: int) -> str:
    """The UTC day a time belongs to, ``YYYY-MM-DD``."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%d")


def worst_case_tokens(body: Mapping[str, Any], text_bytes: int) -> int:
    """The most tokens one arm can use: its prompt by size, and the longest reply that the request allows."""
    allowed = body.get("max_completion_tokens") or body.get("max_tokens")
    return text_bytes // _BYTES_PER_TOKEN + (allowed if isinstance(allowed, int) and allowed > 0 else DEFAULT_REPLY_TOKENS)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens set aside for all arms of an exchange, and the UTC day they were taken from."""

    day: str
    tokens: int


def reserve(db: sqlite3.Connection, budget: Budget, rate: Rate, tokens: int, now_ms: int) -> Reservation | None:
    """Set tokens, and the most that they can cost, aside within the day's budget, or None when they would pass it."""
    day = utc_day(now_ms)
    used, spent_usd = exchanges.spent(db, day)
    usd = rate.most(tokens)
    if used + tokens > budget.tokens_per_day or spent_usd + usd > budget.usd_per_day:
        return None
    exchanges.spend(db, day, tokens, usd)
    return Reservation(day, tokens)


def settle(db: sqlite3.Connection, rate: Rate, reservation: Reservation, used_tokens: int, used_usd: float) -> None:
    """Replace what was set aside by what was used."""
    exchanges.spend(db, reservation.day, used_tokens - reservation.tokens, used_usd - rate.most(reservation.tokens))


def left_share(db: sqlite3.Connection, budget: Budget, now_ms: int) -> float:
    """The share of the day's budget that is left, of tokens or of money, whichever is less."""
    tokens, usd = exchanges.spent(db, utc_day(now_ms))
    money = 1 - usd / budget.usd_per_day if budget.usd_per_day else 0.0
    return max(0.0, min(1 - tokens / budget.tokens_per_day, money))


class Pace:
    """Replays a minute, as a bucket that holds one minute's worth; per deployment halved after a 429 and paused as long as it asked."""

    def __init__(self, replays_per_minute: float, monotonic: Callable[[], float]) -> None:
        self._rate, self._now = replays_per_minute / 60, monotonic
        self._filled, self._at = max(replays_per_minute, 3.0), monotonic()
        self._paused_until: dict[str, float] = {}
        self._share: dict[str, float] = {}
        self._next_at: dict[str, float] = {}

    def wait_seconds(self, deployment: str, arms: int) -> float:
        """How long until ``arms`` replays to a deployment may start; 0 when they may now."""
        now = self._now()
        wait = max(0.0, self._paused_until.get(deployment, now) - now, self._next_at.get(deployment, now) - now)
        missing = min(arms, self._capacity) - self._level(now)
        return max(wait, missing / self._rate if missing > 0 else 0.0)

    def take(self, deployment: str, arms: int) -> None:
        """Use up ``arms`` replays."""
        now = self._now()
        self._filled, self._at = self._level(now) - arms, now
        share = self._share.get(deployment, 1.0)
        if share < 1.0:
            self._next_at[deployment] = now + arms / (self._rate * share)
            self._share[deployment] = min(1.0, share + _RECOVERY_PER_REPLAY * arms)

    def give_back(self, deployment: str, arms: int) -> None:
        """Undo ``take``: nothing was sent, so there is nothing to keep a distance from either."""
        now = self._now()
        self._filled, self._at = min(self._capacity, self._level(now) + arms), now
        self._next_at.pop(deployment, None)

    def slow_down(self, deployment: str, retry_after_seconds: float) -> None:
        """The upstream refused for load: pause, then go on at half the rate and recover step by step.

        Refusals within a pause are the same congestion: they may prolong it and do not halve the rate again.
        """
        now = self._now()
        paused_until = self._paused_until.get(deployment, 0.0)
        if paused_until <= now:
            self._share[deployment] = max(0.05, self._share.get(deployment, 1.0) / 2)
        self._paused_until[deployment] = max(paused_until, now + max(1.0, retry_after_seconds))

    @property
    def _capacity(self) -> float:
        return max(self._rate * 60, 3.0)

    def _level(self, now: float) -> float:
        return min(self._capacity, self._filled + (now - self._at) * self._rate)
