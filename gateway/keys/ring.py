"""All keys that open the gateway, in memory: one look-up by hash a request, and no file on the way."""

from collections.abc import Iterable, Sequence

from gateway.keys.key import Key, declared, digest_of
from gateway.settings import KeySettings


class Keyring:
    """Keys of the configuration, and created ones beside them; where both have a hash, the configuration's limits hold.

    ``closed`` says that nobody may call without a key: once one was ever given out, revoking the last does not open the gateway.
    Replacing the created keys is one assignment, so a thread may do it while the event loop reads.
    """

    def __init__(self, settings: Sequence[KeySettings]) -> None:
        self._declared = {key.digest: key for key in map(declared, settings)}
        self._keys = self._declared
        self.closed = bool(self._declared)

    def replace_created(self, keys: Iterable[Key], *, closed: bool) -> None:
        """These are the created keys in use now; ``closed`` where there are, were or may be any."""
        self._keys = {key.digest: key for key in keys} | self._declared
        self.closed = closed or bool(self._declared)

    def find(self, secret: bytes) -> Key | None:
        """The key with this text."""
        return self._keys.get(digest_of(secret))
