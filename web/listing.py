"""A long list, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ROWS_A_PAGE = 60
ALL, MOST_ON_ONE = -1, 20_000
"""The page of all rows, to be printed; of more than these there is none."""

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a list: its rows, which page of how many it is, and how many rows there are in all."""

    rows: Sequence[T]
    page: int
    pages: int
    total: int

    def of(self, make: Callable[[T], U]) -> Listing[U]:
        """Return the same page with what *make* makes of each row: of the rows on other pages nothing is made."""
        return Listing([make(row) for row in self.rows], self.page, self.pages, self.total)

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1."""
        return (self.page - 1) * ROWS_A_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.total else 0

    @property
    def can_be_whole(self) -> bool:
        """Whether there is a page of all rows, and this is not it."""
        return self.pages > 1 and self.total <= MOST_ON_ONE


def page_of(rows: Sequence[T], page: int) -> Listing[T]:
    """Return page *page* of *rows*, or ALL of them; a page that does not exist is the nearest one that does."""
    if page == ALL and len(rows) <= MOST_ON_ONE:
        return Listing(rows, 1, 1, len(rows))
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(max(page, 1), pages)
    return Listing(rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], page, pages, len(rows))
