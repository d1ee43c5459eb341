"""What a book came to, in a file: a line of what it is bound to, its state and rows, and before them the hash of both.

The state is JSON and not msgpack, since a msgpack integer ends at 64 bits, and 19 ether in wei do not.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from lotwork.ledger.storage.heads import MOST_POSITION
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.rows import Rows

DIGITS = hashlib.sha256().digest_size * 2
NEW = ".new-"
"""How what is being written is named."""
A_DAY_NS = ONE_DAY // timedelta(microseconds=1) * 1_000

Position: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MOST_POSITION)]
"""A position of a log, as a head tells it."""


class Bound(msgspec.Struct, forbid_unknown_fields=True):
    """What a book that was kept is bound to: believed is only one of the same, and nothing else is read as one."""

    program: str
    book: str
    years: list[int]
    """The years whose rows it has."""
    law: str
    """The digest of what a fold asks of the law, the book's own rules in it."""
    position: Position
    head: str


class Kept(msgspec.Struct):
    """The state of a book, and the rows of the years it keeps."""

    state: BookState
    rows: Rows

    @classmethod
    def of(cls, book: Book) -> Kept:
        """Return what *book* came to, shared with it: write it down before it goes on."""
        return cls(book.state(), Rows.of(book))

    @classmethod
    def read(cls, file: Path) -> Kept | None:
        """Return what *file* holds; None where it cannot be read, or is not what was written."""
        try:
            written = file.read_bytes()
        except OSError:
            return None
        told, content = written[:DIGITS], memoryview(written)[DIGITS + 1 :]
        end = written.find(b"\n", DIGITS + 1)
        if end < 0 or told != hashlib.sha256(content).hexdigest().encode():
            return None
        try:
            kept = msgspec.json.decode(memoryview(written)[end + 1 :], type=cls)
        except msgspec.MsgspecError:
            return None
        with suppress(OSError):
            os.utime(file)
        return kept

    def write(self, file: Path, head: bytes) -> None:
        """Write this to *file* under the line *head*, whole or not at all; a full disk keeps none."""
        content = msgspec.json.encode(self)
        digest = hashlib.sha256(head + b"\n")
        digest.update(content)
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=NEW)
            try:
                with os.fdopen(descriptor, "wb") as out:
                    out.write(digest.hexdigest().encode() + b"\n" + head + b"\n")
                    out.write(content)
                Path(name).replace(file)
            finally:
                Path(name).unlink(missing_ok=True)

    def lay(self, book: Book) -> Book:
        """Lay this to the empty *book*, which goes on from it, and return it."""
        book.resume(self.state)
        self.rows.lay(book)
        return book


def read_head(file: Path) -> bytes:
    """Return the head of *file*, which nobody has held against its hash yet. Raises OSError where it cannot be read."""
    with file.open("rb") as kept:
        kept.seek(DIGITS + 1)
        return kept.readline()


def prune(folder: Path, suffix: str, most: int) -> None:
    """Let go of the files of *folder* with *suffix* that were asked for longest ago, but for *most* of them.

    Another process may do so at the same time; what it took away, or cannot be taken away, is passed over. What a
    writer left that was killed goes after a day.
    """
    kept = _asked(folder, f"*{suffix}")
    newest = kept[-1][0] if kept else 0
    left = [(when, file) for when, file in _asked(folder, f"{NEW}*") if when < newest - A_DAY_NS]
    for _, file in kept[:-most] + left:
        with suppress(OSError):
            file.unlink()


def _asked(folder: Path, pattern: str) -> list[tuple[int, Path]]:
    """Return the files of *folder* by *pattern*, each with when it was asked for last, the oldest first."""
    found = []
    for file in folder.glob(pattern):
        with suppress(OSError):
            found.append((file.stat().st_mtime_ns, file))
    return sorted(found)
