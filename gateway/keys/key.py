"""One virtual key and what its holder may use."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gateway.settings import KeySettings

PREFIX = "eh-"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"  # a double click takes the whole key
SECRET_LENGTH = 40  # 238 bits


@dataclass(frozen=True, slots=True)
class Allowance:
    """Limits over any 60 seconds and over UTC days and months; None for no limit."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    usd_per_day: float | None = None
    usd_per_month: float | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the gateway knows it: by the SHA-256 of its text. ``models`` empty means all."""

    digest: bytes
    name: str
    models: tuple[str, ...] = ()
    allowance: Allowance = Allowance()

    def allows(self, asked: str | None, model: str) -> bool:
        """Whether the key may use the configured ``model``, which a request asked for by the name ``asked``."""
        return not self.models or any(
            model == pattern or (asked is not None and fnmatchcase(asked, pattern)) or fnmatchcase(model, pattern)
            for pattern in self.models
        )


def digest_of(secret: bytes) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(secret).digest()


def new_secret(choose: Callable[[str], str]) -> str:
    """A new key's text; ``choose`` picks one of some letters, unpredictably (``secrets.choice``)."""
    return PREFIX + "".join(choose(ALPHABET) for _ in range(SECRET_LENGTH))


def declared(settings: KeySettings) -> Key:
    """A key that stands in the configuration."""
    limits = Allowance(settings.requests_per_minute, settings.tokens_per_minute, settings.usd_per_day, settings.usd_per_month)
    return Key(settings.digest, settings.name, tuple(settings.models), limits)
