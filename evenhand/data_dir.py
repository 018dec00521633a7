"""The folder that holds everything kept: made private, locked against a second server, with its secret."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DataDirError(Exception):
    """The folder cannot be used; the message says why and what to do."""


def check_not_in_use(folder: Path) -> None:
    """Raise ``DataDirError`` when a server runs on the folder now; changes nothing."""
    try:
        lock = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # nobody has ever run there; what else is wrong, opening it will tell
        return
    try:
        _lock(lock, fcntl.LOCK_SH, folder)
    finally:
        os.close(lock)


@contextmanager
def open_data_dir(folder: Path) -> Iterator[Path]:
    """The folder (0700) with a fresh ``run/`` and a ``secret``, locked while the context lasts. Raises ``DataDirError``."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataDirError(f"data_dir {folder} cannot be used: {error} → give a writable folder") from error
    try:
        _lock(lock, fcntl.LOCK_EX, folder)
        with filling(folder):
            os.truncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
            _prepare(folder)
        yield folder
    finally:
        os.close(lock)


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Raise ``DataDirError`` where something cannot be written to the folder."""
    try:
        yield
    except OSError as error:
        raise DataDirError(f"data_dir {folder} cannot be written: {error} → free some space, or give another folder") from error


def _lock(lock: int, kind: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.read(lock, 32).decode(errors="replace").strip() or "unknown"
        raise DataDirError(f"data_dir {folder} is in use by process {pid} → stop it, or give this server another data_dir") from error


def _prepare(folder: Path) -> None:
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(mode=0o700)
    secret = folder / "secret"
    if not secret.exists():
        write_private(secret, secrets.token_hex(32) + "\n")


def write_private(file: Path, text: str) -> None:
    """Replace a file's text as a whole, readable by its owner only."""
    scratch = file.with_name(file.name + ".new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    scratch.replace(file)
