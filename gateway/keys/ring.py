"""All keys that open the gateway, in memory: one look-up by hash a request, and no file on the way."""

import threading
from collections.abc import Iterable, Sequence

from gateway.keys.key import Key, declared, digest_of
from gateway.settings import KeySettings


class Keyring:
    """Keys of the configuration, and created ones beside them; where both have a hash, the configuration's limits hold.

    ``closed`` says that nobody may call without a key: once one was ever given out, revoking the last does not open the gateway.
    Either kind may be replaced from any thread while the event loop reads: it sees all the keys of before or all of after.
    """

    def __init__(self, settings: Sequence[KeySettings]) -> None:
        self._replacing = threading.Lock()
        self._created: dict[bytes, Key] = {}
        self._ever_created = False
        self.replace_declared(settings)

    def replace_declared(self, settings: Sequence[KeySettings]) -> None:
        """These keys stand in the configuration now."""
        with self._replacing:
            self._declared = {key.digest: key for key in map(declared, settings)}
            self._join()

    def replace_created(self, keys: Iterable[Key], *, closed: bool) -> None:
        """These are the created keys in use now; ``closed`` where there are, were or may be any."""
        with self._replacing:
            self._created, self._ever_created = {key.digest: key for key in keys}, closed
            self._join()

    def _join(self) -> None:
        self._keys = self._created | self._declared
        self.closed = self._ever_created or bool(self._declared)

    def find(self, secret: bytes) -> Key | None:
        """The key with this text."""
        return self._keys.get(digest_of(secret))
