"""What was refused, kept small: the first bytes of an answer nobody should believe, for a person to look at.

Never part of the ledger, free of our secrets, and plain text whatever was sent: to look at it steers no terminal. Files
are named by source and content, so that a source that repeats itself fills nothing, and the folder holds a bounded
number of them: the oldest makes room.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.errors import plain, plain_lines
from lotwork.ledger.storage.files import as_file

KEPT_BYTES = 4096
READ_BYTES, MARGIN = 4 * KEPT_BYTES, 1024
MOST_FILES = 256
FOLDER = "quarantine"

_UNSAFE = re.compile(r"[^a-z0-9]+")


class Quarantine:
    """The folder `quarantine` below the home of a ledger; *secrets* never reach it."""

    def __init__(self, home: Path, *, secrets: Iterable[str] = ()) -> None:
        self._folder = home / FOLDER
        self._scrub = Scrubber(secrets)

    def keep(self, source: str, item: str, reason: str, body: bytes) -> Path:
        """Keep the first 4 KiB of *body* with why it was refused; return the file, readable by its owner only."""
        told = self._scrub(body[:READ_BYTES].decode(errors="backslashreplace"))
        if len(body) > READ_BYTES:
            told = told[:-MARGIN]  # a secret may be cut in two there, and not be known again
        head = plain_lines(told).encode()[:KEPT_BYTES]
        digest = hashlib.sha256(b"\x00".join((source.encode(), item.encode(), head))).hexdigest()[:16]
        name = f"{_UNSAFE.sub('-', source.lower())[:40]}-{digest}.txt"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room(name)
        path = self._folder / name
        words = self._scrub(plain(f"{source}: {item}: {reason}"))
        title = f"{words}\n{len(body)} bytes, the first {len(head)} follow\n\n".encode()
        descriptor = as_file(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "wb") as file:
            file.write(title + head)
        return path

    def _make_room(self, name: str) -> None:
        kept = sorted((path for path in self._folder.iterdir() if path.name != name), key=_age)
        for path in kept[: max(0, len(kept) - MOST_FILES + 1)]:
            path.unlink(missing_ok=True)


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:  # another worker made room first
        return 0, path.name
