"""One file that is there whole or not at all: made beside its place, and given its name when the disk has it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lotwork.ledger.errors import InputRefusedError, StorageError
from lotwork.ledger.storage.files import identity, sync_folder

PREFIX = ".lotwork-making-"
"""What the names of lent folders begin with. A former release named its own without `making`, and locked none."""


def name_once(made: Path, file: Path, what: str) -> None:
    """Give *made*, a *what*, its name unless something took it meanwhile."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise InputRefusedError(f"{file}: appeared meanwhile: a {what} overwrites nothing; name another file") from None
    try:
        sync_folder(file.absolute().parent)
    except OSError as refused:
        try:
            file.unlink()  # a name that the disk may not keep is no backup
        except OSError:
            raise StorageError(
                f"{file}: the {what} is whole, but the disk did not confirm its name ({refused}): make another one "
                "once the disk is mended"
            ) from refused
        raise


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Lend a private folder on the disk where *file* will stand, gone afterwards.

    What a killed process left there goes first. The folder is locked as long as it is lent, and the kernel gives the
    lock back when a process dies: what is locked is a living one's and stays.
    """
    for left in file.parent.glob(f"{PREFIX}*"):
        _remove_left(left)
    folder, lock = _locked_folder(file.parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(parent: Path) -> tuple[Path, int]:
    """Return a new folder and the descriptor that locks it, where the disk knows locks."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
        with suppress(FileNotFoundError):  # another took it for one left behind before it was locked
            lock = _opened(folder)
            if _lock(lock) is not False and identity(folder) == _identity(lock):
                return folder, lock
            os.close(lock)


def _remove_left(folder: Path) -> None:
    """Remove a *folder* that nobody holds; whatever hinders that leaves it."""
    with suppress(OSError):
        lock = _opened(folder)
        try:
            if os.fstat(lock).st_uid == os.geteuid() and _lock(lock):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _lock(descriptor: int) -> bool | None:
    """Take the lock; False where another has it, None where this disk knows no locks of folders."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _identity(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


@contextmanager
def disk_named(file: Path, what: str) -> Iterator[None]:
    """Say of whatever the disk refuses meanwhile that no *what* was made of *file*."""
    try:
        yield
    except OSError as refused:
        raise StorageError(
            f"{file}: the disk refused ({refused}): no {what} was made; free space, check the folder, and try again"
        ) from refused
