"""A log of which only some books are seen: of the others it says what it says of a book that does not exist.

A home that shares a server sees the books of every other home there, and a reader of the pages may be told of some
books of a home and not of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from msgspec import structs

from lotwork.ledger.clock import Clock
from lotwork.ledger.events import Event
from lotwork.ledger.storage.batch import MAIN_BOOK, Head, Message
from lotwork.ledger.storage.heads import Outside
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.verify import Verification
from lotwork.ledger.store import EventStore
from lotwork.service.ledger_place import database_of

Own = Callable[[], Collection[str]]
"""Returns the books that are seen."""


class OwnLog(EventLog):
    """The log of one home, for reading those of its books that are one's own."""

    def __init__(self, home: Path, database: Database | None = None, *, own: Own) -> None:
        super().__init__(home, database)
        self._own = own

    def books(self) -> tuple[str, ...]:
        """Return one's own books of this ledger by name."""
        own = self._own()
        return tuple(book for book in super().books() if book in own)

    def head(self, book: str, *, up_to: int | None = None) -> Head:
        """Return where *book* ends; another's reads as one that was never begun."""
        return super().head(book, up_to=up_to) if book in self._own() else Head(book)

    def hash_at(self, book: str, position: int) -> str | None:
        """Return the hash in hex of the event at *position*; None where the book is shorter, or another's."""
        return super().hash_at(book, position) if book in self._own() else None

    def read(self, book: str, **which: Any) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) as the log does; of another's book none."""
        return super().read(book, **which) if book in self._own() else iter(())

    def _disagreement(self, outside: Outside) -> str | None:
        own = self._own()
        return super()._disagreement(
            structs.replace(outside, told={book: head for book, head in outside.told.items() if book in own})
        )


def open_own_log(home: Path, own: Own) -> OwnLog:
    """Open the log of *home*, wherever it is, for reading one's own books."""
    return OwnLog(home, database_of(home), own=own)


class OwnStore(EventStore):
    """The log of one home, for appending, on a server that other homes have their books on: it sees its own."""

    def __init__(self, home: Path, clock: Clock, database: Database | None = None, *, own: Own) -> None:
        super().__init__(home, clock, database)
        self._own = own

    def books(self) -> tuple[str, ...]:
        """Return one's own books of this ledger by name."""
        own = self._own()
        return tuple(book for book in super().books() if book in own)

    def pending(
        self, *, limit: int = 100, books: Collection[str] | None = None, without: Collection[str] = ()
    ) -> tuple[Message, ...]:
        """Return alerts of one's own books that no channel has taken yet, oldest first."""
        own = [each for each in self._own() if books is None or each in books]
        return super().pending(limit=limit, books=own, without=without)

    def verify(self, book: str | None = None) -> Verification:
        """Read *book*, or every book of one's own, hash by hash and say whether it is what was written."""
        if book is not None:
            return super().verify(book)
        own = self.books()
        told = [super(OwnStore, self).verify(each) for each in own] or [super().verify(MAIN_BOOK)]
        worst = next((each for each in told if not each.ok), told[0])
        return structs.replace(
            worst,
            events=sum(each.events for each in told),
            heads={each.head.book: each.head for each in told if each.head.position},
            notes=tuple(dict.fromkeys(note for each in told for note in each.notes)),
        )
