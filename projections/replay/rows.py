"""The rows a book keeps of the years it was asked for: what its state leaves out, and a checkpoint does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lotwork.projections.basis.removals import Removal
from lotwork.projections.gains import GainRow
from lotwork.projections.income import IncomeRow
from lotwork.projections.replay.marks import Mark

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book


class Rows(msgspec.Struct):
    """The rows of the years a book keeps, each in the order it was folded in."""

    gains: list[GainRow]
    removals: list[Removal]
    income: list[IncomeRow]
    marks: list[Mark]

    @classmethod
    def of(cls, book: Book) -> Rows:
        """Return the rows of *book*, shared with it: write them down before it goes on."""
        return cls(book.gains.rows, book.gains.removals, book.income.rows, book.marks.made)

    def lay(self, book: Book) -> None:
        """Lay these rows to *book*, which goes on from the state they were kept beside."""
        book.gains.resume_rows(self.gains, self.removals)
        book.income.rows.extend(self.income)
        book.marks.lay(self.marks)
