"""A file that was sent: read under the name it was sent with, and kept under no name on this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import plain

LONGEST_NAME = 120


def file_name(told: str) -> Path:
    """Return the last part of the name that a browser told, as plain text; its path is nobody's business."""
    last = told.replace("\\", "/").rpartition("/")[2].strip()
    return Path(plain(last)[-LONGEST_NAME:].strip(". /") or "file")


@contextmanager
def opened(content: bytes) -> Iterator[Opener]:
    """Lend an opener that opens *content*, whatever path it is asked for; it is gone when this ends.

    It lies in memory where the system can do that, else in a file that has no name from the beginning.
    """
    with _nameless() as file:
        file.write(content)
        file.flush()

        def opener(path: str, flags: int) -> int:
            del path, flags
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            return os.dup(file.fileno())

        yield opener


def _nameless() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("lotwork"), "w+b")
    return tempfile.TemporaryFile()
