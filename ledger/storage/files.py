"""Files of the home: private from their first moment, and on the disk before anything relies on them."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from lotwork.ledger.errors import StorageError

MOST_SETTINGS_BYTES = 1 << 20


def private(path: str, flags: int) -> int:
    """Open *path* so that only its owner may read it."""
    return os.open(path, flags, 0o600)


def as_file(path: str, flags: int) -> int:
    """Open *path*, private where it is made, and refuse what is no file: a pipe or a device may never answer."""
    descriptor = private(path, flags | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file", path)
    return descriptor


def read_plain(file: Path, most_bytes: int) -> bytes:
    """Return what *file* holds; OSError where it is no file, or larger than anything that belongs there."""
    with open(file, "rb", opener=as_file) as opened:
        if os.fstat(opened.fileno()).st_size > most_bytes:
            raise OSError(errno.EFBIG, f"it holds more than {most_bytes >> 20} MiB", str(file))
        return opened.read()


def write_private(file: Path, content: bytes) -> None:
    """Make *file*, with all of *content* on the disk, or none; its name is synced by who made the folder."""
    with open(file, "xb", opener=private) as out:
        try:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        except OSError:
            file.unlink(missing_ok=True)
            raise


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the names in *folder*."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make *folder* and those above it, for their owner only, and wait until the disk holds their names."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)  # what is there and is no folder is refused
    for path in missing:
        with suppress(PermissionError):  # a folder above that may be passed through and not be read
            sync_folder(path.parent)


def identity(file: Path) -> tuple[int, int] | None:
    """Return which file stands at *file*, whatever its name was before; None where none does."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise StorageError(
            f"{file}: cannot be looked at ({refused}): check the folder, its owner and disk"
        ) from refused
    return found.st_dev, found.st_ino


def on_read_only_medium(file: Path) -> bool:
    """Return whether nobody can write where *file* is: the disk is mounted so."""
    try:
        return bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def holds_something(file: Path) -> bool:
    """Return whether *file* is there and not empty."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(found.st_mode) or found.st_size > 0
