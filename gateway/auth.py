"""Who may pass: the master key, compared in constant time, in any of the headers that OpenAI's, Azure's and Anthropic's clients use."""

import hashlib
import hmac
from collections.abc import Sequence

from gateway.errors import invalid_key

CREDENTIALS = frozenset({b"authorization", b"api-key", b"x-api-key"})
_NO_KEY = "You didn't provide an API key. Send it as 'Authorization: Bearer KEY', 'api-key: KEY' or 'x-api-key: KEY'."
_WRONG_KEY = "Incorrect API key provided. Send the gateway's key, not the upstream's."


class Auth:
    """Knows the SHA-256 of the master key only."""

    def __init__(self, master_key: str | None) -> None:
        self._digest = hashlib.sha256(master_key.encode()).digest() if master_key is not None else None

    def check(self, headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
        """The header that carried the master key, which must not go upstream; None where no key is asked for.

        Raises ``GatewayError`` 401.
        """
        if self._digest is None:
            return None
        given = False
        for name, value in headers:
            if name in CREDENTIALS and (key := _key(name, value)):
                given = True
                if self._matches(key):
                    return name
        raise invalid_key(_WRONG_KEY if given else _NO_KEY)

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
