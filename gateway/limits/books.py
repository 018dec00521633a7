"""The counts of one worker, others' included as far as they are known: what decides whether a request passes."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from gateway.errors import GatewayError
from gateway.keys import Key
from gateway.limits.refusals import Dimension, out_of_money, rate_limited
from gateway.limits.spend import DAY_SECONDS, Spend, day_of, first_of_next_month
from gateway.limits.window import SECONDS, Window

NANO = 1_000_000_000


class Use(NamedTuple):
    """What a key used within one second of Unix time."""

    digest: bytes
    second: int
    requests: int
    tokens: int
    nano_usd: int


class Books:
    """Safe to share between the event loop and one other thread; the lock is only ever held for arithmetic."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[bytes, _Account] = {}
        self._unwritten: dict[tuple[bytes, int], list[int]] = {}

    def admit(self, key: Key, model: str) -> None:
        """Count a request that is about to be forwarded. Raises ``GatewayError`` 429 where the key has used what it may."""
        now = int(self._clock())
        with self._lock:
            account = self._account(key.digest)
            if (refusal := account.refusal(key, model, now)) is not None:
                raise refusal
            account.requests.add(now, 1)
            self._noted(key.digest, now)[0] += 1

    def charge(self, key: Key, tokens: int, nano_usd: int) -> None:
        """Count what an admitted request used, now that its reply is over."""
        now = int(self._clock())
        with self._lock:
            account, noted = self._account(key.digest), self._noted(key.digest, now)
            account.tokens.add(now, tokens)
            account.spend.add(day_of(now), nano_usd)
            noted[1] += tokens
            noted[2] += nano_usd

    def take(self) -> list[Use]:
        """What was counted here since the last time, for others to know."""
        with self._lock:
            uses = [Use(digest, second, *counts) for (digest, second), counts in self._unwritten.items()]
            self._unwritten = {}
        return uses

    def give_back(self, uses: Iterable[Use]) -> None:
        """What was taken and could not be written. Only the money of more than a minute ago still matters, and is summed by day."""
        oldest = int(self._clock()) - SECONDS
        with self._lock:
            for use in uses:
                second = use.second if use.second >= oldest else use.second - use.second % DAY_SECONDS
                noted = self._noted(use.digest, second)
                noted[0] += use.requests
                noted[1] += use.tokens
                noted[2] += use.nano_usd

    def add(self, uses: Iterable[Use]) -> None:
        """What other workers counted."""
        with self._lock:
            for use in uses:
                self._account(use.digest).add(use)

    def restate(self, recent: Iterable[Use], spent: Iterable[tuple[bytes, int, int]]) -> None:
        """Begin anew from what is written: the last minute's uses, whose money is in ``spent`` (digest, day, nano-dollars) already."""
        with self._lock:
            self._accounts = {}
            for digest, day, nano_usd in spent:
                self._account(digest).spend.add(day, nano_usd)
            for use in recent:
                self._account(use.digest).add(use._replace(nano_usd=0))
            for (digest, second), counts in self._unwritten.items():
                self._account(digest).add(Use(digest, second, *counts))

    def _account(self, digest: bytes) -> "_Account":
        if (account := self._accounts.get(digest)) is None:
            account = self._accounts[digest] = _Account()
        return account

    def _noted(self, digest: bytes, second: int) -> list[int]:
        """Requests, tokens and nano-dollars of a key's second that are not written yet."""
        if (noted := self._unwritten.get((digest, second))) is None:
            noted = self._unwritten[digest, second] = [0, 0, 0]
        return noted


class _Account:
    """One key's counts."""

    __slots__ = ("requests", "spend", "tokens")

    def __init__(self) -> None:
        self.requests, self.tokens, self.spend = Window(), Window(), Spend()

    def add(self, use: Use) -> None:
        if use.requests:
            self.requests.add(use.second, use.requests)
        if use.tokens:
            self.tokens.add(use.second, use.tokens)
        if use.nano_usd:
            self.spend.add(day_of(use.second), use.nano_usd)

    def refusal(self, key: Key, model: str, now: int) -> GatewayError | None:
        allowed = key.allowance
        day = day_of(now)
        if allowed.usd_per_month is not None and self.spend.this_month(day) >= allowed.usd_per_month * NANO:
            return out_of_money(key.name, allowed.usd_per_month, "month", first_of_next_month(day))
        if allowed.usd_per_day is not None and self.spend.today(day) >= allowed.usd_per_day * NANO:
            return out_of_money(key.name, allowed.usd_per_day, "day", day + 1)
        rates = (("requests", self.requests, allowed.requests_per_minute), ("tokens", self.tokens, allowed.tokens_per_minute))
        over = [(window, limit) for _, window, limit in rates if limit is not None and window.total(now) >= limit]
        if not over:
            return None
        shown: list[Dimension] = [(kind, limit, window.total(now), window.frees(1)) for kind, window, limit in rates if limit is not None]
        wait = max(window.frees(limit) for window, limit in over)
        return rate_limited(key.name, model, next(it for it in shown if it[2] >= it[1]), wait, shown)
