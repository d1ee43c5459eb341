"""The one door for every path that comes from data: what a line, a map or a watched folder names, and nothing beyond.

A file that comes in may name others: a bill, a receipt. Whoever wrote it is not trusted with this machine, so what it
names lies below its own folder, step by step without a link, and is a regular file with no other name and no more
bytes than can be kept. The folder is where the person who imports put the file, or the watched folder: that one is
named by hand and may itself be reached over links.

What is opened is what was looked at: each step is opened without following a link, from the folder before it, and the
file is judged again by its descriptor. A second name (a hard link) is refused although it may be innocent: nobody can
tell where the other name stands, and it may be a password's.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from lotwork.ledger.errors import NotLetInError
from lotwork.ledger.near_names import near_file

MOST_SHOWN = 80
MOST_NAMES = 1000
"""So many names of a folder are looked at for the one that was perhaps meant."""
LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
Opener: TypeAlias = Callable[[str, int], int]
"""Opens a path for `open`, and returns its descriptor."""
PUT_IT = "put a plain copy of the file below the folder of the file that names it"


def read_below(folder: Path, name: object, most_bytes: int) -> bytes:
    """Return the content of the file *name* below *folder*; NotLetInError where it may not be read.

    Of a file that grows while it is read no more than *most_bytes* is taken, and it is refused.
    """
    with os.fdopen(descriptor_below(folder, name, most_bytes), "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise _too_large(str(name), most_bytes)
    return content


def opener_below(folder: Path, most_bytes: int) -> Opener:
    """Return an opener for `open`, which opens nothing but what stands in *folder* by its last name."""

    def opened(path: str, flags: int) -> int:
        del flags  # it is only read
        return descriptor_below(folder, os.path.basename(path), most_bytes)  # noqa: PTH119 - no path object for a name

    return opened


def descriptor_below(folder: Path, name: object, most_bytes: int) -> int:
    """Open the file *name* below *folder* for reading and return its descriptor; NotLetInError says why not."""
    shown = str(name)[:MOST_SHOWN]
    *steps, last = _steps(name, shown)
    here = _folder(folder.absolute(), None, shown, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for step in steps:
            below = _folder(step, here, shown, LOOK)
            os.close(here)
            here = below
        return _file(last, here, shown, most_bytes)
    finally:
        os.close(here)


def fault_of(found: os.stat_result, most_bytes: int) -> str | None:
    """Return what keeps a file with this status from being read as data; None where nothing does."""
    if not stat.S_ISREG(found.st_mode):
        return f"it is {next((words for holds, words in KINDS if holds(found.st_mode)), 'no file')}"
    if found.st_nlink > 1:
        return "it has another name elsewhere (a hard link)"
    if found.st_size > most_bytes:
        return f"it is larger than {most_bytes} bytes"
    return None


def _steps(name: object, shown: str) -> list[str]:
    """Return the names on the way; a path that could lead out of its folder is refused by its words alone."""
    if not isinstance(name, str) or not name.strip():
        raise NotLetInError(shown, "it names no file", "write its name, like bills/2026-01.pdf")
    if "\x00" in name:
        raise NotLetInError(shown, "its name holds a NUL character", "write its name, like bills/2026-01.pdf")
    if name.startswith("/"):
        raise NotLetInError(shown, "it is an absolute path, and leads out of the file's own folder", PUT_IT)
    steps = [step for step in name.split("/") if step not in ("", ".")]
    if not steps or ".." in steps:
        raise NotLetInError(shown, "it leads out of the file's own folder", PUT_IT)
    return steps


def _folder(name: str | Path, within: int | None, shown: str, flags: int) -> int:
    try:
        return os.open(name, flags | os.O_DIRECTORY, dir_fd=within)
    except (OSError, ValueError) as refused:
        raise _unopened(shown, refused) from refused


def _file(name: str, within: int, shown: str, most_bytes: int) -> int:
    """Open the last step. It is looked at first, for to open a device can make it act."""
    try:
        looked_at = os.stat(name, dir_fd=within, follow_symlinks=False)
        _refuse(shown, looked_at, most_bytes)
        descriptor = os.open(name, LOOK | os.O_NONBLOCK, dir_fd=within)
    except (OSError, ValueError) as refused:
        raise _unopened(shown, refused) from refused
    try:
        found = os.fstat(descriptor)
        _refuse(shown, found, most_bytes, looked_at)
    except BaseException:
        with suppress(OSError):
            os.close(descriptor)
        raise
    return descriptor


def _refuse(shown: str, found: os.stat_result, most_bytes: int, looked_at: os.stat_result | None = None) -> None:
    if looked_at is not None and (found.st_dev, found.st_ino) != (looked_at.st_dev, looked_at.st_ino):
        raise NotLetInError(shown, "it was replaced while it was looked at", "leave it in peace and try again")
    fault = fault_of(found, most_bytes)
    if fault is None:
        return
    if stat.S_ISREG(found.st_mode) and found.st_size > most_bytes:
        raise _too_large(shown, most_bytes)
    raise NotLetInError(shown, fault, PUT_IT)


def _too_large(shown: str, most_bytes: int) -> NotLetInError:
    reason = f"it is too large: at most {most_bytes} bytes are kept"
    return NotLetInError(shown[:MOST_SHOWN], reason, "split the file, or leave it out")


def _unopened(shown: str, refused: OSError | ValueError) -> NotLetInError:
    """Return what the system's refusal means."""
    number = refused.errno if isinstance(refused, OSError) else None
    if number == errno.ENOENT:
        return NotLetInError(shown, "there is no such file", PUT_IT)
    if number in (errno.ELOOP, errno.ENOTDIR):
        return NotLetInError(shown, "a step on the way to it is a link, or no folder", PUT_IT)
    words = (refused.strerror if isinstance(refused, OSError) else None) or "it is no name of a file"
    return NotLetInError(shown, f"it cannot be read ({words})", "let it be read, or correct its name")


def read_by_hand(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file that a person named: wherever it lies, but a file, and of a size that is kept."""
    shown = str(path)[:MOST_SHOWN]
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as refused:
        raise _unopened(shown, refused) from refused
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotLetInError(shown, "it is no file", "name a file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise _too_large(shown, most_bytes)
    return content


def names_beside(path: Path) -> list[str]:
    """Return the names in the folder of *path*; none where it cannot be read."""
    try:
        return [place.name for place in islice(path.parent.iterdir(), MOST_NAMES)]
    except OSError:
        return []


def not_there(path: Path) -> str:
    """Say that a person named a file that is not there, with the one that was perhaps meant."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}, and so no file {path.name}: check its name"
    near = near_file(path.name, names_beside(path))
    where = "here" if path.parent == Path() else f"in {path.parent}"
    return f"there is no file {path.name} {where}: " + (
        f"did you mean {path.with_name(near)}?" if near else "check its name"
    )
