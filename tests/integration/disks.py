"""A small file system under a server's folder, in a mount namespace of its own: it can be filled and made read-only from outside."""

import errno
import os
import subprocess
import sys
from contextlib import suppress
from io import FileIO
from pathlib import Path

import pytest


def _unshare() -> list[str] | None:
    """The words that give a command its own mounts, with or without being root; None where neither is allowed."""
    for words in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        with suppress(FileNotFoundError):
            if subprocess.run([*words, "mount", "-t", "tmpfs", "tmpfs", "/tmp"], capture_output=True, check=False).returncode == 0:
                return words
    return None


def _write_on(file: FileIO, size: int) -> None:
    while True:
        file.write(bytes(size))


class Disk:
    """A tmpfs at ``folder`` that only what is started with ``within`` in front of its command sees."""

    def __init__(self, folder: Path, megabytes: float) -> None:
        words = _unshare()
        if words is None:
            pytest.skip("mounting is not allowed here, not even in a namespace of its own")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._user = folder, "--user" in words
        mount = f'mount -t tmpfs -o size={int(megabytes * 1024)}k,mode=700 tmpfs "$0" && exec "$@"'
        self.within = [*words, "sh", "-c", mount, str(folder)]
        self._pid = 0

    def seen_by(self, pid: int) -> None:
        """From now on look at the disk through this process."""
        self._pid = pid

    @property
    def inside(self) -> Path:
        """The folder as the process sees it."""
        return Path(f"/proc/{self._pid}/root{self._folder}")

    def count(self, query: str) -> int:
        """The number that a query of the store gives, asked where the disk is seen."""
        script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1], timeout=10).execute(sys.argv[2]).fetchone()[0])"
        return int(self._run(sys.executable, "-I", "-S", "-c", script, f"{self._folder}/store.db", query))

    def fill(self) -> None:
        """Take the last byte; a write fails with ENOSPC then."""
        with (self.inside / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                    _write_on(filler, size)

    def free(self) -> None:
        """Give the space back."""
        (self.inside / "filler").unlink()

    def make_read_only(self, *names: str) -> None:
        """Whoever opens one of the files from now on can only read it; opening it to write fails with EROFS."""
        for name in names:
            file = str(self._folder / name)
            self._run("mount", "--bind", file, file)
            self._run("mount", "-o", "remount,bind,ro", file)
            with pytest.raises(OSError, match=os.strerror(errno.EROFS)):
                os.open(self.inside / name, os.O_RDWR)

    def make_writable(self, *names: str) -> None:
        for name in names:
            self._run("umount", "--lazy", str(self._folder / name))

    def _run(self, *words: str) -> str:
        enter = ["nsenter", "--target", str(self._pid), "--mount", *(["--user", "--preserve-credentials"] if self._user else [])]
        return subprocess.run([*enter, *words], check=True, capture_output=True, text=True).stdout
