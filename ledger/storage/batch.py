"""What a writer hands to the log, and what it gets back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from lotwork.ledger.events import Event
from lotwork.ledger.public_form.parse_words import parse_text
from lotwork.ledger.storage.chain import NOTHING
from lotwork.ledger.storage.rows import Written
from lotwork.ledger.units import AmountError


class Head(msgspec.Struct, frozen=True):
    """Where a book ends: the position of its last event and that event's hash in hex (0 and zeros when empty)."""

    book: str
    position: int = 0
    hash: str = NOTHING.hex()


class CursorMove(msgspec.Struct, frozen=True):
    """How far a source has been read: refused unless the stored cursor still is *before*."""

    source: str
    before: str | None
    after: str


MAIN_BOOK, DEMO_BOOK = "main", "demo"
BOOK_NAME = re.compile(r"[^\s\x00-\x1f](?:[^\x00-\x1f]{0,62}[^\s\x00-\x1f])?")


def parse_book(value: object) -> str:
    """Return the name of a book that a line gives."""
    name = parse_text(value)
    if not names_a_book(name):
        raise AmountError(f"{name[:80]!r} is not the name of a book", "give 1 to 64 printable characters, like main")
    return name


def names_a_book(name: str) -> bool:
    """Return whether *name* can be that of a book: 1 to 64 printable characters, no space around them."""
    return BOOK_NAME.fullmatch(name) is not None


class Message(msgspec.Struct, frozen=True):
    """An alert to be sent at least once; the same id is told once however often it is queued."""

    id: str
    subject: str
    body: str


class Batch(msgspec.Struct, frozen=True):
    """Events of one book that are recorded together with what they change, or not at all.

    `events` may be any iterable, also one that makes a million events as it goes, and one that has them `written` down
    already. `expected` is the position the writer believes the book is at; None where it does not matter.
    """

    book: str
    events: Iterable[Event] = ()
    expected: int | None = None
    cursor: CursorMove | None = None
    outbox: tuple[Message, ...] = ()

    def written(self) -> Iterator[Event | Written]:
        """Yield each event, as it is stored where it is written down already."""
        written = getattr(self.events, "written", None)
        return iter(self.events) if written is None else written()

    def is_distinct(self) -> bool:
        """Return whether each event is known to have an id of its own."""
        return getattr(self.events, "is_distinct", False) is True


class Appended(msgspec.Struct, frozen=True):
    """What became of a batch: ids that are new, ids the book knew already, and where the book ends now."""

    book: str
    new: Sequence[str]
    known: Sequence[str]
    head: Head


class Appends(Protocol):
    """Whoever records: the store itself, or one who counts what goes into it."""

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Record *batches* in one transaction, all of them or none."""
        ...
