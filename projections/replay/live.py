"""A book that stays folded while its log grows: what was appended since is folded onto it, and nothing else.

So a page or an alert that asks for current figures pays for the new events, and for the whole history only where one
of them reaches back (`projections.replay.appendable`).
"""

from __future__ import annotations

from collections.abc import Collection

from lotwork.ledger.events import PriceSample
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded


class LiveBook:
    """One book of *log*, folded up to its head whenever it is asked for; it keeps rows for *years*.

    For one thread at a time; what `current` returned goes on changing with the next call.
    """

    def __init__(self, log: EventLog, book: str, years: Collection[int] = ()) -> None:
        self.head = Head(book)
        self._log = log
        self._years = years
        self._book: Book | None = None

    def current(self) -> Book:
        """Return the book as the log now stands."""
        head = self._log.head(self.head.book)
        if self._book is None or not self._follow(self._book, head):
            history = History.read(self._log, head.book, up_to=head.position)
            self._book = folded(history, self._years)
        self.head = head
        return self._book

    def _follow(self, book: Book, head: Head) -> bool:
        """Fold onto *book* what was told up to *head*; False where it must be folded anew."""
        if head == self.head:
            return True
        if self.head.position and self._log.hash_at(head.book, self.head.position) != self.head.hash:
            return False
        book.history.up_to = head.position
        tail = read_appendable(book, self.head.position, head.position)
        if tail is None or any(isinstance(event, PriceSample) for event in tail):
            return False
        book.take(tail)
        return not book.finds_doubts()
