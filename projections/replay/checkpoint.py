"""A book's state, kept on the disk so that the next replay begins where the last one ended.

A checkpoint is a convenience and never a source: it is believed only where the log has the same hash at its position,
the same program wrote it, and its bytes are what was written; and it is gone on from only where nothing told since
reaches back (`projections.replay.appendable`). Anything else is replayed from zero, which comes to the same.

The state is JSON and not msgpack, since a msgpack integer ends at 64 bits, and 19 ether in wei do not.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book, BookState
from lotwork.rules.load import Law

FOLDER_NAME = "checkpoints"
ROOMS = ("ledger", "projections", "rules")
SOURCES = frozenset({".py", ".toml"})
DIGITS = hashlib.sha256().digest_size * 2


class Checkpoint(msgspec.Struct):
    """The state of a book at a position, with what it is bound to."""

    program: str
    book: str
    position: int
    head: str
    state: BookState


class Replayed(NamedTuple):
    """A folded book, where it ends, how many events were folded now, and the position it went on from (0: zero)."""

    book: Book
    head: Head
    folded: int
    resumed_from: int


class Checkpoints:
    """The checkpoints of one home, a file a book."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER_NAME

    def file(self, book: str) -> Path:
        """Return where the checkpoint of *book* stands; a book's name may hold what a file's may not."""
        return self.folder / f"{hashlib.sha256(book.encode()).hexdigest()[:32]}.json"

    def replay(
        self, log: EventLog, book: str, *, up_to: int | None = None, from_zero: bool = False, law: Law | None = None
    ) -> Replayed:
        """Return *book* folded up to *up_to*, from its checkpoint where that may be, and keep where it came to.

        Under another *law* than the one that ships, from zero, and nothing is kept.
        """
        head = _head(log, book, up_to)
        if law is not None:
            supposed = Book.begin(History.read(log, book, up_to=head.position), law=law).fold()
            return Replayed(supposed, head, supposed.events, 0)
        known = None if from_zero else self.read(log, book)
        if known is not None and known.position <= head.position:
            begun = Book.begin(History.read(log, book, up_to=head.position)).resume(known.state)
            tail = read_appendable(begun, known.position, head.position)
            if tail is not None:
                begun.take(tail)
                if tail and up_to is None:
                    self.keep(begun, head)
                return Replayed(begun, head, len(tail), known.position)
        folded = Book.begin(History.read(log, book, up_to=head.position)).fold()
        if up_to is None and head.position:
            self.keep(folded, head)
        return Replayed(folded, head, folded.events, 0)

    def keep(self, book: Book, head: Head) -> None:
        """Write down what *book*, folded up to *head* and keeping no year's rows, came to; a full disk keeps none."""
        checkpoint = Checkpoint(program_digest(), head.book, head.position, head.hash, book.state())
        content = msgspec.json.encode(checkpoint)
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as out:
                    out.write(hashlib.sha256(content).hexdigest().encode() + b"\n")
                    out.write(content)
                Path(name).replace(self.file(head.book))
            finally:
                Path(name).unlink(missing_ok=True)

    def read(self, log: EventLog, book: str) -> Checkpoint | None:
        """Return the checkpoint of *book*; None where there is none to believe."""
        try:
            written = self.file(book).read_bytes()
        except OSError:
            return None
        told, content = written[:DIGITS], written[DIGITS + 1 :]
        if told != hashlib.sha256(content).hexdigest().encode():
            return None
        try:
            checkpoint = msgspec.json.decode(content, type=Checkpoint)
        except msgspec.MsgspecError:
            return None
        bound = (program_digest(), book, log.hash_at(book, checkpoint.position))
        return checkpoint if bound == (checkpoint.program, checkpoint.book, checkpoint.head) else None


def _head(log: EventLog, book: str, up_to: int | None) -> Head:
    head = log.head(book)
    if up_to is None or up_to >= head.position:
        return head
    return Head(book, up_to, log.hash_at(book, up_to) or Head(book).hash)


@cache
def program_digest(rooms: tuple[str, ...] = ROOMS) -> str:
    """Return the SHA-256 of the source of *rooms*; those that make a state: another program's is not gone on from."""
    digest = hashlib.sha256()
    for content in _sources(rooms):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _sources(rooms: tuple[str, ...]) -> Iterator[bytes]:
    house = Path(__file__).parents[2]
    for room in rooms:
        for file in sorted(path for path in (house / room).rglob("*") if path.suffix in SOURCES):
            yield file.read_bytes()
