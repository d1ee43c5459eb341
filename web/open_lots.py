"""The open lots of a book as its pages read them: most ask for none of them."""

from __future__ import annotations

from threading import Lock

from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.replay.book import Book


class OpenLots:
    """The open lots of *book*, listed when a page first asks for them.

    Where they still lie in one pool over all wallets, they are listed at once: what that has to assume is a finding.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._turn = Lock()
        self._listed: tuple[OpenLot, ...] | None = None if book.lots.per_wallet else book.open_lots()

    def all(self) -> tuple[OpenLot, ...]:
        """Return them, by asset, wallet and age."""
        with self._turn:
            if self._listed is None:
                self._listed = self._book.open_lots()
            return self._listed
