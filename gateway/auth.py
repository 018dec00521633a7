"""Who may pass: the holder of the master key or of a virtual one, in any header that OpenAI's, Azure's and Anthropic's clients use."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple

from gateway.errors import invalid_key
from gateway.keys import Key, Keyring

CREDENTIALS = frozenset({b"authorization", b"api-key", b"x-api-key"})
_NO_KEY = "You didn't provide an API key. Send it as 'Authorization: Bearer KEY', 'api-key: KEY' or 'x-api-key: KEY'."
_WRONG_KEY = "Incorrect API key provided. Send the gateway's key, not the upstream's."


class Caller(NamedTuple):
    """Who calls: ``key`` is None for the master key. The ``headers`` named carried keys of the gateway's, which must not go upstream."""

    headers: tuple[bytes, ...]
    key: Key | None


class Auth:
    """Knows the SHA-256 of keys only: the master key's, compared in constant time, and those on the ring, looked up by it."""

    def __init__(self, master_key: str | None, ring: Keyring | None = None) -> None:
        self._digest = hashlib.sha256(master_key.encode()).digest() if master_key is not None else None
        self._ring = ring or Keyring([])

    def check(self, headers: Sequence[tuple[bytes, bytes]]) -> Caller | None:
        """Who calls; None where no key is asked for. Raises ``GatewayError`` 401."""
        if self._digest is None and not self._ring.closed:
            return None
        given = False
        callers: list[Key | None] = []
        carried: list[bytes] = []
        for name, value in headers:
            if name in CREDENTIALS and (secret := _key(name, value)):
                given = True
                key = None
                if self._matches(secret) or (key := self._ring.find(secret)) is not None:
                    callers.append(key)
                    carried.append(name)
        if not callers:
            raise invalid_key(_WRONG_KEY if given else _NO_KEY)
        return Caller(tuple(carried), callers[0])

    def is_master(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        """Whether a master key exists and the headers carry it."""
        return self._digest is not None and any(name in CREDENTIALS and self._matches(_key(name, value)) for name, value in headers)

    def _matches(self, key: bytes) -> bool:
        return self._digest is not None and hmac.compare_digest(hashlib.sha256(key).digest(), self._digest)


def _key(name: bytes, value: bytes) -> bytes:
    if name != b"authorization":
        return value.strip()
    scheme, _, key = value.strip().partition(b" ")
    return key.strip() if scheme.lower() == b"bearer" else b""
