"""Where a book stood at the turn of each month of the years it keeps, so that a part of a year is cut out of the whole.

Lists that a fold only adds to are cut by how long they were, events by their instant, and what is added up is written
down. That is all a return rests on; lots, questions and balances stay those of the whole book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from itertools import count, dropwhile
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import MONTHS
from lotwork.ledger.zones import Calendar
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.equipment import EquipmentFold
from lotwork.projections.expenses import ExpenseFold
from lotwork.projections.filer.activities import ALWAYS, FOR_EVER
from lotwork.projections.filer.origins import Origin
from lotwork.projections.gains import GainFold
from lotwork.projections.income import IncomeFold


class Folds(NamedTuple):
    """What a return rests on."""

    gains: GainFold
    income: IncomeFold
    expenses: ExpenseFold
    equipment: EquipmentFold


class Mark(msgspec.Struct):
    """What a book had come to before an instant: its sums, and how long its lists were."""

    before: datetime
    latest: datetime | None
    """The instant of the last event folded by then."""
    rows: int
    """Of the gains."""
    removals: int
    receipts: int
    """Rows of the income."""
    earned: int
    pending: int
    held: int
    gains: list[tuple[int, Term, int, int, int]]
    """The totals of the gains, as `GainState` tells them."""
    boxes: list[tuple[int, str, int, int, int]]
    """The same by box."""
    fees: int
    """How many fees without a price there were."""
    origins: list[tuple[int, Origin, int]]
    pool_fees: list[tuple[int, Origin, int]]
    first_receipts: list[tuple[int, Origin, date]]
    carried_before: dict[int, int]


class Marks(msgspec.Struct):
    """The marks of a book, in order, and the instant at which the next one is made."""

    instants: list[datetime] = msgspec.field(default_factory=list)
    made: list[Mark] = msgspec.field(default_factory=list)
    receipts: int = 0
    """How many rows of the income were taken out of the book since it began: a mark counts them too."""
    every: Calendar | None = None
    """Whose months are marked, where those of every year are."""
    _months: Iterator[datetime] = msgspec.field(default_factory=lambda: iter(()))

    @classmethod
    def of(cls, years: Collection[int], calendar: Calendar) -> Marks:
        """Return the marks of *years*, none of them made."""
        return cls(sorted({instant for year in years for instant in months_of(year, calendar)}))

    @classmethod
    def of_every_year(cls, calendar: Calendar, latest: datetime | None) -> Marks:
        """Return the marks of every year, those before *latest* made; before the first event there are none."""
        marks = cls(every=calendar)
        if latest is not None:
            marks._begin(calendar, latest)
        return marks

    @property
    def next(self) -> datetime:
        """The instant from which on an event is folded after the next mark."""
        if len(self.made) < len(self.instants):
            return self.instants[len(self.made)]
        return FOR_EVER if self.every is None else ALWAYS

    def _begin(self, calendar: Calendar, latest: datetime) -> None:
        months = (each for year in count(calendar.day(latest).year) for each in months_of(year, calendar))
        self._months = dropwhile(lambda instant: instant <= latest, months)
        self.instants.append(next(self._months))

    def take(self) -> list[Mark]:
        """Take what was made out of here, and return it."""
        made, self.made = self.made, []
        del self.instants[: len(made)]
        return made

    def make(self, folds: Folds, at: datetime, latest: datetime | None) -> datetime:
        """Mark where *folds* stand before what happens at the instant *at*; return the instant of the next mark.

        What they folded last happened at *latest*.
        """
        if self.every is not None and not self.instants:
            self._begin(self.every, at)
        while at >= self.next:
            self.made.append(_mark(folds, self, latest))
            if self.every is not None:
                self.instants.append(next(self._months))
        return self.next

    def lay(self, made: Iterable[Mark]) -> None:
        """Go on after the marks that were *made*."""
        self.made.extend(made)

    def at(self, instant: datetime) -> Mark | None:
        """Return the mark before *instant*; None where none was made."""
        return next((mark for mark in self.made if mark.before == instant), None)


def months_of(year: int, calendar: Calendar) -> list[datetime]:
    """Return the instants at which the months of *year* end."""
    return [calendar.midnight(date(year + month // MONTHS, month % MONTHS + 1, 1)) for month in range(1, MONTHS + 1)]


def empty_mark(before: datetime) -> Mark:
    """Return the mark of a book that had not begun."""
    return Mark(before, None, 0, 0, 0, 0, 0, 0, [], [], 0, [], [], [], {})


def _mark(folds: Folds, marks: Marks, latest: datetime | None) -> Mark:
    gains, income, expenses, equipment = folds
    sold = gains.state()
    return Mark(
        before=marks.next,
        latest=latest,
        rows=gains.gone + len(gains.rows),
        removals=len(gains.removals),
        receipts=marks.receipts + len(income.rows),
        earned=len(income.earned),
        pending=len(income.pending),
        held=len(income.held),
        gains=sold.totals,
        boxes=sold.boxes,
        fees=len(gains.pending),
        origins=[(year, origin, value) for (year, origin), value in income.by_origin.items()],
        pool_fees=[(year, origin, fee) for (year, origin), fee in expenses.pool_fees.items()],
        first_receipts=[(year, origin, day) for (year, origin), day in expenses.first_receipts.items()],
        carried_before=equipment.state().carried_before,
    )
