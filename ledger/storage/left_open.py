"""A file of lines that one process appends to again and again: left open, and not read anew for each line."""

from __future__ import annotations

import fcntl
import os
import threading
import weakref
from io import FileIO
from pathlib import Path

from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import as_file


class LeftOpen:
    """A file of heads as who appends to it left it: open, and where its last line ends.

    So long as it ends there still, nothing was cut short behind that end, and the next line follows at once.
    """

    def __init__(self) -> None:
        self.turn = threading.RLock()
        """Is held by the one thread that appends, before the file is locked."""
        self._out: list[FileIO] = []
        self._end = 0
        weakref.finalize(self, _close_all, self._out)

    def keep(self, file: Path, end: int) -> None:
        """Keep *file*, whose last line ends at *end*: opened anew, since a lock goes with how a file was opened."""
        self.close()
        self._out.append(os.fdopen(as_file(str(file), os.O_RDWR), "r+b", buffering=0))
        self._end = end

    def append(self, file: Path, lines: bytes, *, up_to: int) -> bool:
        """Append *lines* and wait until the disk holds them; False, and nothing is done, where it is not as it was.

        So it is as well where it is longer than *up_to* bytes.
        """
        if not self._out:
            return False
        out = self._out[0]
        fcntl.flock(out, fcntl.LOCK_EX)
        try:
            found, named = os.fstat(out.fileno()), file.stat()
            is_same = (found.st_dev, found.st_ino) == (named.st_dev, named.st_ino)
            if not is_same or found.st_size != self._end or self._end > up_to:
                return False
            out.seek(self._end)
            write_lines(out, lines)
            self._end += len(lines)
        except FileNotFoundError:
            return False
        finally:
            fcntl.flock(out, fcntl.LOCK_UN)
        return True

    def close(self) -> None:
        """Keep it open no longer."""
        with self.turn:
            _close_all(self._out)


def _close_all(files: list[FileIO]) -> None:
    while files:
        files.pop().close()


def write_lines(out: FileIO, lines: bytes) -> None:
    """Write *lines* where *out* stands, and wait until the disk holds each; without any, for what is there."""
    for line in lines.splitlines(keepends=True) or [b""]:  # one by one: a power cut leaves the last in pieces
        write_all(out, line)
        hit("heads.before_sync")
        os.fdatasync(out.fileno())


def write_all(out: FileIO, content: bytes) -> None:
    """Write all of *content*: the system may take less at a time."""
    left = memoryview(content)
    while left:
        left = left[out.write(left) or 0 :]
