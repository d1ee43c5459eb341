"""What a book came to, in a file: a line of what it is bound to, its state and rows, and before them the hash of both.

The state is JSON and not msgpack, since a msgpack integer ends at 64 bits, and 19 ether in wei do not.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from lotwork.ledger.storage.heads import MOST_POSITION
from lotwork.projections.basis.removals import Removal
from lotwork.projections.gains import GainRow
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.files import write_whole
from lotwork.projections.replay.years import Written

DIGITS = hashlib.sha256().digest_size * 2

WHOLE = ""
"""The view of a log as all of it stands."""

Position: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MOST_POSITION)]
"""A position of a log, as a head tells it."""


class Bound(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a book that was kept is bound to: believed is only one of the same, and nothing else is read as one."""

    program: str
    book: str
    law: str
    """The digest of what a fold asks of the law, the book's own rules in it."""
    position: Position
    head: str
    written: Written
    """The files of its rows."""
    latest: datetime | None
    """The instant of the last event in it."""
    view: str = WHOLE
    """How the log was looked at."""


class Kept(msgspec.Struct):
    """The state of a book that keeps the rows of every year, and those of its rows that are in no file."""

    state: BookState
    removals: list[Removal]
    waiting: list[GainRow]
    """Rows that a purchase may yet mend."""

    @classmethod
    def of(cls, book: Book) -> Kept:
        """Return what *book* came to, shared with it: write it down before it goes on."""
        return cls(book.state(), book.gains.removals, book.gains.rows)

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
        write_whole(file, (digest.hexdigest().encode(), b"\n", head, b"\n", content))

    def lay(self, book: Book, written: Written) -> Book:
        """Lay this to the empty *book*, which goes on from it without the rows that were *written*; return it."""
        book.resume(self.state)
        book.gains.resume_rows(self.waiting, self.removals)
        book.gains.gone = written.rows
        return book


def read_head(file: Path) -> bytes:
    """Return the head of *file*, which nobody has held against its hash yet. Raises OSError where it cannot be read."""
    with file.open("rb") as kept:
        kept.seek(DIGITS + 1)
        return kept.readline()
