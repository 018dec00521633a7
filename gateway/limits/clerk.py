"""The thread that keeps a worker's keys and counts in step with ``gateway.db``: the event loop never waits for that file."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.keys import DATABASE, Keyring, snapshot
from gateway.limits.books import Books
from gateway.logs import about

if TYPE_CHECKING:
    from gateway.limits.ledger import Ledger

ROUND_SECONDS = 0.5  # written within one round, read within another: together a second
_STOP_SECONDS = 10.0
log = logging.getLogger("evenhand.gateway")


class Clerk:
    """One worker's. ``told`` hears after each round whether the file can be used; without keys there is no file, and that is well.

    While the file cannot be used the keys known so far go on, what is counted waits in memory, and keys that are not known are refused.
    A file that goes away is not made anew: it may be on a disk that comes back. ``worker`` is a name that no other worker ever had.
    """

    def __init__(
        self,
        data_dir: Path,
        ring: Keyring,
        books: Books,
        *,
        worker: str,
        told: Callable[[bool], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._run_dir = data_dir / DATABASE, data_dir / "run"
        self._ring, self._books, self._worker, self._told, self._clock = ring, books, worker, told, clock
        self._ledger: Ledger | None = None
        self._existed = self._keys_read = False
        self._version = self._key_changes = -1
        self._problem: str | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="evenhand-clerk", daemon=True)

    @property
    def problem(self) -> str | None:
        """Why the file cannot be used, in words; None when all is well."""
        return self._problem

    def start(self) -> None:
        """Begin the rounds; call ``round`` once before, so that keys are known from the first request on."""
        self._thread.start()

    def stop(self) -> None:
        """End them with a last one, so that nothing counted is lost."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def round(self) -> None:
        """Look at the file once, where there is or should be one."""
        if not (self._existed or self._ring.closed or self._is_there()):
            self._told(True)
            return
        from gateway.limits.ledger import LedgerError  # SQLite only where there are keys

        try:
            ledger = self._ledger or self._open()
            self._exchange(ledger)
            self._read_keys(ledger)
        except LedgerError as error:
            self._lose(str(error))
        else:
            if self._problem is not None:
                log.warning("keys and limits are in step with gateway.db again", extra=about("key_store_back"))
            self._problem = None
            self._told(True)

    def _run(self) -> None:
        ending = False
        while not ending:
            ending = self._ending.wait(ROUND_SECONDS)
            try:
                self.round()
            except Exception:  # a fault of ours in one round must not end the rounds
                log.exception("a round over keys and limits failed", extra=about("key_store_failed"))
                self._told(False)
        if self._ledger is not None:
            self._ledger.close()

    def _open(self) -> "Ledger":
        from gateway.limits.ledger import Ledger, LedgerError

        if self._existed and not self._is_there():
            raise LedgerError(f"{self._path} is gone")
        ledger = Ledger(self._path, self._worker)
        statement = ledger.statement(int(self._clock()))
        self._books.restate(statement.recent, statement.spent)
        self._ledger, self._existed = ledger, True
        self._version = self._key_changes = -1
        return ledger

    def _exchange(self, ledger: "Ledger") -> None:
        version = ledger.changed()
        uses = self._books.take()
        if not uses and version == self._version:
            return
        try:
            others = ledger.exchange(uses, int(self._clock()))
        except BaseException:
            self._books.give_back(uses)
            raise
        self._books.add(others)
        self._version = version

    def _read_keys(self, ledger: "Ledger") -> None:
        changes = ledger.key_changes()
        if changes == self._key_changes:
            return
        created = ledger.keys()
        keys = [it.key for it in created if it.revoked_ms is None]
        self._ring.replace_created(keys, closed=bool(created))
        self._key_changes, self._keys_read = changes, True
        try:
            snapshot.save(self._run_dir, keys)
        except OSError as error:
            message = "created keys would not outlive a restart of this worker while gateway.db cannot be read: %s"
            log.warning(message, error, extra=about("keys_unsaved"))

    def _lose(self, problem: str) -> None:
        if self._problem is None:
            message = "keys and limits: %s; known keys go on, new ones are refused, counts wait in memory"
            log.warning(message, problem, extra=about("key_store_lost"))
        self._problem = problem
        self._existed = self._existed or self._is_there()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        if not self._keys_read:
            self._ring.replace_created(snapshot.load(self._run_dir), closed=True)
        self._told(False)

    def _is_there(self) -> bool:
        """Whether there is a file; one that cannot even be looked at is."""
        try:
            self._path.stat()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True
